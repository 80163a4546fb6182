"""Changes of stock and of what is coming. Each is one function, one transaction and one entry of the journal.

What decides afterwards who gets which unit stands above: these write facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from backorder.catalog.locks import lock_items
from backorder.catalog.models import Item, Location, Supplier
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write
from backorder.supply.models import (
    EARLIEST,
    LATEST,
    MOST_UNITS,
    SELLABLE,
    DateNews,
    InboundLine,
    InboundOrder,
    Level,
    Movement,
)


class SupplyError(ValueError):
    """A change that the facts do not allow; the text says which and what would be possible."""


@dataclass(frozen=True)
class Expected:
    """A line of an inbound order."""

    number: str
    item: Item
    location: Location
    quantity: int
    expected_on: date


@transaction.atomic
def open_levels(items: Iterable[Item], locations: Iterable[Location]) -> None:
    """Give every item a level at every location, at zero if it is new there."""
    places = list(locations)
    Level.objects.bulk_create(
        (Level(item=item, location=place, status=SELLABLE) for item in items for place in places),
        ignore_conflicts=True,
        batch_size=10_000,
    )


@transaction.atomic
def adjust(level: tuple[Item, Location, str], quantity: int, kind: str, cause: Cause) -> Entry:
    """Move units in or out, as a return or an adjustment. Raises SupplyError if less would be there than nothing."""
    item, location, status = level
    refuse(quantity == 0, "a movement of 0 units moves nothing")
    refuse_quantity(abs(quantity), item.sku)
    lock_items([item.pk])
    entry = write(
        cause,
        f"stock.{kind}",
        [("item", item.sku), ("location", location.code)],
        {"status": status, "quantity": quantity},
    )
    move(Movement(item=item, location=location, status=status, kind=kind, quantity=quantity, entry=entry))
    return entry


@transaction.atomic
def count(level: tuple[Item, Location, str], found: int, cause: Cause) -> Entry | None:
    """Note what a count found; what differs becomes a movement with its reason. None if all was there."""
    item, location, status = level
    refuse(not 0 <= found <= MOST_UNITS, f"{item.sku}: {found} cannot be counted; name 0 to {MOST_UNITS:,}")
    refuse(not cause.why, "a count says why it was made")
    lock_items([item.pk])
    known = lock_level(item, location, status)
    if found == known.on_hand:
        return None
    entry = write(
        cause,
        "stock.count",
        [("item", item.sku), ("location", location.code)],
        {"status": status, "was": known.on_hand, "is": found},
    )
    move(
        Movement(
            item=item,
            location=location,
            status=status,
            kind="count",
            quantity=found - known.on_hand,
            entry=entry,
        )
    )
    return entry


@transaction.atomic
def change_status(level: tuple[Item, Location, str], to: str, quantity: int, cause: Cause) -> Entry:
    """Move units from one status to another, as from sellable to damaged."""
    item, location, status = level
    refuse_quantity(quantity, item.sku)
    refuse(to == status, f"they are {status} already")
    lock_items([item.pk])
    entry = write(
        cause,
        "stock.status",
        [("item", item.sku), ("location", location.code)],
        {"from": status, "to": to, "quantity": quantity},
    )
    for name, moved in sorted({status: -quantity, to: quantity}.items()):  # levels are locked in one order
        move(Movement(item=item, location=location, status=name, kind="status", quantity=moved, entry=entry))
    return entry


@transaction.atomic
def place_inbound(
    number: str,
    lines: Sequence[Expected],
    cause: Cause,
    *,
    kind: str = "purchase",
    supplier: Supplier | None = None,
) -> Entry:
    """Note an order of units that will come."""
    refuse(not lines, f"{number} has no line")
    lock_items(line.item.pk for line in lines)
    refuse(InboundOrder.objects.filter(number=number).exists(), f"there is an inbound order {number} already")
    twice = find_twice(line.number for line in lines)
    refuse(twice is not None, f"{number} has two lines {twice}")
    for line in lines:
        refuse_quantity(line.quantity, f"{number} line {line.number}")
        refuse_date(line.expected_on, f"{number} line {line.number}")
    order = InboundOrder.objects.create(number=number, kind=kind, supplier=supplier, placed_on=cause.day)
    InboundLine.objects.bulk_create(
        InboundLine(
            order=order,
            number=line.number,
            item=line.item,
            location=line.location,
            quantity_ordered=line.quantity,
            expected_on=line.expected_on,
        )
        for line in lines
    )
    return write(
        cause,
        "inbound.placed",
        [("inbound", number), *(("item", line.item.sku) for line in lines)],
        {"kind": kind, "units": sum(line.quantity for line in lines)},
    )


@transaction.atomic
def receive(line: InboundLine, quantity: int, cause: Cause, *, status: str = SELLABLE) -> Entry:
    """Take in units of an inbound line: what is left is still to come, and more than ordered may come."""
    refuse_quantity(quantity, f"inbound line {line.number}")
    line = lock_line(line)
    line.quantity_received += quantity
    line.save(update_fields=["quantity_received"])
    entry = write(
        cause,
        "inbound.received",
        about(line),
        {
            "line": line.number,
            "quantity": quantity,
            "received": line.quantity_received,
            "of": line.quantity_ordered,
        },
    )
    move(
        Movement(
            item=line.item,
            location=line.location,
            status=status,
            kind="receipt",
            quantity=quantity,
            inbound_line=line,
            entry=entry,
        )
    )
    return entry


@transaction.atomic
def cancel_rest(line: InboundLine, quantity: int, cause: Cause) -> Entry:
    """Note that so many units of an inbound line will not come: a short delivery, or a cancelled one."""
    line = lock_line(line)
    left = max(line.quantity_ordered - line.quantity_received - line.quantity_cancelled, 0)
    refuse(
        not 0 < quantity <= left,
        f"{line.order.number} line {line.number}: {left} units are to come, not {quantity}",
    )
    line.quantity_cancelled += quantity
    line.save(update_fields=["quantity_cancelled"])
    return write(cause, "inbound.cancelled", about(line), {"line": line.number, "quantity": quantity})


@transaction.atomic
def expect(line: InboundLine, on: date, source: str, cause: Cause) -> Entry | None:
    """Note the day on which an inbound line is expected now, and who said so; None if that is known."""
    refuse(not source, "news of a date says who brought it")
    line = lock_line(line)
    refuse_date(on, f"{line.order.number} line {line.number}")
    if line.expected_on == on:
        return None
    was = line.expected_on
    line.expected_on = on
    line.save(update_fields=["expected_on"])
    entry = write(
        cause,
        "inbound.expected",
        about(line),
        {"line": line.number, "from": was.isoformat(), "to": on.isoformat(), "source": source},
    )
    DateNews.objects.create(line=line, entry=entry, from_date=was, to_date=on, source=source)
    return entry


def about(line: InboundLine) -> list[tuple[str, str]]:
    """Name what an entry on an inbound line is about."""
    return [("inbound", line.order.number), ("item", line.item.sku)]


def refuse_quantity(quantity: int, about: str) -> None:
    """Raise SupplyError for a quantity that cannot be meant."""
    refuse(
        not 1 <= quantity <= MOST_UNITS,
        f"{about}: {quantity} units cannot be meant; name 1 to {MOST_UNITS:,}",
    )


def find_twice(numbers: Iterable[str]) -> str | None:
    """Name the first number that was named before; None if there is none."""
    seen = set[str]()
    for number in numbers:
        if number in seen:
            return number
        seen.add(number)
    return None


def refuse_date(on: date, about: str) -> None:
    """Raise SupplyError for a date that cannot be meant."""
    refuse(
        not EARLIEST <= on <= LATEST,
        f"{about}: {on} is not between {EARLIEST} and {LATEST}; name a day that can be planned with",
    )


def lock_line(line: InboundLine) -> InboundLine:
    """Read an inbound line so that nobody else changes it, nor decides about its item, before this transaction ends."""
    lock_items([line.item_id])
    return (
        InboundLine.objects.select_for_update(of=("self",))
        .select_related("order", "item", "location")
        .get(pk=line.pk)
    )


def lock_level(item: Item, location: Location, status: str) -> Level:
    """Read a level so that nobody else changes it before this transaction ends."""
    Level.objects.bulk_create([Level(item=item, location=location, status=status)], ignore_conflicts=True)
    return Level.objects.select_for_update().get(item=item, location=location, status=status)


def move(movement: Movement) -> None:
    """Write a movement; the database sums it up. Raises SupplyError if less would be there than nothing."""
    try:
        with transaction.atomic():
            movement.save(force_insert=True)
    except IntegrityError as error:
        if "level_on_hand_from_0" not in str(error):
            raise
        key = {"item": movement.item, "location": movement.location, "status": movement.status}
        there = Level.objects.filter(**key).values_list("on_hand", flat=True).first() or 0
        message = (
            f"{movement.item.sku} at {movement.location.code}: {there} {movement.status} units are there, "
            f"{-movement.quantity} cannot leave"
        )
        raise SupplyError(message) from error


def refuse(wrong: bool, message: str) -> None:  # noqa: FBT001 - what is wrong, then what to say
    """Raise SupplyError."""
    if wrong:
        raise SupplyError(message)
