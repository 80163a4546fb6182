"""A shop that offers something else to whoever waits: what may be had instead, and what was offered."""

from __future__ import annotations

from datetime import timedelta

from backorder.allocation import events
from backorder.allocation.availability import read_availability
from backorder.care.house import read_house
from backorder.care.models import Offer
from backorder.care.offers.answering import settle_offers
from backorder.care.offers.finding import Choice, list_choices
from backorder.care.offers.making import Wish, make_offer, read_line
from backorder.catalog.models import Item, Substitute
from backorder.catalog.services import ItemFacts, SubstituteFacts, save_items, save_substitutes
from tests.allocation.shop import buy, line_of, order_in, stock
from tests.care.letters import by
from tests.supply.shop import NOON, TODAY, cause, item

MILLION = 1_000_000


def price(sku: str, amount: int, currency: str = "EUR") -> Item:
    """Let an item cost so much."""
    save_items([ItemFacts(sku, price=amount, currency=currency)], cause())
    return item(sku)


def stand_in(sku: str, kind: str = "equivalent", ratio: int = MILLION, for_: str = "LAMP") -> Substitute:
    """Let an item stand in for another."""
    save_substitutes([SubstituteFacts(for_, sku, kind, ratio)], cause())
    return Substitute.objects.get(item__sku=for_, substitute__sku=sku, kind=kind)


def wait_for_lamp(units: int = 2, number: str = "A-1", days: int = 10) -> None:
    """Let somebody wait for lamps at 50.00 that come in ten days, where desk lamps at 40.00 stand in for them."""
    price("LAMP", 5000)
    price("DESK", 4000)
    stand_in("DESK")
    order_in("LAMP", units, f"PO-{number}", days)
    buy(number, ("LAMP", units))


def choices(number: str = "A-1", row: str = "1") -> list[tuple[str, int, int, int, int]]:
    """What may be offered: sku, units that it stands in for, its own units, what it costs more, days until it ships."""
    found = list_choices(read_line(line_of(number, row)), read_house(), TODAY)
    return [
        (
            each.substitute.substitute.sku,
            each.quantity,
            each.units,
            each.extra,
            (each.ships_on - TODAY).days,
        )
        for each in found
    ]


def first_choice(number: str = "A-1", row: str = "1") -> Choice:
    return list_choices(read_line(line_of(number, row)), read_house(), TODAY)[0]


def offer(number: str = "A-1", quantity: int | None = None, row: str = "1", *, writes: bool = False) -> Offer:
    """Offer what comes first."""
    wish = Wish(first_choice(number, row).name, quantity, writes)
    return make_offer(line_of(number, row), wish, by(0))


def settle(hours: float = 0) -> int:
    """End what is over so many hours after noon."""
    at = NOON + timedelta(hours=hours)
    events.expire_holds(type(cause())("clock", at))
    return settle_offers(at)


def free(sku: str = "DESK") -> int:
    return read_availability([item(sku)], TODAY)[0].free.on_hand


def have_desks(units: int = 2) -> None:
    stock("DESK", units)
