"""Who is to get the units of a supply, as a table."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from backorder.allocation.models import Allocation
from backorder.console.parts import Cell, Column, Empty, Row, Table
from backorder.console.templatetags.words import say_day

MOST = 200


def describe_takers(allocations: Iterable[Allocation]) -> Table:
    """List who gets units, in the order of shipping; at most so many."""
    rows = []
    for allocation in list(allocations)[:MOST]:
        line = allocation.line
        link = f"{reverse('order', args=[line.order.number])}#line-{line.number}"
        customer = line.order.customer
        rows.append(
            Row(
                [
                    Cell(line.order.number, link, note=f"line {line.number}"),
                    Cell(customer.code if customer else "none", note=customer.name if customer else ""),
                    Cell(f"{allocation.quantity:,}"),
                    Cell(say_day(allocation.ships_on)),
                    Cell(say_day(line.requested_on)),
                ],
                link,
            )
        )
    columns = [
        Column("Order", whole=True),
        Column("Customer"),
        Column("Units", numeric=True),
        Column("Ships", whole=True),
        Column("Wanted", whole=True),
    ]
    return Table(
        "Who gets them", columns, rows, Empty("Nobody waits for these units", "All of them are free.")
    )
