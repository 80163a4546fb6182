"""Finds who a person is: customers, their orders, and the entries of the journal about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from backorder.orders.models import Customer, Order
from backorder.orders.services.wanted import refuse
from backorder.outbox.models import Entry, Subject


@dataclass(frozen=True)
class Asked:
    """Who is meant: by a customer's code, by an e-mail address, or by an order that names no customer. One of them is given."""

    code: str = ""
    mail: str = ""
    order: str = ""

    @property
    def said(self) -> str:
        """How somebody would say it."""
        named = f"the customer {self.code}", f"the e-mail address {self.mail}", f"the order {self.order}"
        return next(
            text for text, given in zip(named, (self.code, self.mail, self.order), strict=True) if given
        )


@dataclass(frozen=True)
class Person:
    """Who they are here: two customers of one e-mail address are one person."""

    customers: Sequence[Customer]
    orders: Sequence[Order]

    @property
    def subjects(self) -> list[tuple[str, str]]:
        """Name them for the journal."""
        customers = [("customer", customer.code) for customer in self.customers]
        return [*customers, *(("order", order.number) for order in self.orders)]

    @property
    def words(self) -> list[str]:
        """List what says who they are: names, addresses of mail, phones."""
        told = [(each.name, each.email, each.phone) for each in self.customers]
        return [word for words in told for word in words if word]


def find_person(asked: Asked) -> Person:
    """Find a person. Raises OrderError if there is none."""
    customers = list(find_customers(asked))
    orders = Order.objects.filter(Q(customer__in=customers) | Q(number=asked.order, customer=None))
    found = list(orders.select_related("customer", "customer_class", "address").order_by("pk"))
    refuse(not customers and not found, f"nobody is known by {asked.said}")
    return Person(customers, found)


def find_customers(asked: Asked) -> QuerySet[Customer]:
    """Find the customers who are meant, by id; of an order its customer, with all others of the same address."""
    known = Customer.objects.none()
    if asked.code:
        known = Customer.objects.filter(code=asked.code)
    elif asked.order:
        known = Customer.objects.filter(orders__number=asked.order)
    mails = {customer.email.lower() for customer in known if customer.email}
    if asked.mail:
        mails.add(asked.mail.strip().lower())
    same = Customer.objects.alias(mail=Lower("email")).filter(mail__in=mails)
    return Customer.objects.filter(Q(pk__in=known.values("pk")) | Q(pk__in=same.values("pk"))).order_by("pk")


def find_entries(person: Person) -> QuerySet[Entry]:
    """Find the entries of the journal that are about a person or an order of theirs."""
    about = Subject.objects.filter(
        Q(kind="customer", key__in=[each.code for each in person.customers])
        | Q(kind="order", key__in=[each.number for each in person.orders]),
        entry=OuterRef("pk"),
    )
    return Entry.objects.filter(Exists(about))
