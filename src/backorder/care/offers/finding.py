"""What may be offered for a line: substitutes that are free on hand behind everybody who ordered, and would ship earlier.

What is free says the one availability, as for the gate: never what lies on hand. A unit that is still to come is not offered: its day
may move, and a yes must hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from backorder.allocation.acceptance.quoting import find_free_now
from backorder.allocation.models import Standing
from backorder.care.house import House
from backorder.care.offers.pricing import find_price
from backorder.catalog.models import Location, Substitute
from backorder.catalog.selectors import find_places_inside
from backorder.orders.models import Line, Order
from backorder.orders.selectors import list_companions
from backorder.orders.services import Buyer, OrderError, Wanted
from backorder.orders.services.wanted import check_line
from backorder.orders.together import name_group
from backorder.supply.models import SELLABLE, Level

MILLION = 1_000_000
"""Ratios of substitutes are so many millionths."""
MOST_CHOICES = 20
"""So many substitutes are looked at, in the order of their kinds and skus."""


@dataclass(frozen=True)
class Choice:
    """Something that may be offered in the place of units of a line."""

    substitute: Substitute
    location: Location | None  # none: from anywhere
    quantity: int  # units of the line that it would stand in for
    units: int
    unit_price: int  # minor units
    extra: int  # what it costs more than was agreed, in minor units; below 0: less
    ships_on: date
    instead_of: date | None  # when the line would ship; none: no day is known

    @property
    def name(self) -> str:
        """A name that tells it from the others of its line."""
        return f"{self.substitute.pk}-{self.location.pk if self.location else 0}"


def find_obstacle(line: Line) -> str:
    """Say why nothing can be offered for a line, whatever is free; blank: something can."""
    order = line.order
    if order.held_until is not None:
        return "is a hold: nothing is ordered yet"
    if order.payment_state == "unpaid":
        return "is not paid: nothing of it ships before"
    if count_waiting(line) == 0:
        return "does not wait: all of it is here"
    if name_group(order, line) is not None and list_companions(line):
        return "ships together with other lines: let it ship as it is ready first"
    if name_group(order, line) is not None and line.quantity_released:
        return "ships together with what the warehouse has: take that back first"
    return ""


def count_waiting(line: Line) -> int:
    """Count the units of a line that something else can stand in for: those that are not on hand; all, if they ship at once."""
    standing: Standing | None = getattr(line, "standing", None)
    here = standing.allocated_on_hand if standing is not None else 0
    rest = max(line.quantity_unreleased - here, 0)
    whole: int = line.quantity_unreleased
    return whole if rest and name_group(line.order, line) is not None else rest


def find_day(line: Line) -> date | None:
    """Find the day on which the last unit of a line is planned to ship; none: no day is known."""
    standing: Standing | None = getattr(line, "standing", None)
    return standing.planned_on if standing is not None else None


def name_buyer(order: Order) -> Buyer:
    """Say for whom units are kept: whoever ordered."""
    return Buyer(order.customer, order.customer_class, order.channel, order.priority)


def list_choices(line: Line, house: House, today: date) -> list[Choice]:
    """List what may be offered for a line, the earliest first, of one day what costs least. Nothing is kept."""
    waiting = count_waiting(line)
    if find_obstacle(line):
        return []
    asked = list(list_asked(line, waiting, today))
    found = find_free_now([wanted for _, wanted in asked], name_buyer(line.order), on=today) if asked else ()
    choices = []
    for (substitute, wanted), free in zip(asked, found, strict=True):
        quantity = min(waiting, free.units * MILLION // substitute.ratio)
        if free.ships_on is not None and quantity and takes_part(line, quantity, waiting):
            choice = describe(line, substitute, (wanted.location, quantity), free.ships_on, house)
            if is_earlier(choice.ships_on, choice.instead_of):
                choices.append(choice)
    return sorted(choices, key=lambda each: (each.ships_on, each.extra, each.substitute.pk))


def takes_part(line: Line, quantity: int, waiting: int) -> bool:
    """Tell whether something may stand in for so many units: what ships at once is taken as a whole."""
    whole = line.order.ship_policy == "line_complete" or name_group(line.order, line) is not None
    return quantity == waiting or not whole


def is_earlier(day: date, than: date | None) -> bool:
    """Tell whether a day is earlier than that of a line, which may have none."""
    return than is None or day < than


def list_asked(line: Line, waiting: int, today: date) -> Iterator[tuple[Substitute, Wanted]]:
    """List the substitutes of a line in its currency, and how many units of each from where stand in for all that waits."""
    rows = Substitute.objects.filter(item=line.item_id, substitute__currency=line.item.currency)
    for substitute in rows.select_related("substitute").order_by("kind", "substitute__sku")[:MOST_CHOICES]:
        same = substitute.substitute_id == line.item_id
        places: Sequence[Location | None] = list_other_places(line) if same else [line.location]
        for place in places:
            units = count_units(waiting, substitute.ratio)
            number = f"{substitute.pk}-{place.pk if place else 0}"
            wanted = Wanted(number, substitute.substitute, units, today, place)
            if can_be_meant(wanted):  # else one row of the table would keep all others from being offered
                yield substitute, wanted


def can_be_meant(wanted: Wanted) -> bool:
    """Tell whether so much could be ordered at all."""
    try:
        check_line(wanted, wanted.number)
    except OrderError:
        return False
    return True


def list_other_places(line: Line) -> list[Location]:
    """List the places with units of the item of a line that it did not ask; from anywhere there is no other."""
    if line.location_id is None:
        return []
    there = Level.objects.filter(item=line.item_id, status=SELLABLE, on_hand__gt=0).values("location")
    found = Location.objects.filter(pk__in=there).exclude(pk__in=find_places_inside(line.location_id))
    return list(found.order_by("rank", "code")[:MOST_CHOICES])


def count_units(quantity: int, ratio: int) -> int:
    """Count the units of a substitute that stand in for so many of an item, rounded up."""
    return -(-quantity * ratio // MILLION)


def describe(
    line: Line, substitute: Substitute, some: tuple[Location | None, int], ships_on: date, house: House
) -> Choice:
    """Describe what stands in for so many units of a line."""
    location, quantity = some
    units = count_units(quantity, substitute.ratio)
    price = find_price(line, quantity, substitute.substitute, units, house.offers.price)
    extra = units * price - quantity * line.unit_price
    return Choice(substitute, location, quantity, units, price, extra, ships_on, find_day(line))


def find_choice(line: Line, name: str, house: House, today: date) -> Choice | None:
    """Find a choice by its name; None: it may not be offered any more."""
    return next((each for each in list_choices(line, house, today) if each.name == name), None)
