"""What a customer who waits could have instead, as the page of the order says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from backorder.care.letters.parts import name_units
from backorder.care.letters.speech import Speech
from backorder.care.models import Offer, OutsideOffer
from backorder.care.offers.answering import list_standing
from backorder.care.offers.finding import find_day
from backorder.care.offers.letter import say_offer
from backorder.care.offers.outside import list_outside
from backorder.orders.models import Line, Order


@dataclass(frozen=True)
class Offered:
    """Something that could be had instead, in the language of the customer."""

    offer: Offer
    title: str  # what it would stand in for
    said: Sequence[str]  # what it is, when it would ship and what it costs
    until: str
    ships_on: date


@dataclass(frozen=True)
class Elsewhere:
    """What somebody else sells, in the language of the customer."""

    offer: OutsideOffer
    item: str
    said: str


def list_offered(order: Order, now: datetime, zone: tzinfo, speech: Speech) -> list[Offered]:
    """List what stands for an order, and would be taken by a yes."""
    return [
        Offered(
            offer,
            speech.say("Instead of {units}", units=name_units(offer.line, offer.quantity, speech)),
            list(say_offer(offer, (day, find_day(offer.line)), speech)),
            speech.say("We keep it for you until {moment}.", moment=speech.moment(offer.until, zone)),
            day,
        )
        for offer, day in list_standing([order.pk], now)
    ]


def list_elsewhere(lines: Sequence[Line], today: date, speech: Speech) -> list[Elsewhere]:
    """List what others sell in the place of what waits."""
    found = []
    for offer in list_outside(lines, today):
        kind = speech.say("second-hand") if offer.kind == "second_hand" else speech.say("from another seller")
        price = [] if offer.price is None else [speech.money(offer.price, offer.currency)]
        seen = speech.say("seen on {day}", day=speech.day(offer.seen_on))
        found.append(Elsewhere(offer, offer.item.name or offer.item.sku, ", ".join([kind, *price, seen])))
    return found
