"""Customers: who orders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from ninja import Query
from pydantic import Field

from backorder.api.nouns import Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import require
from backorder.api.values import Key, Shown
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
