"""Customers: who orders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from ninja import Query
from pydantic import Field

from backorder.api.endpoints.noted import Noted, note
from backorder.api.nouns import Act, Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import Fault, refuse_faults, require
from backorder.api.values import Key, Label, Reason, Sent, Shown
from backorder.catalog.selectors import get_customer_class
from backorder.orders.customers import CustomerFacts, save_customers
from backorder.orders.models import Customer
from backorder.orders.selectors import read_customers

customers = Noun("customers", "orders")


class ShownCustomer(Shown):
    """Who orders."""

    code: str
    name: str
    email: str
    phone: str
    customer_class: str | None


class CustomerAsItIs(Sent):
    """A customer as it is to be."""

    name: Label = ""
    email: Annotated[
        str,
        Field(
            max_length=254, pattern=r"^([^@\s\x00-\x20\x7f]+@[^@\s\x00-\x20\x7f]+\.[^@.\s\x00-\x20\x7f]+)?$"
        ),
    ] = ""
    phone: Label = ""
    customer_class: Annotated[Key | None, Field(description="The kind of customer that rules speak of.")] = (
        None
    )
    why: Reason = ""


class Chosen(Asked):
    """Which customers."""

    customer_class: Annotated[Key | None, Field(description="Only of this class.")] = None
    email: Annotated[Key | None, Field(description="Only with this address.")] = None


@customers.reads("/customers", Page[ShownCustomer])
def list_customers(chosen: Query[Chosen]) -> Page[ShownCustomer]:
    """List customers by code."""
    rows = read_customers()
    if chosen.customer_class is not None:
        rows = rows.filter(customer_class__code=chosen.customer_class)
    if chosen.email is not None:
        rows = rows.filter(email=chosen.email)
    return take_page(rows, "code", chosen, show_customers)


@customers.reads("/customers/{path:code}", ShownCustomer)
def get_customer(code: Key) -> ShownCustomer:
    """Show a customer."""
    return show_customers([require(read_customers().filter(code=code).first())])[0]


@customers.changes("/customers/{path:code}", Noted, method="PUT")
def put_customer(act: Act, code: Key, customer: CustomerAsItIs) -> Noted:
    """Create a customer, or make it as it is given. Its class holds for what it orders from now on.

    The journal says which parts changed, not to what.
    """
    kind = customer.customer_class
    if kind and get_customer_class(kind) is None:
        fault = Fault(where="body", at="/customer_class", detail=f"there is no customer class {kind}")
        refuse_faults([fault])
    facts = CustomerFacts(code, customer.name, customer.email, customer.phone, kind or "")
    return note(act, save_customers([facts], act.cause(customer.why)))


def show_customers(rows: Sequence[Customer]) -> list[ShownCustomer]:
    """Show customers."""
    return [
        ShownCustomer(
            code=row.code,
            name=row.name,
            email=row.email,
            phone=row.phone,
            customer_class=row.customer_class.code if row.customer_class else None,
        )
        for row in rows
    ]
