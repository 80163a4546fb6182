"""Orders of a shop under the laws of where they go: facts from the record, read in a fixed number of statements."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backorder.allocation import events
from backorder.allocation.acceptance.taking import Hold
from backorder.allocation.policies.publications import Draft
from backorder.allocation.what_if.publishing import publish_policy
from backorder.care.house import House, find_text, parse_house, read_house, write_house
from backorder.care.judging import Judged, choose_zones, judge_orders
from backorder.care.models import HouseVersion
from backorder.care.telling import CONTENT, Revised, note_notice
from backorder.care.telling import Told as Spoken
from backorder.catalog.models import Component, CustomerClass
from backorder.faults import FaultyInputError
from backorder.orders.clearance import set_payment_state
from backorder.orders.services import Buyer, ShipTo, Told, Wanted
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause
from tests.allocation.shop import buy, line_of, order_in, promised, slip, stock
from tests.concurrency.test_stock import all_at_once
from tests.fulfilment.shop import order_of, release, ship
from tests.supply.shop import NOON, TODAY, cause, item

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def trade(db: None) -> None:  # noqa: ARG001 - gives the database
    """Let there be a class of customers that buy as businesses."""
    CustomerClass.objects.create(code="trade")


TEXT = """
[seller]
place = "US-OR"

[buyers]
business_classes = ["trade"]

[delivery]
days = 4
days_to = { DE = 6 }

[zones]
US-CA = "America/Los_Angeles"
"""


def go_to(number: str, country: str, region: str = "") -> None:
    """Say where an order goes."""
    events.change_address(
        order_of(number), ShipTo("A. Nother", "1 Long Lane", "Elsewhere", country, region=region), cause()
    )


def judge(number: str, days: int = 0) -> list[Judged]:
    """Judge an order so many days after it was placed."""
    order = order_of(number)
    return judge_orders([order], order.ordered_at + timedelta(days=days))


def states(number: str, days: int = 0) -> list[tuple[str, int, str]]:
    """List line, units and state."""
    return [
        (one.line.number, each.quantity, each.state)
        for one in judge(number, days)
        for each in one.asked.verdicts
    ]


def planned(number: str) -> list[tuple[int, date | None, str]]:
    """List units, the day that is planned for them, and state, on the day of the order."""
    return [
        (each.quantity, each.ships_on, each.state) for one in judge(number) for each in one.asked.verdicts
    ]


def test_a_line_that_waits_without_supply_is_late_and_cancelled_after_thirty_days() -> None:
    write_house(TEXT, cause())
    stock("LAMP", 3)
    buy("A-1", ("LAMP", 3), ("SHADE", 2))
    go_to("A-1", "US", "CA")
    assert [pack.name for pack in judge("A-1")[0].asked.packs] == ["us-ca", "us-federal"]
    assert states("A-1") == [("1", 3, "on_time"), ("2", 2, "late")]
    assert states("A-1", 31) == [("1", 3, "refund_due"), ("2", 2, "refund_due")]
    assert [each.kind for each in judge("A-1", 31)[0].asked.verdicts[0].actions] == ["cancel", "refund"]
    assert {each.what for each in judge("A-1")[1].asked.coming} >= {"tell", "last_day", "cancel"}


def test_what_shipped_and_what_was_cancelled_is_seen_unit_by_unit() -> None:
    write_house(TEXT, cause())
    stock("LAMP", 3)
    buy("A-1", ("LAMP", 6))
    go_to("A-1", "US")
    set_payment_state(order_of("A-1"), "paid", cause())
    release("A-1")
    ship("A-1")
    events.cancel_line(line_of("A-1"), 2, cause(), "seller")
    assert states("A-1", 1) == [("1", 3, "shipped"), ("1", 2, "refund_due"), ("1", 1, "late")]
    assert [action.kind for action in judge("A-1", 1)[0].asked.verdicts[1].actions] == ["refund"]


def test_units_are_judged_by_the_day_of_each_and_not_by_that_of_the_last() -> None:
    write_house(TEXT, cause())
    stock("LAMP", 3)
    order_in("LAMP", 2, "PO-1", days=40)
    buy("A-1", ("LAMP", 6))
    go_to("A-1", "US")
    release("A-1")
    later = TODAY + timedelta(days=40)
    assert planned("A-1") == [(3, TODAY, "on_time"), (2, later, "late"), (1, None, "late")]
    said = frozenset(CONTENT)
    revised = [Revised(line_of("A-1"), None, said, 1), Revised(line_of("A-1"), later, said, 2)]
    note_notice(order_of("A-1"), revised, Spoken(NOON, "mail"), cause())
    assert planned("A-1") == [(3, TODAY, "on_time"), (2, later, "agreed"), (1, None, "asked")]


def test_of_a_kit_only_the_day_of_its_last_unit_is_known() -> None:
    write_house(TEXT, cause())
    for part in ("LAMP", "SHADE"):
        Component.objects.create(kit=item("SET"), item=item(part), quantity=1)
        stock(part, 2)
        order_in(part, 1, f"PO-{part}", days=40)
    buy("A-1", ("SET", 4))
    go_to("A-1", "US")
    assert planned("A-1") == [(3, TODAY + timedelta(days=40), "late"), (1, None, "late")]


def test_holds_and_orders_that_go_nowhere_are_not_judged() -> None:
    buy("A-1", ("LAMP", 1))
    assert judge("A-1") == []
    go_to("A-1", "US")
    assert states("A-1") == [("1", 1, "late")]
    order = order_of("A-1")
    order.held_until = order.ordered_at
    assert judge_orders([order], order.ordered_at) == []


def test_a_day_counts_as_told_before_only_if_whoever_sends_the_order_says_so() -> None:
    write_house(TEXT, cause())
    order_in("LAMP", 9, "PO-1", days=60)
    for number, told in (("A-1", None), ("A-2", Told())):
        events.place_order(number, [Wanted("1", item("LAMP"), 1, TODAY)], cause(), told=told)
    assert [state for number in ("A-1", "A-2") for _, _, state in states(number)] == ["late", "on_time"]


def test_a_plan_that_is_a_little_later_than_the_promise_counts() -> None:
    write_house(TEXT, cause())
    publish_policy(Draft("", hysteresis_days=5), cause())
    inbound = order_in("LAMP", 9, "PO-1", days=29)
    buy("A-1", ("LAMP", 1))
    assert states("A-1") == [("1", 1, "on_time")]
    slip(inbound, 33)
    assert len(promised("A-1")) == 1
    assert states("A-1") == [("1", 1, "late")]


def test_lines_that_came_later_have_a_clock_of_their_own() -> None:
    write_house(TEXT, cause())
    buy("A-1", ("LAMP", 1))
    later = Cause("service", NOON + timedelta(days=20))
    events.add_line(order_of("A-1"), Wanted("2", item("SHADE"), 1, TODAY), later)
    last = [one.asked.verdicts[0].standings[0].last_day for one in judge("A-1", 20)]
    assert last == [TODAY + timedelta(days=30), TODAY + timedelta(days=50)]
    stock("BULB", 1)
    events.hold("H-1", [Wanted("1", item("BULB"), 1, TODAY)], Hold(NOON + timedelta(days=9)), cause())
    events.confirm(order_of("H-1"), Cause("service", NOON + timedelta(days=8)))
    assert judge("H-1", 8)[0].asked.verdicts[0].standings[0].last_day == TODAY + timedelta(days=38)


def test_what_is_closed_is_not_judged() -> None:
    write_house(TEXT, cause())
    buy("A-1", ("LAMP", 2), ("SHADE", 1))
    events.cancel_line(line_of("A-1", "1"), 2, cause())
    assert states("A-1") == [("2", 1, "late")]


def test_businesses_and_other_countries_have_packs_of_their_own() -> None:
    write_house(TEXT, cause())
    buy("A-1", ("LAMP", 1))
    go_to("A-1", "DE")
    assert [pack.name for pack in judge("A-1")[0].asked.packs] == ["eu"]
    trade = CustomerClass.objects.get(code="trade")
    events.place_order("A-2", [Wanted("1", item("LAMP"), 1, TODAY)], cause(), Buyer(customer_class=trade))
    assert [pack.name for pack in judge("A-2")[0].asked.packs] == ["business"]
    assert parse_house(TEXT).count_transit("DE") == 6
    assert parse_house(TEXT).count_transit("US-CA") == 4


def name_packs() -> list[list[str]]:
    return [sorted(pack.name for pack in each.rules.packs) for each in judge_orders([order_of("A-1")], NOON)]


def test_who_applied_to_the_seller_for_credit_has_fifty_days_instead_of_thirty() -> None:
    account = CustomerClass.objects.create(code="account")
    write_house(TEXT.replace("[delivery]", 'credit_classes = ["account"]\n\n[delivery]'), cause())
    buy("A-1", ("LAMP", 1))
    events.place_order("A-2", [Wanted("1", item("LAMP"), 1, TODAY)], cause(), Buyer(customer_class=account))
    for number in ("A-1", "A-2"):
        go_to(number, "US", "TX")
    assert [states("A-1", days)[0][2] for days in (30, 31)] == ["late", "refund_due"]
    assert [states("A-2", days)[0][2] for days in (50, 51)] == ["late", "refund_due"]
    assert judge("A-2")[0].asked.verdicts[0].standings[0].moment == "credit"


def test_who_moves_within_a_country_loses_no_right_that_they_had() -> None:
    write_house(TEXT, cause())
    buy("A-1", ("LAMP", 2))
    go_to("A-1", "US", "TX")
    assert name_packs() == [["us-federal"]]
    go_to("A-1", "US", "CA")
    assert name_packs() == [["us-ca", "us-federal"]]
    strict = judge_orders([order_of("A-1")], NOON)[0].asked
    go_to("A-1", "US", "TX")
    assert name_packs() == [["us-ca", "us-federal"]]
    judged = judge_orders([order_of("A-1")], NOON)[0]
    assert judged.asked == strict
    assert str(judged.rules.place.zone) == "America/New_York"  # the calendar is that of where it goes now
    go_to("A-1", "DE")
    assert "us-ca" not in name_packs()[0]


def test_an_unpaid_order_has_no_clock_until_it_is_paid() -> None:
    write_house(TEXT, cause())
    buy("A-1", ("LAMP", 1))
    set_payment_state(order_of("A-1"), "unpaid", cause())
    assert states("A-1", 100) == [("1", 1, "not_running")]
    set_payment_state(order_of("A-1"), "paid", cause())
    paid = Entry.objects.filter(what="order.payment").latest("id").at
    assert judge("A-1")[0].asked.verdicts[0].standings[0].last_day == paid.date() + timedelta(days=30)


def test_however_many_orders_are_read_at_once() -> None:
    write_house(TEXT, cause())
    for row in range(6):
        buy(f"A-{row}", ("LAMP", 2), ("SHADE", 1))

    def count(numbers: range) -> int:
        orders = [order_of(f"A-{row}") for row in numbers]
        with CaptureQueriesContext(
            connection,
        ) as statements:
            judge_orders(orders, orders[0].ordered_at)
        return len(statements)

    assert count(range(6)) == count(range(1, 2)) == 13


def test_rules_of_the_house_are_versions() -> None:
    assert read_house() == House()
    first = write_house(TEXT, cause())
    assert first is not None
    assert first.number == 1
    assert write_house(TEXT, cause()) is None
    second = write_house("[seller]\nplace = 'DE'\n", cause())
    assert second is not None
    assert (second.number, read_house().seller) == (2, "DE")
    assert find_text() == "[seller]\nplace = 'DE'\n"
    assert Entry.objects.filter(what="house.written").count() == 2


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("x = ", "house.toml: is not TOML: Invalid value (at end of document)"),
        ("[seler]", "house.toml: seler: there is no such key; did you mean 'seller'?"),
        (
            "[seller]\nplace = 'Texas'",
            "house.toml: seller.place: 'Texas' is no country as US, and no part of one as US-CA",
        ),
        (
            "[delivery]\ndays = 400",
            "house.toml: delivery.days: 400 days are longer than any parcel is on its way; name 365 at most",
        ),
        (
            "[buyers]\nbusiness_classes = ['trades']",
            "house.toml: buyers.business_classes: there is no customer class 'trades'; did you mean 'trade'?",
        ),
        (
            "[buyers]\ncredit_classes = ['account']",
            "house.toml: buyers.credit_classes: there is no customer class 'account'",
        ),
        ("[delivery]\ndays = -1", "house.toml: delivery.days: -1 is not a whole number of at least 0"),
        ("[delivery.days_to]\nGermany = 3", "house.toml: delivery.days_to.Germany: is no country as US"),
        (
            "[zones]\nUS = 'America/NewYork'",
            "house.toml: zones.US: 'America/NewYork' is no time zone; did you mean 'America/New_York'?",
        ),
    ],
)
def test_what_is_wrong_with_rules_of_the_house_is_named_and_changes_nothing(text: str, fault: str) -> None:
    with pytest.raises(FaultyInputError) as raised:
        write_house(text, cause())
    assert raised.value.lines == (fault,)
    assert HouseVersion.objects.count() == 0


def test_a_clock_starts_where_days_begin_last_and_ends_where_they_end_first_unless_the_house_names_a_zone() -> (
    None
):
    on = date(2026, 11, 23)
    assert choose_zones("US", on, House()) == ("America/New_York", "America/Adak")
    assert choose_zones("US-CA", on, parse_house(TEXT)) == ("America/Los_Angeles", "America/Los_Angeles")
    assert choose_zones("DE", on, House()) == ("Europe/Busingen", "Europe/Berlin")
    assert choose_zones("ZZ", on, House()) == ("UTC", "UTC")


@pytest.mark.django_db(transaction=True)
def test_two_who_write_rules_at_once_write_one_version_after_the_other() -> None:
    texts = [f"[delivery]\ndays = {days}\n" for days in range(4)]
    failed = all_at_once([partial(write_house, text, cause()) for text in texts])
    assert failed == [None] * 4
    assert list(HouseVersion.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4]
