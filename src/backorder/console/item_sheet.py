"""The page of an item, laid out: its time line, its supplies with who gets them, who waits, what moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from backorder.allocation.availability import Availability, KitPart
from backorder.allocation.reasons import say_reason
from backorder.allocation.selectors.supplies import ItemSheet, list_takers
from backorder.console.journal import say_entry
from backorder.console.parts import Cell, Column, Cut, Empty, Figure, Row, Table, cut_short
from backorder.console.pictures.timeline import Day, TimeLine, draw_timeline
from backorder.console.takers import describe_takers, name_queue
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
        "timeline": None if parts else draw_supply(sheet, available, today),
        "free": list_free(available),
        "supplies": list_supplies(sheet),
        "cut": cut_supplies(sheet),
        "waiting": list_waiting(sheet),
        "ledger": list_movements(sheet),
    }


def count_units(sheet: ItemSheet, available: Availability) -> list[Figure]:
    """Count what is there, what comes and what is asked for."""
    to_come = sum(coming.quantity for coming in available.inbound)
    asked = sum(units for _, units in sheet.asked)
    short = max(asked - available.on_hand - to_come, 0)
    return [
        Figure("On hand", available.on_hand),
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


def draw_supply(sheet: ItemSheet, available: Availability, today: date) -> TimeLine:
    """Draw what comes in, on the days of availability, against what is wanted; what was wanted in the past counts today."""
    comes, wanted = defaultdict[date, int](int), defaultdict[date, int](int)
    comes[today] += available.on_hand
    for coming in available.inbound:
        comes[coming.on] += coming.quantity
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
        Empty("Nothing is free", "No unit that is here or on its way may be promised to anybody else."),
    )


def list_supplies(sheet: ItemSheet) -> list[dict[str, Any]]:
    """List each supply with who gets its units."""
    supplies = [
        {
            "name": f"On hand at {level.location.code}",
            "units": level.on_hand,
            "takers": describe_takers(list_takers(level), sheet.item.sku),
            "rest": level.not_set_aside,
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
            "takers": describe_takers(list_takers(line), sheet.item.sku),
            "rest": line.remaining - line.allocated,
            "released": 0,
            "link": reverse("inbound-order", args=[line.order.number]),
        }
        for line in sheet.inbound.rows
    ]


def cut_supplies(sheet: ItemSheet) -> Cut | None:
    """Say that not all of what is on the way is listed."""
    link = f"{reverse('inbound')}?{urlencode({'search': sheet.item.sku})}"
    shown = sheet.inbound.rows
    return cut_short(len(shown), sheet.inbound.count, link, f"All of {sheet.item.sku} that is on the way")


def say_why(line: Line) -> str:
    """Say why a line stands as it does."""
    if line.quantity_unreleased == 0:
        return "the warehouse has it"
    stand = getattr(line, "standing", None)
    return say_reason(stand.reason) if stand else "waits for a decision"


def list_waiting(sheet: ItemSheet) -> Table:
    """List the open lines, those first that come first."""
    rows = []
    for line in sheet.lines.rows:
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
    nobody = Empty("Nobody waits for it", "There is no open line of this item.")
    cut = cut_short(len(rows), sheet.lines.count, *name_queue(sheet.item.sku))
    return Table("Open lines", columns, rows, nobody, cut)


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
        for movement in sheet.movements.rows
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
        cut_short(len(rows), sheet.movements.count),
    )
