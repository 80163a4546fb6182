"""Judges orders by the packs that hold for them, and looks ahead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.conf import settings
from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone

from backorder.allocation.services import read_steadily
from backorder.care.facts import Found, find_ship_to, is_in, read_facts
from backorder.care.house import NOWHERE, House, read_house
from backorder.engine import consent
from backorder.engine.consent import FactsError, Judgement
from backorder.law import find_place, list_packs
from backorder.law.zones import find_zones
from backorder.orders.models import Line, Order

__all__ = ["FactsError", "Judged", "Judgement", "find_rules", "judge_orders"]


@dataclass(frozen=True)
class Judged:
    """A line, and what is asked of it."""

    line: Line
    asked: Judgement
    facts: consent.Facts
    here: int  # so many of its open units are on hand or with the warehouse
    rules: consent.Rules
    assumed: str  # the place that was taken for that of an order without an address; blank: it has one


def judge_orders(
    orders: Sequence[Order], now: datetime, *, every: bool = False, house: House | None = None
) -> list[Judged]:
    """Judge the open lines of orders, or every line, by the rules of the house in force, unless others are given.

    Left out are holds, which are no orders yet, and orders of which nobody said where they go.
    Raises FaultyInputError if the rules of the house cannot be read any more, FactsError for a record that contradicts itself.
    """
    house = house or read_house()
    with read_steadily():
        lines = Prefetch("lines", Line.objects.select_related("item", "standing").order_by("id"))
        prefetch_related_objects(list(orders), lines, "address", "customer_class")
        placed = [each for each in orders if each.held_until is None and find_ship_to(each, house) != NOWHERE]
        facts = read_facts(placed, house, timezone.localdate(now))
    return [
        judged
        for order in placed
        for judged in judge_order(order, facts, house, now)
        if every or judged.line.quantity_open
    ]


def judge_order(order: Order, facts: Mapping[int, Found], house: House, now: datetime) -> Iterator[Judged]:
    """Judge the lines of an order."""
    lines = list(order.lines.all())
    before = facts[lines[0].pk].before if lines else ()
    rules = find_rules(build_parties(order, house), order.ordered_on, house, before)
    assumed = "" if hasattr(order, "address") else house.seller
    for line in lines:
        known = facts[line.pk]
        yield Judged(line, consent.judge(known.facts, rules, now), known.facts, known.here, rules, assumed)


def build_parties(order: Order, house: House) -> consent.Parties:
    """Say who buys, from where to where."""
    buyer = "business" if is_in(order, house.businesses) else "consumer"
    return consent.Parties(find_ship_to(order, house), house.seller, buyer)


def find_rules(
    parties: consent.Parties, ordered_on: date, house: House, before: Sequence[str] = ()
) -> consent.Rules:
    """Find the packs that hold for a sale, and by which days they are counted.

    `before`: to which places it was to go. Who moves within a country loses no right: the strictest of before and now holds.
    """
    country = parties.ship_to.partition("-")[0]
    same = [place for place in before if place.partition("-")[0] == country]
    found = [
        pack
        for place in dict.fromkeys([parties.ship_to, *same])
        for pack in consent.choose_packs(list_packs(), replace(parties, ship_to=place), ordered_on)
    ]
    by_name = {(pack.name, pack.version): pack for pack in found}
    packs = tuple(by_name[name] for name in sorted(by_name))
    zones = choose_zones(parties.ship_to, ordered_on, house)
    return consent.Rules(packs, find_place(zones, parties.ship_to, packs))


def choose_zones(place: str, on: date, house: House) -> tuple[str, str]:
    """Choose where days end first and where they begin last: in the zone that the house names, else in those of the country."""
    country = place.partition("-")[0]
    named = house.zones.get(place) or house.zones.get(country)
    return (named, named) if named else find_zones(country, on) or (settings.TIME_ZONE, settings.TIME_ZONE)
