"""Changes of what is on hand."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from backorder.catalog.locks import lock_items
from backorder.catalog.models import Item, Location
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write
from backorder.supply.models import MOST_UNITS, SELLABLE, Level, Movement, StockCount
from backorder.supply.services.refusals import SupplyError, refuse, refuse_quantity

ADJUSTMENTS = ("return", "adjustment")
"""What moves units without an order, a count or a delivery."""


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
    refuse(kind not in ADJUSTMENTS, f"{kind!r} is none of {', '.join(ADJUSTMENTS)}")
    refuse(quantity == 0, "a movement of 0 units moves nothing")
    refuse(kind == "return" and quantity < 0, "a return brings units in")
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
def count(level: tuple[Item, Location, str], found: int, cause: Cause) -> Entry:
    """Note what a count found, and what the record said; what differs becomes a movement with its reason."""
    item, location, status = level
    refuse(not 0 <= found <= MOST_UNITS, f"{item.sku}: {found} cannot be counted; name 0 to {MOST_UNITS:,}")
    refuse(not cause.why, "a count says why it was made")
    lock_items([item.pk])
    known = lock_level(item, location, status)
    entry = write(
        cause,
        "stock.count",
        [("item", item.sku), ("location", location.code)],
        {"status": status, "was": known.on_hand, "is": found},
    )
    counted = StockCount.objects.create(
        level=known, was=known.on_hand, found=found, counted_at=cause.at, entry=entry
    )
    if not counted.agrees:
        quantity = found - known.on_hand
        move(
            Movement(
                item=item, location=location, status=status, kind="count", quantity=quantity, entry=entry
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


def lock_level(item: Item, location: Location, status: str) -> Level:
    """Read a level so that nobody else changes it before this transaction ends."""
    Level.objects.bulk_create([Level(item=item, location=location, status=status)], ignore_conflicts=True)
    return Level.objects.select_for_update().get(item=item, location=location, status=status)


def move(*movements: Movement) -> None:
    """Write movements, each of another level; the database sums them up. Raises SupplyError if less would be there than nothing."""
    try:
        with transaction.atomic():
            Movement.objects.bulk_create(movements)
    except IntegrityError as error:
        if "level_on_hand_from_0" not in str(error) and "level_released_of_on_hand" not in str(error):
            raise
        raise SupplyError("; ".join(filter(None, map(say_missing, movements)))) from error


def say_missing(movement: Movement) -> str:
    """Say why units cannot leave; blank if they can."""
    key = {"item": movement.item, "location": movement.location, "status": movement.status}
    there, released = Level.objects.filter(**key).values_list("on_hand", "released").first() or (0, 0)
    if there + movement.quantity >= released:
        return ""
    message = (
        f"{movement.item.sku} at {movement.location.code}: {there} {movement.status} units are there, "
        f"{-movement.quantity} cannot leave"
    )
    if released:
        message += (
            f": {released} of them are released to the warehouse; take those back or report them short first"
        )
    return message
