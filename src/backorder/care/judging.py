"""Judges orders by the packs that hold for them, and looks ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Prefetch, prefetch_related_objects

from backorder.care.facts import find_ship_to, read_facts
from backorder.care.house import NOWHERE, House, read_house
from backorder.engine import consent
from backorder.law import find_place, list_packs
from backorder.law.zones import find_zone
from backorder.orders.models import Line, Order


@dataclass(frozen=True)
class Asked:
    """What the laws that hold for a line ask."""

    packs: Sequence[consent.Pack]
    verdicts: Sequence[consent.Verdict]  # units that share one history, those at the front first
    crossed: Sequence[consent.Answer]  # for a person
    coming: Sequence[consent.Coming]  # if nobody does anything


@dataclass(frozen=True)
class Judged:
    """A line, and what is asked of it."""

    line: Line
    asked: Asked


def judge_orders(orders: Sequence[Order], now: datetime) -> list[Judged]:
    """Judge the lines of orders. Left out are holds, which are no orders yet, and orders of which nobody said where they go."""
    house = read_house()
    lines = Prefetch("lines", Line.objects.select_related("item").order_by("id"))
    prefetch_related_objects(list(orders), lines, "address", "customer_class")
    placed = [order for order in orders if order.held_until is None and find_ship_to(order, house) != NOWHERE]
    facts = read_facts(placed, house)
    return [
        judge_line(line, order, facts[line.pk], house, now) for order in placed for line in order.lines.all()
    ]


def judge_line(line: Line, order: Order, facts: consent.Facts, house: House, now: datetime) -> Judged:
    """Judge a line."""
    return Judged(line, ask(facts, find_rules(build_parties(order, house), order.ordered_on, house), now))


def ask(facts: consent.Facts, rules: consent.Rules, now: datetime) -> Asked:
    """Ask what the rules ask. Raises FactsError for facts that cannot be."""
    judged = consent.judge(facts, rules, now)
    return Asked(rules.packs, judged.verdicts, judged.crossed, consent.look_ahead(facts, rules, now))


def build_parties(order: Order, house: House) -> consent.Parties:
    """Say who buys, from where to where."""
    business = order.customer_class is not None and order.customer_class.code in house.businesses
    return consent.Parties(find_ship_to(order, house), house.seller, "business" if business else "consumer")


def find_rules(parties: consent.Parties, ordered_on: date, house: House) -> consent.Rules:
    """Find the packs that hold for a sale, and by which days they are counted."""
    packs = tuple(consent.choose_packs(list_packs(), parties, ordered_on))
    zone = choose_zone(parties.ship_to, ordered_on, house)
    return consent.Rules(packs, find_place(zone, parties.ship_to, packs))


def choose_zone(place: str, on: date, house: House) -> str:
    """Choose the zone of a place: what the house says of it or its country, else that where the day ends first, else the shop's."""
    country = place.partition("-")[0]
    named = house.zones.get(place) or house.zones.get(country)
    return named or find_zone(country, on) or settings.TIME_ZONE
