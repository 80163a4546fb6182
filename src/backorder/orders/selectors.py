"""Reading what customers want."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Coalesce

from backorder.orders.models import Address, Customer, Disclosure, Line, Order, Refusal
from backorder.orders.together import TIED, WHOLE, name_group

BLANK = Value("", TextField())


def find_touched_items(line: Line) -> set[int]:
    """Name the items that a change of a line touches: its own, and those of lines that may ship with others of its order."""
    rows = Line.objects.filter(Q(pk=line.pk) | TIED, order=line.order_id)
    return set(rows.values_list("item_id", flat=True))


def find_items_of_order(order: Order) -> set[int]:
    """Name the items of all lines of an order."""
    return set(Line.objects.filter(order=order.pk).values_list("item_id", flat=True))


def find_tied_items(orders: Iterable[str]) -> set[int]:
    """Name the items of those lines of orders, given by number, that may ship with others of their order."""
    return set(Line.objects.filter(TIED, order__number__in=list(orders)).values_list("item_id", flat=True))


def list_companions(line: Line) -> list[Line]:
    """List the other lines with which a line is still to ship, all at once, in the order of their rows."""
    name = name_group(line.order, line)
    if name is None:
        return []
    others = Line.objects.filter(order=line.order_id, quantity_unreleased__gt=0).exclude(pk=line.pk)
    return list((others if name == WHOLE else others.filter(ship_set=name)).order_by("id"))


def find_next_number(order: Order) -> str:
    """Name the next line of an order: one more than the largest of its numbers that are digits alone."""
    numbers = Line.objects.filter(order=order.pk, number__regex=r"^[0-9]+$").values_list("number", flat=True)
    return str(max(map(int, numbers), default=0) + 1)


def list_open_lines() -> QuerySet[Line]:
    """List the lines that customers wait for; what is only held for somebody is none."""
    return Line.objects.filter(quantity_open__gt=0, order__held_until=None)


def list_holds_over(at: datetime) -> QuerySet[Order]:
    """List the holds that are over and still keep units, by id."""
    over = Order.objects.filter(held_until__lte=at, lines__quantity_open__gt=0)
    return over.distinct().order_by("pk")


def list_orders(numbers: Iterable[str]) -> Iterator[tuple[Any, ...]]:
    """List orders by number: number, id, codes of customer, class and channel, ordered at and on, priority, ship policy.

    And last whether its lines are tied to one another, and whether it may not leave once more: 1 or 0.
    """
    tied = Q(Exists(Line.objects.filter(TIED, order=OuterRef("pk"))))
    full = Q(most_shipments__lte=F("shipments_begun"))
    return (
        Order.objects.filter(number__in=set(numbers))
        .annotate(
            **{
                name: Case(When(found, then=Value(1)), default=Value(0))
                for name, found in (("tied", tied), ("full", full))
            }
        )
        .values_list(
            "number",
            "id",
            Coalesce("customer__code", BLANK),
            Coalesce("customer_class__code", BLANK),
            Coalesce("channel__code", BLANK),
            "ordered_at",
            "ordered_on",
            "priority",
            "ship_policy",
            "tied",
            "full",
        )
        .iterator()
    )


def list_open_orders() -> Iterator[str]:
    """List the numbers of orders with a line that is open; holds are no orders."""
    return (
        Order.objects.filter(lines__quantity_open__gt=0, held_until=None)
        .distinct()
        .values_list("number", flat=True)
        .iterator()
    )


def list_lines(numbers: Iterable[str]) -> Iterator[tuple[Any, ...]]:
    """List the lines of orders, open or not.

    Order, line, id, sku, location; what is open, shipped, cancelled and released; price, currency, days, fewest to ship, commitment.
    """
    return (
        Line.objects.filter(order__number__in=set(numbers))
        .values_list(
            "order__number",
            "number",
            "id",
            "item__sku",
            Coalesce("location__code", BLANK),
            "quantity_open",
            "quantity_shipped",
            "quantity_cancelled",
            "quantity_released",
            "unit_price",
            "item__currency",
            "requested_on",
            "needed_by",
            "minimum_quantity",
            "commitment",
        )
        .iterator()
    )


def list_customers(codes: Iterable[str] | None = None) -> Iterator[tuple[Any, ...]]:
    """List customers, all or those of these codes: code, name, e-mail address, phone, code of the class."""
    rows = Customer.objects.all() if codes is None else Customer.objects.filter(code__in=set(codes))
    return rows.values_list(
        "code", "name", "email", "phone", Coalesce("customer_class__code", BLANK)
    ).iterator()


def name_lines(lines: Iterable[int]) -> dict[int, tuple[str, str, str]]:
    """Name lines by their ids: order, line, sku."""
    rows = Line.objects.filter(pk__in=list(lines)).values_list("id", "order__number", "number", "item__sku")
    return {number: (order, line, sku) for number, order, line, sku in rows}


def list_open_rows() -> Iterator[tuple[Any, ...]]:
    """List the open lines with what their orders say, until when they are held, and the id of each line last."""
    return (
        Line.objects.filter(quantity_open__gt=0)
        .values_list(
            "order__number",
            "number",
            "item__sku",
            "quantity_open",
            "order__ordered_at",
            "order__ordered_on",
            "requested_on",
            "needed_by",
            Coalesce("location__code", BLANK),
            Coalesce("order__customer__code", BLANK),
            Coalesce("order__customer_class__code", BLANK),
            Coalesce("order__channel__code", BLANK),
            "order__priority",
            "unit_price",
            "item__currency",
            "order__ship_policy",
            "minimum_quantity",
            "commitment",
            "order__held_until",
            "id",
        )
        .iterator()
    )


def read_customers() -> QuerySet[Customer]:
    """List who orders, with their class."""
    return Customer.objects.select_related("customer_class")


def find_line(order: str, number: str) -> Line | None:
    """Find a line by the numbers of its order and its own."""
    lines = Line.objects.select_related("order", "item")
    return lines.filter(order__number=order, number=number).first()


def find_lines(order: Order, numbers: Iterable[str]) -> dict[str, Line]:
    """Find lines of an order by their numbers."""
    lines = Line.objects.select_related("order", "item").filter(order=order.pk, number__in=set(numbers))
    return {line.number: line for line in lines}


def find_customer(code: str) -> Customer | None:
    """Find who orders."""
    return Customer.objects.select_related("customer_class").filter(code=code).first()


def find_order(number: str) -> Order | None:
    """Find an order by its number."""
    return Order.objects.filter(number=number).first()


def find_address(order: str) -> Address | None:
    """Find where an order goes."""
    return Address.objects.filter(order__number=order).first()


def read_disclosures(order: str) -> QuerySet[Disclosure]:
    """List what a customer was told about the lines of an order."""
    return Disclosure.objects.filter(line__order__number=order).select_related("line")


def read_refusals() -> QuerySet[Refusal]:
    """List what was asked and not sold, with who asked."""
    return Refusal.objects.select_related("item", "location", "customer", "customer_class", "channel")


def find_free_number(stem: str, count: int) -> str:
    """Find a number that no order has: the stem, a hyphen and the first number above a count."""
    count += 1
    while Order.objects.filter(number=f"{stem}-{count}").exists():
        count += 1
    return f"{stem}-{count}"
