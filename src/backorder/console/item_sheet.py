"""The page of an item, laid out: its time line, its supplies with who gets them, who waits, what moved."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.urls import reverse

from backorder.allocation.reasons import say_reason
from backorder.allocation.selectors.supplies import ItemSheet
from backorder.console.journal import say_entry
from backorder.console.parts import Cell, Column, Empty, Row, Table
from backorder.console.pictures.timeline import Day, TimeLine, draw_timeline
from backorder.console.takers import describe_takers
from backorder.console.templatetags.words import say_day, say_time
from backorder.supply.models import SELLABLE


def describe_item(sheet: ItemSheet, today: date) -> dict[str, Any]:
    """Lay out all about an item."""
    sellable = [level for level in sheet.levels if level.status == SELLABLE]
    on_hand, allocated = sum(level.on_hand for level in sellable), sum(level.allocated for level in sellable)
    to_come = sum(line.remaining for line in sheet.inbound)
    asked = sum(units for _, units in sheet.asked)
    return {
        "item": sheet.item,
        "levels": sheet.levels,
        "figures": [
            ("On hand", on_hand),
            ("Free on hand", on_hand - allocated),
            ("To come", to_come),
            ("Asked for", asked),
            ("Short of everything known", max(asked - on_hand - to_come, 0)),
        ],
        "timeline": draw_supply(sheet, today),
        "free": list_free(sheet, today),
        "supplies": list_supplies(sheet),
        "waiting": list_waiting(sheet),
        "ledger": list_movements(sheet),
    }


def draw_supply(sheet: ItemSheet, today: date) -> TimeLine:
    """Draw what comes in against what is wanted; what lies in the past counts today."""
    comes, wanted = defaultdict[date, int](int), defaultdict[date, int](int)
    comes[today] += sum(level.on_hand for level in sheet.levels if level.status == SELLABLE)
    for line in sheet.inbound:
        comes[max(line.expected_on, today)] += line.remaining
    for day, units in sheet.asked:
        wanted[max(day, today)] += units
    days, left = [], 0
    for day in sorted(comes.keys() | wanted.keys()):
        left += comes[day] - wanted[day]
        days.append(Day(day, comes[day], wanted[day], left))
    if len(days) == 1 and not days[0].supply and not days[0].demand:
        days = []
    return draw_timeline(f"Supply and demand of {sheet.item.sku}", days)


def list_free(sheet: ItemSheet, today: date) -> Table:
    """List what is free from which day on: what no line has been given."""
    free = [
        (today, level.on_hand - level.allocated, f"on hand at {level.location.code}")
        for level in sheet.levels
        if level.status == SELLABLE
    ]
    free += [
        (
            max(line.expected_on, today),
            line.remaining - line.allocated,
            f"{line.order.number} line {line.number}",
        )
        for line in sheet.inbound
    ]
    rows, sum_free = [], 0
    for day, units, source in sorted(free):
        if units:
            sum_free += units
            rows.append(Row([Cell(say_day(day)), Cell(f"{units:,}"), Cell(f"{sum_free:,}"), Cell(source)]))
    columns = [Column("From"), Column("Free", numeric=True), Column("In all", numeric=True), Column("Source")]
    return Table(
        "What is free when",
        columns,
        rows,
        Empty("Nothing is free", "Every unit that is known of has been given to a line."),
    )


def list_supplies(sheet: ItemSheet) -> list[dict[str, Any]]:
    """List each supply with who gets its units."""
    supplies = [
        {
            "name": f"On hand at {level.location.code}",
            "units": level.on_hand,
            "takers": describe_takers(level.allocations.all()),
            "link": "",
        }
        for level in sheet.levels
        if level.status == SELLABLE and level.on_hand
    ]
    return supplies + [
        {
            "name": f"{line.order.number} line {line.number}, expected {say_day(line.expected_on)}",
            "units": line.remaining,
            "takers": describe_takers(line.allocations.all()),
            "link": reverse("inbound-order", args=[line.order.number]),
        }
        for line in sheet.inbound
    ]


def list_waiting(sheet: ItemSheet) -> Table:
    """List the open lines, those first that come first."""
    rows = []
    for line in sheet.lines:
        stand = getattr(line, "standing", None)
        link = f"{reverse('order', args=[line.order.number])}#line-{line.number}"
        customer = line.order.customer
        rows.append(
            Row(
                [
                    Cell(line.order.number, link, note=f"line {line.number}"),
                    Cell(customer.code if customer else "none"),
                    Cell(f"{line.quantity_open:,}"),
                    Cell(say_day(line.requested_on)),
                    Cell(say_day(line.promised_on) or "no day"),
                    Cell(f"{stand.units_ahead:,}" if stand else ""),
                    Cell(say_reason(stand.reason) if stand else "waits for a decision"),
                ],
                link,
            )
        )
    columns = [
        Column("Order"),
        Column("Customer"),
        Column("Open", numeric=True),
        Column("Wanted"),
        Column("Promised"),
        Column("Ahead", numeric=True),
        Column("Why"),
    ]
    return Table(
        "Open lines", columns, rows, Empty("Nobody waits for it", "There is no open line of this item.")
    )


def list_movements(sheet: ItemSheet) -> Table:
    """List the last movements, newest first, each with its entry of the journal."""
    rows = [
        Row(
            [
                Cell(say_time(movement.entry.at)),
                Cell(f"{movement.quantity:+,}"),
                Cell(movement.location.code, note=movement.status.replace("_", " ")),
                Cell(movement.entry.who),
                Cell(say_entry(movement.entry), note=movement.entry.why),
            ]
        )
        for movement in sheet.movements
    ]
    columns = [Column("When"), Column("Units", numeric=True), Column("Where"), Column("Who"), Column("What")]
    return Table(
        "Ledger",
        columns,
        rows,
        Empty("Nothing has moved", "Receipts, counts, returns and shipments stand here."),
    )
