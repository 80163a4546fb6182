"""The gate: what of an order is accepted. docs/reference/orders.md has the same examples."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backorder.allocation import events
from backorder.allocation.acceptance.answer import Answer
from backorder.allocation.facts.newcomers import add_lines
from backorder.allocation.facts.snapshot import read_facts
from backorder.catalog.models import Acceptance, Channel, Component, CustomerClass, Substitute
from backorder.engine.allocation import Policy
from backorder.orders.models import Disclosure, Line, Order, Refusal
from backorder.orders.services import Buyer, OrderError, Told, Wanted
from backorder.orders.services import place as place_unasked
from backorder.orders.services.wanted import ShipTo
from backorder.outbox.models import Entry
from backorder.outbox.selectors import read_story
from tests.allocation.shop import covered, line_of, order_in, promised, standing, stock, take_in
from tests.supply.shop import TODAY, cause, item, place

pytestmark = pytest.mark.django_db


def rule(name: str, sku: str | None = "LAMP", **other: Any) -> Acceptance:
    return Acceptance.objects.create(item=item(sku) if sku else None, rule=name, **other)


def ask(
    number: str, *wanted: tuple[str, int], buyer: Buyer | None = None, on: int = 0, **line: Any
) -> Answer:
    day = TODAY + dt.timedelta(days=on)
    lines = [Wanted(str(row), item(sku), units, day, **line) for row, (sku, units) in enumerate(wanted, 1)]
    return events.place_order(number, lines, cause(), buyer or Buyer())


def split(answer: Answer) -> list[tuple[int, int, int, str]]:
    """Now, later, refused and why, of each line."""
    return [
        (line.quantity_now, line.quantity_later, line.quantity_refused, line.reason) for line in answer.lines
    ]


def test_without_a_rule_all_is_accepted_and_waits() -> None:
    stock("LAMP", 3)
    answer = ask("A-1", ("LAMP", 10))
    assert split(answer) == [(3, 7, 0, "")]
    assert answer.lines[0].promised_on is None
    assert standing("A-1")[:3] == (3, 0, 7)


def test_rule_none_accepts_what_is_free_on_hand_and_keeps_what_it_refuses() -> None:
    rule("none")
    stock("LAMP", 3)
    order_in("LAMP", 50, "PO-1")
    answer = ask("A-1", ("LAMP", 10))
    assert split(answer) == [(3, 0, 7, "NOT_ON_HAND")]
    assert line_of("A-1").quantity_ordered == 3
    refusal = Refusal.objects.get()
    assert (refusal.item.sku, refusal.quantity, refusal.reason) == ("LAMP", 7, "NOT_ON_HAND")
    assert (refusal.order_number, refusal.line_number, refusal.at) == ("A-1", "1", cause().at)
    assert [(entry.what, entry.facts) for entry in read_story("order", "A-1")] == [
        ("order.placed", {"units": 3, "refused": 7})
    ]


def test_an_order_of_which_nothing_is_accepted_is_none_but_is_remembered() -> None:
    rule("none")
    answer = ask("A-1", ("LAMP", 2))
    assert (split(answer), answer.decision) == ([(0, 0, 2, "NOT_ON_HAND")], None)
    assert not Order.objects.exists()
    assert [(entry.what, entry.facts) for entry in read_story("order", "A-1")] == [
        ("order.refused", {"units": 2, "reasons": ["NOT_ON_HAND"]})
    ]
    assert Refusal.objects.get().quantity == 2


def test_t23_a_cap_of_30_with_10_on_hand_accepts_40() -> None:
    rule("capped", cap=30)
    stock("LAMP", 10)
    assert split(ask("A-1", ("LAMP", 45))) == [(10, 30, 5, "CAP")]
    assert split(ask("A-2", ("LAMP", 1))) == [(0, 0, 1, "CAP")]


def test_a_cap_is_used_up_by_units_that_wait_and_frees_as_they_are_received() -> None:
    rule("capped", cap=30)
    line = order_in("LAMP", 20, "PO-1")
    assert split(ask("A-1", ("LAMP", 25))) == [(0, 25, 0, "")]
    assert split(ask("A-2", ("LAMP", 10))) == [(0, 5, 5, "CAP")]
    take_in(line, 20)
    assert split(ask("A-3", ("LAMP", 50))) == [(0, 20, 30, "CAP")]


def test_inbound_only_accepts_what_comes_inside_the_horizon_and_is_nobodys() -> None:
    rule("inbound_only", horizon_days=14)
    stock("LAMP", 2)
    order_in("LAMP", 10, "PO-1", days=14)
    order_in("LAMP", 10, "PO-2", days=15)
    assert split(ask("A-1", ("LAMP", 5))) == [(2, 3, 0, "")]
    assert split(ask("A-2", ("LAMP", 20))) == [(0, 7, 13, "BEYOND_HORIZON")]
    assert covered("A-2") == [("PO-1", 7, 14)]


def test_units_that_come_later_than_the_longest_wait_or_on_no_known_day_are_refused() -> None:
    rule("open", longest_wait_days=10)
    stock("LAMP", 1)
    order_in("LAMP", 4, "PO-1", days=10)
    order_in("LAMP", 4, "PO-2", days=11)
    assert split(ask("A-1", ("LAMP", 20))) == [(1, 4, 15, "TOO_LONG_A_WAIT")]
    assert promised("A-1") == [10]


def test_the_longest_wait_counts_from_the_requested_day() -> None:
    rule("open", longest_wait_days=5)
    order_in("LAMP", 4, "PO-1", days=25)
    assert split(ask("A-1", ("LAMP", 4), on=20)) == [(0, 4, 0, "")]
    assert split(ask("A-2", ("LAMP", 4), on=20)) == [(0, 0, 4, "TOO_LONG_A_WAIT")]


def test_the_rule_of_the_item_outweighs_the_channel_and_that_the_class() -> None:
    shop, contract = Channel.objects.create(code="shop"), CustomerClass.objects.create(code="contract")
    buyer = Buyer(customer_class=contract, channel=shop)
    rule("none", None)
    assert ask("A-1", ("LAMP", 9), buyer=buyer).decision is None
    rule("capped", None, customer_class=contract, cap=1)
    assert split(ask("A-2", ("LAMP", 9), buyer=buyer)) == [(0, 1, 8, "CAP")]
    rule("capped", None, channel=shop, cap=3)
    assert split(ask("A-3", ("LAMP", 9), buyer=buyer)) == [(0, 2, 7, "CAP")]
    rule("capped", "LAMP", cap=6)
    assert split(ask("A-4", ("LAMP", 9), buyer=buyer)) == [(0, 3, 6, "CAP")]
    assert split(ask("A-5", ("LAMP", 9), buyer=Buyer(channel=shop))) == [(0, 0, 9, "CAP")]
    assert ask("A-6", ("SHADE", 9)).decision is None


def test_t21_an_item_on_two_lines_is_counted_together() -> None:
    rule("capped", cap=3)
    stock("LAMP", 10)
    answer = ask("A-1", ("LAMP", 8), ("LAMP", 8))
    assert split(answer) == [(8, 0, 0, ""), (2, 3, 3, "CAP")]
    assert ask("A-2", ("LAMP", 1)).decision is None


def test_t17_a_kit_and_its_component_share_what_is_there() -> None:
    Component.objects.create(kit=item("SET"), item=item("LAMP"), quantity=2)
    rule("none", None)
    stock("LAMP", 7)
    answer = ask("A-1", ("SET", 2), ("LAMP", 5))
    assert split(answer) == [(2, 0, 0, ""), (3, 0, 2, "NOT_ON_HAND")]
    assert ask("A-2", ("SET", 1)).decision is None


def test_a_line_that_is_cut_leaves_its_units_to_the_next() -> None:
    rule("none")
    stock("LAMP", 5)
    lines = [
        Wanted("1", item("LAMP"), 8, TODAY, minimum_quantity=6),
        Wanted("2", item("LAMP"), 8, TODAY, minimum_quantity=2),
    ]
    answer = events.place_order("A-1", lines, cause())
    assert split(answer) == [(0, 0, 8, "BELOW_MINIMUM"), (5, 0, 3, "NOT_ON_HAND")]


def test_of_an_order_that_ships_together_all_or_nothing_is_accepted() -> None:
    rule("none", "SHADE")
    stock("LAMP", 5)
    stock("SHADE", 1)
    together = Buyer(ship_policy="complete")
    answer = ask("A-1", ("LAMP", 5), ("SHADE", 2), buyer=together)
    assert split(answer) == [(0, 0, 5, "TOGETHER"), (0, 0, 2, "NOT_ON_HAND")]
    assert not Order.objects.exists()
    answer = ask("A-1", ("LAMP", 5), ("SHADE", 1), buyer=together)
    assert split(answer) == [(5, 0, 0, ""), (1, 0, 0, "")]


def test_of_a_line_that_ships_together_all_or_nothing_is_accepted() -> None:
    rule("none")
    stock("LAMP", 5)
    stock("SHADE", 5)
    answer = ask("A-1", ("LAMP", 6), ("SHADE", 2), buyer=Buyer(ship_policy="line_complete"))
    assert split(answer) == [(0, 0, 6, "NOT_ON_HAND"), (2, 0, 0, "")]


def test_units_accepted_from_hand_stay_spoken_for_while_they_wait_for_a_companion() -> None:
    rule("none")
    stock("LAMP", 5)
    answer = ask("A-1", ("LAMP", 4), ("SHADE", 1), buyer=Buyer(ship_policy="complete"))
    assert split(answer) == [(0, 4, 0, ""), (0, 1, 0, "")]
    assert standing("A-1")[0] == 0  # others may use them until the shade comes
    assert split(ask("A-2", ("LAMP", 3))) == [(1, 0, 2, "NOT_ON_HAND")]


def test_t22_a_later_rush_order_is_refused_what_an_earlier_order_was_promised() -> None:
    rule("none")
    stock("LAMP", 5)
    ask("A-1", ("LAMP", 4))
    answer = ask("RUSH", ("LAMP", 3), buyer=Buyer(priority=1))
    assert split(answer) == [(1, 0, 2, "NOT_ON_HAND")]
    assert (promised("A-1"), standing("A-1")[:3]) == ([0], (4, 0, 0))


def test_paid_express_is_granted_only_where_nothing_waits() -> None:
    stock("LAMP", 5)
    order_in("SHADE", 5, "PO-1")
    answer = ask("A-1", ("LAMP", 2), ("SHADE", 2), buyer=Buyer(express=True))
    assert [line.express for line in answer.lines] == [True, False]
    assert list(Line.objects.order_by("number").values_list("express", flat=True)) == [True, False]
    together = Buyer(express=True, ship_policy="complete")
    assert not any(line.express for line in ask("A-2", ("LAMP", 1), ("SHADE", 1), buyer=together).lines)


@pytest.mark.parametrize(("region", "granted"), [("NY", [True, False, False]), ("CA", [True, True, True])])
def test_express_is_granted_only_where_the_law_lets_it_be_charged(region: str, granted: list[bool]) -> None:
    """Asked on a Tuesday; Thursday is Thanksgiving, so the third working day is the Monday after; what ships together ships late."""
    stock("LAMP", 9)
    to = ShipTo("Ada", "1 Elm St", "Albany", "US", "12207", region)
    soon, late = [
        ask(f"A-{days}", ("LAMP", 1), on=days, buyer=Buyer(express=True, ship_to=to)).lines for days in (6, 7)
    ]
    days = [TODAY + dt.timedelta(days=days) for days in (6, 7)]
    lines = [Wanted(str(row), item("LAMP"), 1, day) for row, day in enumerate(days, 1)]
    buyer = Buyer(express=True, ship_to=to, ship_policy="complete")
    together = events.place_order("A-0", lines, cause(), buyer).lines
    assert [{line.express for line in found} for found in (soon, late, together)] == [
        {each} for each in granted
    ]


def test_what_the_customer_was_told_is_kept() -> None:
    stock("LAMP", 1)
    order_in("LAMP", 4, "PO-1")
    told = Told("de", "9 von 10 kommen bis dahin", "card, when it ships", "until it ships", "eu-1")
    events.place_order("A-1", [Wanted("1", item("LAMP"), 3, TODAY)], cause(), None, told)
    kept = Disclosure.objects.get()
    assert (kept.quantity_now, kept.quantity_later, kept.promised_on) == (1, 2, TODAY + dt.timedelta(days=10))
    assert (kept.language, kept.confidence, kept.payment, kept.cancellation, kept.rule_pack) == (
        *("de", "9 von 10 kommen bis dahin", "card, when it ships", "until it ships", "eu-1"),
    )
    assert (kept.at, kept.entry.what) == (cause().at, "order.placed")


def test_what_is_late_or_refused_comes_with_what_there_is_instead() -> None:
    Substitute.objects.create(item=item("LAMP"), substitute=item("LAMP-2"), kind="successor")
    rule("none")
    stock("LAMP", 1)
    stock("LAMP-2", 9)
    ask("OTHER", ("LAMP-2", 4))
    found = ask("A-1", ("LAMP", 8)).lines[0].alternatives
    assert [(each.kind, each.sku, each.location, each.quantity, each.available_on) for each in found] == [
        ("successor", "LAMP-2", "main", 5, TODAY)
    ]


def test_an_order_number_that_is_taken_is_refused_and_changes_nothing() -> None:
    rule("none")
    stock("LAMP", 1)
    ask("A-1", ("LAMP", 1))
    entries = Entry.objects.count()
    for units in (1, 5):
        with pytest.raises(OrderError, match=r"^there is an order A-1 already$"):
            ask("A-1", ("LAMP", units))
    assert (Entry.objects.count(), Order.objects.count(), Refusal.objects.count()) == (entries, 1, 0)


def test_an_order_recorded_from_elsewhere_meets_no_rule() -> None:
    rule("none")
    decision = events.record_order("A-1", [Wanted("1", item("LAMP"), 5, TODAY)], cause())
    assert decision is not None
    assert standing("A-1")[:3] == (0, 0, 5)


def test_new_lines_are_added_to_the_facts_as_reading_them_again_would() -> None:
    contract = CustomerClass.objects.create(code="contract")
    place("north")
    Component.objects.create(kit=item("SET"), item=item("LAMP"), quantity=2)
    stock("LAMP", 5)
    ask("A-1", ("LAMP", 3), ("SHADE", 1), buyer=Buyer(ship_policy="complete"))
    policy = Policy(rank_keys=("customer_class", "channel", "requested_on"))
    items = [item(sku).pk for sku in ("LAMP", "SET")]
    before = read_facts(items, TODAY, policy)
    lines = [
        Wanted("1", item("LAMP"), 2, TODAY, place("north"), TODAY + dt.timedelta(days=3), 2, "firm", 1999),
        Wanted("2", item("SET"), 1, TODAY + dt.timedelta(days=9)),
    ]
    place_unasked("A-2", lines, cause(), Buyer(customer_class=contract, priority=7))
    order = Order.objects.select_related("customer_class", "channel").get(number="A-2")
    added = add_lines(before, list(order.lines.order_by("id")))
    again = read_facts(items, TODAY, policy)
    for name, column in again.snapshot.lines.columns().items():
        assert added.snapshot.lines.columns()[name].tolist() == column.tolist(), name
    for name, attribute in again.snapshot.attributes.items():
        assert added.snapshot.attributes[name].values.tolist() == attribute.values.tolist(), name
        assert added.snapshot.attributes[name].labels == attribute.labels
    for name in ("items", "lines", "inside", "line_items", "levels", "inbound"):
        assert getattr(added, name).tolist() == getattr(again, name).tolist(), name
    for table in ("current", "supplies", "kits"):
        assert getattr(added.snapshot, table) is getattr(before.snapshot, table)


def count_queries(number: str) -> int:
    lines = [Wanted("1", item("LAMP"), 1, TODAY)]
    with CaptureQueriesContext(connection) as queries:
        events.place_order(number, lines, cause())
    return len(queries)


def test_taking_an_order_costs_as_many_queries_however_many_lines_are_open() -> None:
    rule("capped", cap=100)
    stock("LAMP", 3)
    ask("A-0", ("LAMP", 4))
    few = count_queries("B-1")
    for number in range(1, 8):
        ask(f"A-{number}", ("LAMP", 1))
    assert count_queries("B-2") == few
