"""Whatever is asked, and whatever happens between: no more is accepted than the rule allows, and no less."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from backorder.allocation import events
from backorder.allocation.acceptance.taking import Asked, Purchase
from backorder.allocation.acceptance.taking import take_in as take_orders
from backorder.allocation.selectors import find_differences
from backorder.catalog.models import Component
from backorder.orders.models import Line, Refusal
from backorder.orders.services import Buyer, Wanted
from backorder.supply.models import InboundLine
from tests.allocation.shop import drop, find_stock, order_in, take_in
from tests.allocation.test_acceptance import rule
from tests.searching import IN_DATABASE
from tests.supply.shop import TODAY, cause, item

pytestmark = pytest.mark.django_db

HORIZON = 10
UNITS = st.integers(1, 9)
RULES = st.sampled_from(["none", "capped", "inbound_only", "open"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("buy"), st.lists(UNITS, min_size=1, max_size=3), st.sampled_from([1, 100])),
        st.tuples(
            st.just("rush"),
            st.lists(st.lists(UNITS, min_size=1, max_size=2), min_size=2, max_size=4),
            st.sampled_from([1, 100]),
        ),
        st.tuples(st.just("amend"), st.integers(0, 5), UNITS),
        st.tuples(st.just("cancel"), st.integers(0, 5), UNITS),
        st.tuples(st.just("count"), st.integers(0, 12), st.just(0)),
        st.tuples(st.just("receive"), UNITS, st.just(0)),
    ),
    min_size=1,
    max_size=7,
)


@dataclass
class Shop:
    """The facts of one item, kept slowly and plainly."""

    rule: str
    cap: int
    on_hand: int
    near: int  # inbound inside the horizon
    ordered: int = 0
    asked: int = 0

    def let_in(self, asked: int) -> int:
        """Accept what the rule leaves room for: what there is that counts, and the cap, less what is ordered."""
        room = {
            "none": self.on_hand,
            "capped": self.on_hand + self.cap,
            "inbound_only": self.on_hand + self.near,
            "open": self.ordered + asked,
        }[self.rule]
        accepted = min(asked, max(room - self.ordered, 0))
        self.ordered += accepted
        self.asked += asked
        return accepted


def act(shop: Shop, number: int, step: tuple[object, ...]) -> None:
    """Do one step in the shop and in the database, and compare."""
    what, about, units = step
    if what == "buy":
        assert isinstance(about, list)
        lines = [Wanted(str(row), item("LAMP"), many, TODAY) for row, many in enumerate(about, 1)]
        answer = events.place_order(f"A-{number}", lines, cause(), Buyer(priority=int(str(units))))
        accepted = [line.quantity_now + line.quantity_later for line in answer.lines]
        assert accepted == [shop.let_in(many) for many in about]
    elif what == "rush":
        assert isinstance(about, list)
        rush(shop, number, about, int(str(units)))
    elif what == "count":
        shop.on_hand = int(str(about))
        find_stock("LAMP", shop.on_hand)
    elif what == "receive":
        line, got = InboundLine.objects.get(order__number="NEAR"), int(str(about))
        take_in(line, got)
        shop.near, shop.on_hand = max(shop.near - got, 0), shop.on_hand + got
    else:
        change_line(shop, int(str(about)), str(what), int(str(units)))


def rush(shop: Shop, number: int, baskets: list[list[int]], priority: int) -> None:
    """Take several orders in at once: each gets what it would have got behind those before it."""
    asked: list[Asked] = [
        (
            f"A-{number}-{row}",
            [Wanted(str(place), item("LAMP"), many, TODAY) for place, many in enumerate(basket, 1)],
            Purchase(cause(), Buyer(priority=priority if row % 2 else 50)),
        )
        for row, basket in enumerate(baskets)
    ]
    for answer, basket in zip(take_orders({item("LAMP").pk}, lambda: asked), baskets, strict=True):
        accepted = [line.quantity_now + line.quantity_later for line in answer.lines]
        assert accepted == [shop.let_in(many) for many in basket]


def change_line(shop: Shop, chosen: int, what: str, units: int) -> None:
    """Cancel a part of some line, or ask more of it."""
    open_lines = list(Line.objects.filter(quantity_open__gt=0).select_related("order").order_by("id"))
    if not open_lines:
        return
    line = open_lines[chosen % len(open_lines)]
    if what == "cancel":
        gone = min(units, line.quantity_open)
        drop(line.order.number, gone, line.number)
        shop.ordered -= gone
    else:
        answer = events.amend_line(line, {"quantity": line.quantity_open + units}, cause())
        (added,) = answer.lines
        assert added.quantity_now + added.quantity_later == shop.let_in(units)


@pytest.mark.hypothesis
@IN_DATABASE
@given(RULES, st.integers(0, 6), st.integers(0, 12), st.integers(1, 9), STEPS)
def test_what_is_accepted_is_what_the_rule_leaves_room_for(
    name: str, cap: int, on_hand: int, near: int, steps: list[tuple[object, ...]]
) -> None:
    with transaction.atomic():
        limits = {"capped": {"cap": cap}, "inbound_only": {"horizon_days": HORIZON}}
        rule(name, "LAMP", **limits.get(name, {}))
        find_stock("LAMP", on_hand)
        order_in("LAMP", near, "NEAR", days=HORIZON)
        order_in("LAMP", 9, "FAR", days=HORIZON + 1)
        shop = Shop(name, cap, on_hand, near)
        for number, step in enumerate(steps):
            act(shop, number, step)
        refused = sum(Refusal.objects.values_list("quantity", flat=True))
        wanted = sum(Line.objects.values_list("quantity_ordered", flat=True))
        assert wanted + refused == shop.asked
        assert sum(Line.objects.values_list("quantity_open", flat=True)) == shop.ordered
        assert find_differences() == []
        transaction.set_rollback(True)


BASKETS = st.lists(
    st.tuples(
        st.lists(
            st.tuples(
                st.sampled_from(["LAMP", "SET", "SHADE"]), st.integers(1, 4), st.sampled_from(["", "A", "B"])
            ),
            min_size=1,
            max_size=3,
        ),
        st.tuples(
            st.sampled_from(["as_ready", "as_ready", "complete", "line_complete"]),
            st.sampled_from([None, None, 1, 2]),
        ),
        st.integers(0, 12),
        st.sampled_from([1, 100]),
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.hypothesis
@IN_DATABASE
@given(st.integers(0, 12), st.integers(0, 9), BASKETS, st.booleans())
def test_kits_companions_and_later_days_never_sell_a_unit_twice(
    on_hand: int,
    coming: int,
    baskets: list[tuple[list[tuple[str, int, str]], tuple[str, int | None], int, int]],
    at_once: bool,  # noqa: FBT001 - Hypothesis gives it
) -> None:
    with transaction.atomic():
        Component.objects.create(kit=item("SET"), item=item("LAMP"), quantity=2)
        rule("none", "LAMP")
        rule("none", "SET")  # a shade may wait, and lets its companions wait
        find_stock("LAMP", on_hand)
        order_in("LAMP", max(coming, 1), "PO-1", days=5)
        asked: list[Asked] = []
        for number, (basket, (ships, most), on, priority) in enumerate(baskets):
            day = TODAY + dt.timedelta(days=on)
            lines = [
                Wanted(str(row), item(sku), many, day, ship_set=name)
                for row, (sku, many, name) in enumerate(basket, 1)
            ]
            buyer = Buyer(ship_policy=ships, priority=priority, most_shipments=most)
            asked.append((f"A-{number}", lines, Purchase(cause(), buyer)))
        items = {item(sku).pk for sku in ("LAMP", "SET", "SHADE")}
        parts = [asked] if at_once else [[one] for one in asked]
        answers = [answer for part in parts for answer in take_orders(items, lambda part=part: part)]  # type: ignore[misc]
        for answer, (_, basket_lines, _) in zip(answers, asked, strict=True):
            refused = {line.number for line in answer.lines if line.quantity_refused}
            for name in {line.ship_set for line in basket_lines if line.ship_set}:
                together = {line.number for line in basket_lines if line.ship_set == name}
                assert not refused & together or together <= refused
        sold = sum(
            line.quantity_open * (2 if line.item.sku == "SET" else 1)
            for line in Line.objects.filter(item__sku__in=("LAMP", "SET")).select_related("item")
        )
        assert sold <= on_hand
        assert find_differences() == []
        transaction.set_rollback(True)
