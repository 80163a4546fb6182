"""Judges orders by the packs that hold for them, and looks ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Prefetch, prefetch_related_objects

from backorder.care.facts import find_ship_to, read_facts
from backorder.care.house import NOWHERE, House, read_house
from backorder.engine import consent
from backorder.law import find_place, list_packs
from backorder.law.zones import find_zone
from backorder.orders.models import Line, Order


@dataclass(frozen=True)
class Judged:
    """A line under the laws that hold for it."""

    line: Line
    packs: Sequence[consent.Pack]
    verdicts: Sequence[consent.Verdict]  # units that share one history, those at the front first
    crossed: Sequence[consent.Answer]  # for a person
    coming: Sequence[consent.Coming]  # if nobody does anything


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
    rules = find_rules(order, house)
    judged = consent.judge(facts, rules, now)
    coming = consent.look_ahead(facts, rules, now)
    return Judged(line, rules.packs, judged.verdicts, judged.crossed, coming)


def find_rules(order: Order, house: House) -> consent.Rules:
    """Find the packs that hold for an order, and by which days they are counted."""
    ship_to = find_ship_to(order, house)
    kind = (
        "business" if order.customer_class and order.customer_class.code in house.businesses else "consumer"
    )
    packs = tuple(
        consent.choose_packs(list_packs(), consent.Parties(ship_to, house.seller, kind), order.ordered_on)
    )
    return consent.Rules(packs, find_place(choose_zone(ship_to, order.ordered_at, house), ship_to, packs))


def choose_zone(place: str, at: datetime, house: House) -> str:
    """Choose the zone of a place: what the house says of it or its country, else that where the day ends first, else the shop's."""
    country = place.partition("-")[0]
    named = house.zones.get(place) or house.zones.get(country)
    return named or find_zone(country, at) or settings.TIME_ZONE
