"""What the warehouse does."""

from __future__ import annotations

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from backorder.catalog.models import Location
from backorder.fulfilment import services as fulfilment
from backorder.fulfilment.models import Block, Release
from backorder.orders.models import Line
from backorder.supply.models import STATUSES
from tests.simulation.customers import OPEN_LINES, OPEN_ORDERS
from tests.simulation.operator import Operator


def release(operator: Operator) -> None:
    """What may leave of an order is handed over."""
    fulfilment.release_order(operator.pick(OPEN_ORDERS), operator.cause())


def release_line(operator: Operator) -> None:
    """What may leave of a line is handed over."""
    fulfilment.release_line(operator.pick(OPEN_LINES), operator.cause())


def release_place(operator: Operator) -> None:
    """All that may leave a place is handed to its warehouse."""
    fulfilment.release_ready(operator.pick(Location.objects.all()), operator.cause())


def find_release(operator: Operator) -> Release:
    """Choose units that lie in the warehouse's hands."""
    rows = Release.objects.filter(quantity_open__gt=0)
    return operator.pick(rows.select_related("line__order", "line__item", "location"))


def pick(operator: Operator) -> None:
    """Units are taken from the shelf."""
    chosen = find_release(operator)
    fulfilment.pick(chosen, operator.units(chosen.quantity_open), operator.cause())


def ship(operator: Operator) -> None:
    """Everything of an order that the warehouse holds leaves, or a part."""
    chosen = find_release(operator)
    open_now = Release.objects.filter(line__order=chosen.line.order_id, quantity_open__gt=0).order_by("pk")
    parts = [(one, one.quantity_open) for one in open_now]
    if operator.chance.random() < 1 / 4:
        parts = [(chosen, operator.units(chosen.quantity_open))]
    fulfilment.ship(chosen.line.order, parts, fulfilment.Parcel("Post"), operator.cause())


def short(operator: Operator) -> None:
    """Fewer units are found than were released; of a kit perhaps one component."""
    chosen = find_release(operator)
    parts = list(chosen.parts.order_by("level_id").values_list("level__item_id", "per_unit"))
    units = operator.units(chosen.quantity_open)
    lost = None
    if {item for item, _ in parts} != {chosen.line.item_id}:
        item, per_unit = operator.chance.choice(parts)
        lost = {item: operator.units(per_unit * units)}
    fulfilment.short_ship(chosen, units, operator.cause("not on the shelf"), lost)


def take_back(operator: Operator) -> None:
    """Released units go back to stock."""
    chosen = find_release(operator)
    fulfilment.take_back(chosen, operator.units(chosen.quantity_open), operator.cause())


def accept_return(operator: Operator) -> None:
    """Shipped units come back."""
    back = Coalesce(Sum("returns__quantity"), 0)
    line = operator.pick(Line.objects.annotate(back=back).filter(quantity_shipped__gt=F("back")))
    place = (operator.pick(Location.objects.all()), operator.chance.choice(STATUSES))
    fulfilment.accept_return(line, operator.units(line.quantity_shipped), place, operator.cause())


def block(operator: Operator) -> None:
    """An order is held back."""
    fulfilment.block(operator.pick(OPEN_ORDERS), "looks odd", operator.cause())


def lift(operator: Operator) -> None:
    """An order may go again."""
    fulfilment.lift(operator.pick(Block.objects.filter(lift=None)), operator.cause())
