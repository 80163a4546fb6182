"""Who is to get the units of a supply, as a table."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from backorder.allocation.models import Allocation
from backorder.allocation.selectors.supplies import First
from backorder.console.parts import Cell, Column, Empty, Row, Table, cut_short
from backorder.console.templatetags.words import say_day


def name_queue(sku: str) -> tuple[str, str]:
    """Name where all open lines of an item are, and say so."""
    return f"{reverse('queue')}?{urlencode({'item': sku})}", f"All open lines of {sku} in the queue"


def describe_takers(takers: First[Allocation], sku: str) -> Table:
    """List who gets units of an item, in the order of shipping."""
    rows = []
    for allocation in takers.rows:
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
    nobody = Empty("Nobody waits for these units", "None of them is set aside.")
    return Table("Who gets them", columns, rows, nobody, cut_short(len(rows), takers.count, *name_queue(sku)))
