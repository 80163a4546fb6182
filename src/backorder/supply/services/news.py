"""News of what is coming: another day, or fewer units; of one line or of many at once, each with an entry of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction

from backorder.catalog.locks import lock_items
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, Happened, write_many
from backorder.rows import insert_rows, update_rows
from backorder.supply.models import DateNews, InboundLine, Movement
from backorder.supply.services.refusals import refuse, refuse_date
from backorder.supply.services.stock import move


def expect(line: InboundLine, on: date, source: str, cause: Cause) -> Entry | None:
    """Note the day on which an inbound line is expected now, and who said so; None if that is known."""
    return next(iter(expect_many({line: on}, source, cause)), None)


@transaction.atomic
def expect_many(days: Mapping[InboundLine, date], source: str, cause: Cause) -> list[Entry]:
    """Note the days on which inbound lines are expected now, and who said so; of what is known already nothing."""
    refuse(not source, "news of a date says who brought it")
    was: dict[InboundLine, date] = {}
    for line in lock_lines(days):
        refuse_date(days[line], name_line(line))
        if line.expected_on != days[line]:
            was[line], line.expected_on = line.expected_on, days[line]
    update_rows(list(was), ("expected_on",))
    entries = write_many(
        cause,
        (
            Happened(
                "inbound.expected",
                about(line),
                {
                    "line": line.number,
                    "from": before.isoformat(),
                    "to": line.expected_on.isoformat(),
                    "source": source,
                },
            )
            for line, before in was.items()
        ),
    )
    insert_rows(
        [
            DateNews(line=line, entry=entry, from_date=before, to_date=line.expected_on, source=source)
            for (line, before), entry in zip(was.items(), entries, strict=True)
        ]
    )
    return entries


def cancel_rest(line: InboundLine, quantity: int, cause: Cause) -> Entry:
    """Note that so many units of an inbound line will not come: a short delivery, or a cancelled one.

    Units of a transfer are at their source again; those that are lost are counted there.
    """
    return cancel_many({line: quantity}, cause)[0]


@transaction.atomic
def cancel_many(units: Mapping[InboundLine, int], cause: Cause) -> list[Entry]:
    """Note of each of these lines that so many units will not come."""
    lines = lock_lines(units)
    for line in lines:
        left = max(line.quantity_ordered - line.quantity_received - line.quantity_cancelled, 0)
        refuse(not 0 < units[line] <= left, f"{name_line(line)}: {left} units are to come, not {units[line]}")
        line.quantity_cancelled += units[line]
    update_rows(lines, ("quantity_cancelled",))
    entries = write_many(
        cause,
        (
            Happened("inbound.cancelled", about(line), {"line": line.number, "quantity": units[line]})
            for line in lines
        ),
    )
    carry((line, units[line], entry) for line, entry in zip(lines, entries, strict=True))
    return entries


def carry(moved: Iterable[tuple[InboundLine, int, Entry]]) -> None:
    """Move units of transfers out of their sources, or back to them; of any other order nothing."""
    movements = [
        Movement(
            item=line.item,
            location=line.order.source,
            kind="transfer",
            quantity=quantity,
            inbound_line=line,
            entry=entry,
        )
        for line, quantity, entry in moved
        if line.order.source is not None
    ]
    if movements:
        move(*movements)


def about(line: InboundLine) -> list[tuple[str, str]]:
    """Name what an entry on an inbound line is about."""
    return [("inbound", line.order.number), ("item", line.item.sku)]


def name_line(line: InboundLine) -> str:
    """Name an inbound line as people do."""
    return f"{line.order.number} line {line.number}"


def lock_line(line: InboundLine) -> InboundLine:
    """Read an inbound line so that nobody else changes it, nor decides about its item, before this transaction ends."""
    return lock_lines([line])[0]


def lock_lines(lines: Iterable[InboundLine]) -> list[InboundLine]:
    """Read inbound lines, by id, so that nobody else changes them, nor decides about their items, before this transaction ends."""
    asked = list(lines)
    lock_items({line.item_id for line in asked})
    rows = InboundLine.objects.select_for_update(of=("self",)).select_related(
        "order__source", "item", "location"
    )
    return list(rows.filter(pk__in=[line.pk for line in asked]).order_by("pk"))
