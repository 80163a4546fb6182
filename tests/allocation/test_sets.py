"""Lines that ship in sets, and orders that leave in so many shipments at most, as the plan has them."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from backorder.allocation import events
from backorder.allocation.acceptance.answer import Answer
from backorder.allocation.acceptance.quoting import quote
from backorder.allocation.explaining import explain_line
from backorder.allocation.facts.newcomers import add_lines
from backorder.allocation.facts.snapshot import read_facts
from backorder.allocation.services import decide_all, plan_all
from backorder.catalog.locks import lock_all_items
from backorder.catalog.models import Acceptance
from backorder.channels.records import report_decision, tell_line
from backorder.engine.allocation import Policy
from backorder.orders.models import Line, Order
from backorder.orders.services import Buyer, OrderError, Wanted
from backorder.orders.services import place as place_unasked
from backorder.outbox.models import Entry
from backorder.outbox.services import write
from tests.allocation.shop import covered, drop, line_of, order_in, promised, slip, standing, stock
from tests.supply.shop import TODAY, cause, item

pytestmark = pytest.mark.django_db


def ask(
    number: str,
    *wanted: tuple[str, int, str],
    most: int | None = None,
    ships: str = "as_ready",
    express: bool = False,
) -> Answer:
    """Place an order of lines for today, each with the set that it ships in."""
    lines = [
        Wanted(str(row), item(sku), units, TODAY, ship_set=name)
        for row, (sku, units, name) in enumerate(wanted, 1)
    ]
    buyer = Buyer(ship_policy=ships, most_shipments=most, express=express)
    return events.place_order(number, lines, cause(), buyer)


def order_of(number: str = "A-1") -> Order:
    return Order.objects.get(number=number)


def days(number: str = "A-1") -> dict[str, list[int]]:
    """When the units of each line ship, in days from today."""
    return {
        line.number: [row[2] for row in covered(number, line.number)] for line in order_of(number).lines.all()
    }


def test_lines_of_a_set_ship_on_one_day_and_the_others_of_the_order_go_first() -> None:
    stock("LAMP", 2)
    stock("SHADE", 1)
    stock("CABLE", 1)
    order_in("BULB", 3, "PO-1", days=10)
    ask("A-1", ("LAMP", 2, "lights"), ("SHADE", 1, ""), ("BULB", 3, "lights"), ("CABLE", 1, ""))
    assert days() == {"1": [10], "2": [0], "3": [10], "4": [0]}
    assert standing("A-1", "1") == (2, 0, 0, "WAITS_FOR_COMPANION")
    assert (promised("A-1", "1"), promised("A-1", "2"), promised("A-1", "3")) == ([10], [0], [10])


def test_two_sets_of_an_order_do_not_wait_for_each_other() -> None:
    stock("LAMP", 1)
    stock("SHADE", 1)
    order_in("BULB", 1, "PO-1", days=5)
    order_in("CABLE", 1, "PO-2", days=9)
    ask("A-1", ("LAMP", 1, "A"), ("SHADE", 1, "B"), ("BULB", 1, "A"), ("CABLE", 1, "B"))
    assert days() == {"1": [5], "2": [9], "3": [5], "4": [9]}


def test_a_set_whose_one_item_slips_waits_whole_and_holds_nothing_that_others_could_have_now() -> None:
    stock("LAMP", 2)
    coming = order_in("BULB", 1, "PO-1", days=3)
    order_in("LAMP", 5, "PO-2", days=8)
    ask("A-1", ("LAMP", 2, "A"), ("BULB", 1, "A"))
    assert days() == {"1": [3], "2": [3]}
    slip(coming, 12)
    assert days() == {"1": [12], "2": [12]}
    ask("A-2", ("LAMP", 2, ""))
    assert covered("A-2") == [("main", 2, 0)]
    assert covered("A-1") == [("PO-2", 2, 12)]


def test_a_set_is_never_split_for_want_of_supply() -> None:
    stock("LAMP", 2)
    ask("A-1", ("LAMP", 2, "A"), ("BULB", 1, "A"), ("LAMP", 1, ""))
    assert standing("A-1", "1") == (0, 0, 2, "WAITS_FOR_COMPANION")
    assert standing("A-1", "2") == (0, 0, 1, "NO_SUPPLY")
    assert standing("A-1", "3") == (1, 0, 0, "ON_HAND")


def test_in_an_order_that_ships_complete_sets_mean_nothing() -> None:
    stock("LAMP", 1)
    stock("SHADE", 1)
    order_in("BULB", 1, "PO-1", days=4)
    ask("A-1", ("LAMP", 1, "A"), ("SHADE", 1, ""), ("BULB", 1, "A"), ships="complete")
    assert days() == {"1": [4], "2": [4], "3": [4]}


def test_an_order_with_one_shipment_ships_whole() -> None:
    stock("LAMP", 1)
    order_in("BULB", 1, "PO-1", days=4)
    ask("A-1", ("LAMP", 1, ""), ("BULB", 1, ""), most=1)
    assert (days(), order_of().ships_whole) == ({"1": [4], "2": [4]}, True)
    ask("A-2", ("LAMP", 1, ""), ("BULB", 1, ""), most=2)
    assert order_of("A-2").ships_whole is False


def test_a_line_may_join_and_leave_a_set() -> None:
    stock("LAMP", 1)
    order_in("BULB", 1, "PO-1", days=4)
    ask("A-1", ("LAMP", 1, ""), ("BULB", 1, "A"))
    assert days() == {"1": [0], "2": [4]}
    events.amend_line(line_of("A-1"), {"ship_set": "A"}, cause("one box"))
    assert days() == {"1": [4], "2": [4]}
    told = Entry.objects.filter(what="line.amended").latest("id")
    assert told.facts == {"line": "1", "from": {"ship_set": ""}, "to": {"ship_set": "A"}}
    events.amend_line(line_of("A-1"), {"ship_set": ""}, cause())
    assert days() == {"1": [0], "2": [4]}


def test_how_many_shipments_there_may_be_can_be_changed() -> None:
    stock("LAMP", 1)
    order_in("BULB", 1, "PO-1", days=4)
    ask("A-1", ("LAMP", 1, ""), ("BULB", 1, ""))
    events.amend_order(order_of(), {"most_shipments": 1}, cause())
    assert days() == {"1": [4], "2": [4]}
    told = Entry.objects.filter(what="order.amended").latest("id")
    assert told.facts == {"from": {"most_shipments": None}, "to": {"most_shipments": 1}}
    events.amend_order(order_of(), {"most_shipments": None}, cause())
    assert days() == {"1": [0], "2": [4]}


def test_when_a_line_of_a_set_is_cancelled_the_others_wait_for_it_no_longer() -> None:
    stock("LAMP", 1)
    ask("A-1", ("LAMP", 1, "A"), ("BULB", 1, "A"))
    assert days() == {"1": [], "2": []}
    drop("A-1", 1, "2")
    assert days() == {"1": [0], "2": []}


def test_a_set_of_which_a_line_is_refused_is_refused_and_takes_nothing_from_the_other_lines() -> None:
    Acceptance.objects.create(item=item("LAMP"), rule=Acceptance.NONE)
    Acceptance.objects.create(item=item("BULB"), rule=Acceptance.NONE)
    stock("LAMP", 3)
    answer = ask("A-1", ("LAMP", 2, "A"), ("BULB", 1, "A"), ("LAMP", 3, ""), ("LAMP", 1, "B"))
    assert [
        (line.number, line.quantity_now, line.quantity_refused, line.reason) for line in answer.lines
    ] == [
        ("1", 0, 2, "NOT_ON_HAND"),
        ("2", 0, 1, "NOT_ON_HAND"),
        ("3", 3, 0, ""),
        ("4", 0, 1, "NOT_ON_HAND"),
    ]
    assert list(Line.objects.values_list("number", flat=True)) == ["3"]
    told = quote([Wanted("1", item("BULB"), 1, TODAY, ship_set="A")], on=TODAY)
    assert [(line.quantity_accepted, line.reason) for line in told] == [(0, "NOT_ON_HAND")]


def test_sets_are_asked_one_after_another_and_one_that_is_refused_does_not_take_the_next_with_it() -> None:
    for sku in ("LAMP", "BULB"):
        Acceptance.objects.create(item=item(sku), rule=Acceptance.NONE)
    stock("LAMP", 5)
    stock("SHADE", 1)
    answer = ask("A-1", ("LAMP", 5, "T"), ("LAMP", 5, "S"), ("BULB", 1, "T"), ("SHADE", 1, "S"))
    assert [(line.quantity_now, line.reason) for line in answer.lines] == [
        (0, "TOGETHER"),
        (5, ""),
        (0, "NOT_ON_HAND"),
        (1, ""),
    ]


def test_lines_are_asked_quoted_and_served_in_one_order_those_without_a_set_first() -> None:
    stock("LAMP", 5)
    stock("BULB", 1)
    order_in("LAMP", 50, "PO-1", days=9)
    wanted = [
        Wanted(str(row), item(sku), units, TODAY, ship_set=name)
        for row, (sku, units, name) in enumerate((("LAMP", 5, "T"), ("LAMP", 5, ""), ("BULB", 1, "T")), 1)
    ]
    told = quote(wanted, Buyer(express=True), on=TODAY)
    assert [(line.number, line.quantity_now) for line in told] == [("1", 0), ("2", 5), ("3", 1)]
    answer = events.place_order("A-1", wanted, cause(), Buyer(express=True))
    assert [(line.number, line.quantity_now, line.express) for line in answer.lines] == [
        ("1", 0, False),
        ("2", 5, True),
        ("3", 1, False),
    ]


def test_a_set_is_asked_as_a_whole_where_its_first_line_stands() -> None:
    for sku in ("LAMP", "BULB"):
        Acceptance.objects.create(item=item(sku), rule=Acceptance.NONE)
    stock("LAMP", 1)
    stock("BULB", 1)
    answer = ask("A-1", ("LAMP", 1, "T"), ("BULB", 1, "S"), ("BULB", 1, "T"), ("CABLE", 1, "S"))
    assert [(line.quantity_now + line.quantity_later, line.reason) for line in answer.lines] == [
        (1, ""),
        (0, "NOT_ON_HAND"),
        (1, ""),
        (0, "TOGETHER"),
    ]


def test_a_line_that_joins_a_set_locks_all_items_of_its_order_at_once() -> None:
    """Or two lines that join at once would each wait for the item of the other."""
    ask("A-1", ("LAMP", 1, ""), ("BULB", 1, ""))
    with CaptureQueriesContext(connection) as queries:
        events.amend_line(line_of("A-1", "2"), {"ship_set": "A"}, cause())
    first = next(sql for query in queries if (sql := str(query["sql"])).startswith('SELECT "catalog_item"'))
    locked = re.search(r" IN \((\d+), (\d+)\) ORDER BY 1 ASC FOR NO KEY UPDATE", first)
    assert locked is not None
    assert {int(locked[1]), int(locked[2])} == {item("LAMP").pk, item("BULB").pk}


def test_express_is_not_granted_to_a_set_of_which_a_line_waits() -> None:
    stock("LAMP", 1)
    stock("SHADE", 1)
    answer = ask("A-1", ("LAMP", 1, "A"), ("BULB", 1, "A"), ("SHADE", 1, ""), express=True)
    assert [line.express for line in answer.lines] == [False, False, True]


@pytest.mark.parametrize(
    ("most", "name", "message"),
    [
        (0, "", "order A-1: it cannot leave in 0 shipments at most; name 1, which ships it whole, or more, "),
        (
            -2,
            "",
            "order A-1: it cannot leave in -2 shipments at most; name 1, which ships it whole, or more, ",
        ),
        (
            None,
            " A",
            "order A-1 line 1: the set ' A' begins or ends with a blank; name it without, or leave ",
        ),
        (
            None,
            "A\u200b",
            "order A-1 line 1: the set 'A\\u200b' holds a character that nobody sees; leave it out",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_written(
    most: int | None, name: str, message: str
) -> None:
    item("LAMP")
    with pytest.raises(OrderError) as error:
        ask("A-1", ("LAMP", 1, name), most=most)
    assert str(error.value).startswith(message)
    assert (Order.objects.count(), Entry.objects.count()) == (0, 0)
    ask("A-1", ("LAMP", 1, "A"))
    before = Entry.objects.count()
    with pytest.raises(OrderError, match="begins or ends with a blank"):
        events.amend_line(line_of("A-1"), {"ship_set": "A "}, cause())
    with pytest.raises(OrderError, match="cannot leave in 0 shipments at most"):
        events.amend_order(order_of(), {"most_shipments": 0}, cause())
    assert Entry.objects.count() == before


def test_the_database_refuses_what_the_services_do() -> None:
    ask("A-1", ("LAMP", 1, ""))
    for wrong in ({"most_shipments": 0}, {"shipments_begun": 1}, {"shipments_begun": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Order.objects.update(**wrong)


def test_new_lines_of_sets_are_added_to_the_facts_as_reading_them_again_would() -> None:
    stock("LAMP", 5)
    ask("A-1", ("LAMP", 3, "B"), ("SHADE", 1, "A"), ("SHADE", 1, ""), ("LAMP", 1, "A"))
    items = [item(sku).pk for sku in ("LAMP", "SHADE")]
    before = read_facts(items, TODAY, Policy())
    wanted = [("LAMP", "B"), ("SHADE", ""), ("LAMP", "a"), ("SHADE", "B"), ("LAMP", "")]
    lines = [
        Wanted(str(row), item(sku), 1, TODAY, ship_set=name) for row, (sku, name) in enumerate(wanted, 1)
    ]
    place_unasked("A-2", lines, cause(), Buyer())
    order = order_of("A-2")
    added = add_lines(before, list(order.lines.order_by("id")))
    again = read_facts(items, TODAY, Policy())
    for name, column in again.snapshot.lines.columns().items():
        assert added.snapshot.lines.columns()[name].tolist() == column.tolist(), name
    assert added.lines.tolist() == again.lines.tolist()
    numbers = dict(Line.objects.values_list("pk", "number"))
    assert [numbers[line] for line in again.lines[-5:].tolist()] == ["2", "5", "1", "4", "3"]


def test_a_set_counts_as_a_part_of_its_order_in_the_figures() -> None:
    stock("LAMP", 1)
    ask("A-1", ("LAMP", 1, ""), ("BULB", 1, "A"), ("SHADE", 1, "B"))
    ask("A-2", ("CABLE", 1, ""))
    summary = report_decision(plan_all(cause())).summary
    assert (summary["counts"]["orders"], summary["fill_rate"]["order"]) == (2, 0.0)


def test_an_explanation_names_the_set_and_its_lines() -> None:
    stock("LAMP", 2)
    order_in("BULB", 1, "PO-1", days=4)
    ask("A-1", ("LAMP", 1, "gift"), ("BULB", 1, "gift"), ("LAMP", 1, ""), ("BULB", 1, "box"))
    assert tell_line(line_of("A-1"), TODAY, "planner")[-1] == "Line 1 ships together with line 2 (set gift)."
    assert tell_line(line_of("A-1", "4"), TODAY, "planner")[-1] == "Line 4 ships whole (set box)."
    assert not any("set" in said for said in tell_line(line_of("A-1", "3"), TODAY, "planner"))
    found = explain_line(line_of("A-1"), TODAY)
    assert found is not None
    assert found.found.binding is not None
    assert found.found.binding.constraint.name == "WAITS_FOR_COMPANION"
    events.amend_order(order_of(), {"most_shipments": 1}, cause())
    assert tell_line(line_of("A-1"), TODAY, "planner")[-1] == (
        "Line 1 ships together with lines 2, 3 and 4 (one shipment is left of 1)."
    )


def test_taking_an_order_of_sets_costs_as_many_queries_as_any() -> None:
    item("LAMP")
    item("BULB")

    def count(number: str, name: str, most: int | None) -> int:
        with CaptureQueriesContext(connection) as queries:
            ask(number, ("LAMP", 1, name), ("BULB", 1, name), most=most)
        return len(queries)

    count("A-0", "A", None)
    plain = count("A-1", "", None)
    assert (count("A-2", "A", None), count("A-3", "", 3)) == (plain, plain)
    for number in range(4, 9):
        ask(f"A-{number}", ("LAMP", 1, "A"), ("BULB", 1, "A"))
    assert count("B-1", "A", 2) == plain


def test_deciding_everything_again_leaves_sets_as_they_are() -> None:
    stock("LAMP", 3)
    order_in("BULB", 2, "PO-1", days=4)
    ask("A-1", ("LAMP", 2, "B"), ("LAMP", 1, ""), ("BULB", 1, "B"), ("BULB", 1, "A"))
    before = [covered("A-1", row) for row in "1234"]
    decision = decide_all(lock_all_items(), write(cause(), "plan.asked", []))
    assert not decision.moves
    assert [covered("A-1", row) for row in "1234"] == before


def test_a_later_day_for_a_whole_set_needs_no_promise_of_the_lines_beside_it() -> None:
    stock("SHADE", 1)
    coming = order_in("BULB", 1, "PO-1", days=4)
    ask("A-1", ("BULB", 1, "A"), ("SHADE", 1, ""))
    slip(coming, 9)
    assert (promised("A-1", "1"), promised("A-1", "2")) == ([4, 9], [0])
    assert Line.objects.get(number="1").promised_on == TODAY + dt.timedelta(days=9)
