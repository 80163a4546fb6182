"""The page of an item, laid out: its time line, its supplies with who gets them, who waits, what moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse

from backorder.allocation.availability import Availability, KitPart
from backorder.allocation.reasons import say_reason
from backorder.allocation.selectors.supplies import ItemSheet
from backorder.console.journal import say_entry
from backorder.console.parts import Cell, Column, Empty, Figure, Row, Table
from backorder.console.pictures.timeline import Day, TimeLine, draw_timeline
from backorder.console.takers import describe_takers
from backorder.console.templatetags.words import say_day, say_place, say_time
from backorder.orders.models import Line
from backorder.supply.models import SELLABLE


def describe_item(sheet: ItemSheet, there: tuple[Availability, list[KitPart]], today: date) -> dict[str, Any]:
    """Lay out all about an item, with what there is of it and of what it is made of."""
    available, parts = there
    return {
        "item": sheet.item,
        "levels": sheet.levels,
        "figures": count_kits(sheet, available) if parts else count_units(sheet, available),
        "parts": list_parts(parts),
        "kits": sheet.kits,
        "timeline": None if parts else draw_supply(sheet, today),
        "free": list_free(available),
        "supplies": list_supplies(sheet),
        "waiting": list_waiting(sheet),
        "ledger": list_movements(sheet),
    }


def count_units(sheet: ItemSheet, available: Availability) -> list[Figure]:
    """Count what is there, what comes and what is asked for."""
    sellable = [level for level in sheet.levels if level.status == SELLABLE]
    on_hand, to_come = sum(level.on_hand for level in sellable), sum(line.remaining for line in sheet.inbound)
    asked = sum(units for _, units in sheet.asked)
    short = max(asked - on_hand - to_come, 0)
    return [
        Figure("On hand", on_hand),
        Figure("Free on hand", available.free.on_hand),
        Figure("To come", to_come),
        Figure("Asked for", asked),
        Figure("Short of everything known", short, "bad" if short else ""),
    ]


def count_kits(sheet: ItemSheet, available: Availability) -> list[Figure]:
    """Count of a kit what could be made of what is free, and what is asked for."""
    return [
        Figure("Could be made now", available.free.on_hand),
        Figure("Asked for", sum(units for _, units in sheet.asked)),
    ]


def list_parts(parts: Sequence[KitPart]) -> Table:
    """List what a kit is made of, and for how many kits what is free of each is enough."""
    rows = [
        Row(
            [
                Cell(part.item.sku, reverse("item", args=[part.item.sku]), note=part.item.name),
                *(
                    Cell(f"{units:,}")
                    for units in (part.per_kit, part.free, part.free // part.per_kit, part.free_to_come)
                ),
            ],
            reverse("item", args=[part.item.sku]),
        )
        for part in parts
    ]
    columns = [Column("Component")]
    columns += [
        Column(title, numeric=True) for title in ("In one kit", "Free on hand", "Enough for", "Free to come")
    ]
    return Table("Made of", columns, rows)


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


def list_free(available: Availability) -> Table:
    """List what may be promised by which day."""
    return Table(
        "What is free when",
        [Column("By", whole=True), Column("Free", numeric=True)],
        [
            Row([Cell(say_day(free.on)), Cell(f"{free.quantity:,}")])
            for free in available.free.by_day
            if free.quantity
        ],
        Empty("Nothing is free", "There is no unit here or on its way that is not for somebody."),
    )


def list_supplies(sheet: ItemSheet) -> list[dict[str, Any]]:
    """List each supply with who gets its units."""
    supplies = [
        {
            "name": f"On hand at {level.location.code}",
            "units": level.on_hand,
            "takers": describe_takers(level.allocations.all()),
            "free": level.free,
            "released": level.released,
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
            "free": line.remaining - line.allocated,
            "released": 0,
            "link": reverse("inbound-order", args=[line.order.number]),
        }
        for line in sheet.inbound
    ]


def say_why(line: Line) -> str:
    """Say why a line stands as it does."""
    if line.quantity_unreleased == 0:
        return "the warehouse has it"
    stand = getattr(line, "standing", None)
    return say_reason(stand.reason) if stand else "waits for a decision"


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
                    Cell(line.order.number, link, note=say_place(line.number, line.order.held_until)),
                    Cell(customer.code if customer else "none"),
                    Cell(f"{line.quantity_open:,}"),
                    Cell(say_day(line.requested_on)),
                    Cell(say_day(line.promised_on) or "no day"),
                    Cell(f"{stand.units_ahead:,}" if stand else ""),
                    Cell(say_why(line)),
                ],
                link,
            )
        )
    columns = [
        Column("Order", whole=True),
        Column("Customer"),
        Column("Open", numeric=True),
        Column("Wanted", whole=True),
        Column("Promised", whole=True),
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
    columns = [
        Column("When", whole=True),
        Column("Units", numeric=True),
        Column("Where"),
        Column("Who"),
        Column("What"),
    ]
    return Table(
        "Ledger",
        columns,
        rows,
        Empty("Nothing has moved", "Receipts, counts, returns and shipments stand here."),
    )
