"""Finds whoever calls: by order, e-mail, phone or name, each by an index of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import QuerySet
from django.db.models.functions import Lower

from backorder.catalog.words import begins_with, with_words
from backorder.orders.models import Address, Customer, Order
from backorder.orders.models.customers import LAST_DIGITS, LastDigits

MOST = 20
"""So many are listed in each way; of more, whoever calls says more."""

MOST_READ = 1_000
"""So many that go to a name are read, of which the last are listed: sorted first, all orders would be walked for a rare name."""


@dataclass(frozen=True)
class Callers:
    """Who it may be: customers, and orders by their number or by the name of whom they go to, if no customer is named."""

    customers: list[Customer]
    orders: list[Order]


def find_callers(text: str) -> Callers:
    """Find who it may be."""
    text = text.strip()
    if not text:
        return Callers([], [])
    numbers = Order.objects.filter(begins_with("number", text))
    orders = list(numbers.order_by("number")[:MOST])
    return Callers(list_customers(text), [*orders, *list_strangers(text, {order.pk for order in orders})])


def list_customers(text: str) -> list[Customer]:
    """List customers by code, e-mail, phone or the words of their names."""
    customers = Customer.objects.all()
    ways = [
        customers.filter(code=text),
        customers.alias(mail=Lower("email")).filter(mail=text.lower()).exclude(email=""),
        with_words(customers, text),
    ]
    digits = re.sub(r"\D", "", text)
    if len(digits) >= LAST_DIGITS:
        ways.append(customers.alias(end=LastDigits("phone")).filter(end=digits[-LAST_DIGITS:]))
    found = {each.pk: each for way in ways for each in way.order_by("name", "code")[:MOST]}
    return list(found.values())


def list_strangers(text: str, known: set[int]) -> list[Order]:
    """List orders without a customer by the words of the name that they go to, the last first."""
    named = with_words(Address.objects.filter(order__customer=None), text)
    keys = list(named.order_by().values_list("order", flat=True)[:MOST_READ])
    found = Order.objects.filter(pk__in=keys).order_by("-pk")[:MOST]
    return [order for order in found if order.pk not in known]


def list_orders_of(customer: Customer) -> QuerySet[Order]:
    """List the orders of a customer, the last first."""
    return Order.objects.filter(customer=customer.pk).order_by("-ordered_at", "-id")


def find_customer(code: str) -> Customer | None:
    """Find a customer by its code; None if there is none."""
    return Customer.objects.filter(code=code).first() if code else None


def find_by_mail(number: str, mail: str) -> Order | None:
    """Find an order by its number, as typed or in capitals, and the address of its customer; None if they do not belong together."""
    numbers = {number, number.upper()}
    placed = Order.objects.filter(number__in=numbers, held_until=None).exclude(customer__email="")
    return placed.filter(customer__email__iexact=mail.strip()).first()
