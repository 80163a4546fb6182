"""The invented order that samples are about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings

from backorder.allocation.models import Standing
from backorder.care.house import read_house
from backorder.care.judging import find_rules
from backorder.care.letters.parts import Matter, Rights, name_units
from backorder.care.letters.scene import Scene
from backorder.care.letters.speech import Speech
from backorder.catalog.models import Item
from backorder.engine import consent
from backorder.orders.models import Customer, Line, Order

NUMBER, NAME = "A-1", "Ada Example"
UNITS, PRICE, CURRENCY = 2, 1990, "EUR"
NO_RIGHTS = Rights(runs=False, may_set_period=False, may_end=False, refund_by=None)
BEFORE = 12
"""So many days ago it was ordered."""


@dataclass(frozen=True)
class Stage:
    """What a sample is about, and where and when it is written."""

    scene: Scene
    line: Line
    matter: Matter
    rules: consent.Rules

    @property
    def units(self) -> str:
        """Name the units."""
        return name_units(self.line, UNITS, self.scene.speech)

    def in_days(self, days: int) -> date:
        """Give the day in so many days."""
        return self.matter.today + timedelta(days=days)


def set_stage(language: str, now: datetime) -> Stage:
    """Invent an order of a consumer where the house sells from."""
    house = read_house()
    rules = find_rules(consent.Parties(house.seller, house.seller, "consumer"), now.date(), house)
    zone, laws = rules.place.zone, frozenset(pack.name for pack in rules.packs)
    today = now.astimezone(zone).date()
    ordered = now - timedelta(days=BEFORE)
    order = Order(
        number=NUMBER,
        customer=Customer(code="C-1", name=NAME),
        ordered_at=ordered,
        ordered_on=ordered.astimezone(zone).date(),
    )
    line = Line(
        order=order,
        number="1",
        item=Item(pk=1, sku="LAMP", name="LAMP", currency=CURRENCY),
        quantity_ordered=UNITS,
        unit_price=PRICE,
        requested_on=order.ordered_on,
    )
    line.standing = Standing(reason="SUPPLY_CHANGED")
    link = f"{settings.URL}/o/…" if settings.URL else ""
    scene = Scene(order, house, Speech(language), zone, now, laws)
    return Stage(scene, line, Matter(NUMBER, NAME, [], NO_RIGHTS, house, today, link=link), rules)
