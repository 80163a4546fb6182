"""What suppliers do, and what is found on the shelves."""

from __future__ import annotations

from backorder.allocation import events
from backorder.catalog.models import Item, Location, Supplier
from backorder.fulfilment import services as fulfilment
from backorder.supply.models import STATUSES, InboundLine, InboundOrder, Level
from backorder.supply.services import Expected, Origin, Part
from tests.simulation.operator import Operator


def order_in(operator: Operator) -> None:
    """Units are bought, made, printed or moved."""
    chance = operator.chance
    kind = chance.choice((*("purchase",) * 4, *InboundOrder.KINDS))
    source, place = chance.sample(list(Location.objects.order_by("code")), 2)
    expected = [
        Expected(str(number), operator.pick(Item.objects.all()), place, operator.units(20), operator.day())
        for number in range(1, chance.choice((1, 1, 2)) + 1)
    ]
    supplier = Supplier.objects.first() if kind == "purchase" else None
    origin = Origin(kind, supplier, source if kind == "transfer" else None)
    events.place_inbound(operator.key("P"), expected, operator.cause(), origin)


def find_coming(operator: Operator) -> InboundLine:
    """Choose a line with units still to come."""
    rows = InboundLine.objects.filter(remaining__gt=0).select_related("order", "item", "location")
    return operator.pick(rows)


def receive(operator: Operator) -> None:
    """Units arrive, sometimes more than ordered, sometimes damaged."""
    line = find_coming(operator)
    status = operator.chance.choice(("sellable",) * 8 + STATUSES)
    units = operator.chance.choice((line.remaining, operator.units(line.remaining + 2)))
    fulfilment.receive(line, units, operator.cause(), status=status)


def slip(operator: Operator) -> None:
    """A supplier names another day."""
    events.expect(find_coming(operator), operator.day(40), "supplier", operator.cause())


def drop(operator: Operator) -> None:
    """Units will not come."""
    line = find_coming(operator)
    events.cancel_rest(line, operator.units(line.remaining), operator.cause("short delivery"))


def split(operator: Operator) -> None:
    """Units come on two days."""
    line = find_coming(operator)
    first = operator.units(line.remaining)
    parts = [Part(first, operator.day()), Part(line.remaining - first, operator.day(40))]
    events.split(line, parts, "supplier", operator.cause())


def find_place(operator: Operator) -> tuple[Item, Location, str]:
    """Choose an item at a place in a status."""
    status = operator.chance.choice(("sellable",) * 5 + STATUSES)
    return operator.pick(Item.objects.all()), operator.pick(Location.objects.all()), status


def count(operator: Operator) -> None:
    """Somebody counts, and finds about what should be there."""
    place = find_place(operator)
    there = Level.objects.filter(item=place[0], location=place[1], status=place[2]).first()
    found = max(0, (there.on_hand if there else 0) + operator.chance.choice((0, 0, -2, -1, 1, 5)))
    events.count(place, found, operator.cause("monday"))


def find(operator: Operator) -> None:
    """Units are found, or come from outside."""
    events.adjust(find_place(operator), operator.units(4), "return", operator.cause())


def lose(operator: Operator) -> None:
    """Units are gone."""
    events.adjust(find_place(operator), -operator.units(3), "adjustment", operator.cause("broken"))


def change_status(operator: Operator) -> None:
    """Units are found damaged, or good again."""
    level = operator.pick(Level.objects.filter(on_hand__gt=0).select_related("item", "location"))
    place = (level.item, level.location, level.status)
    events.change_status(place, operator.chance.choice(STATUSES), operator.units(3), operator.cause())
