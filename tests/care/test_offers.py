"""Offers: what may be offered, that it is kept, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from backorder.allocation import events
from backorder.allocation.selectors import find_differences
from backorder.care.choices import ChangedError
from backorder.care.house import read_house
from backorder.care.models import Offer
from backorder.care.offers.answering import decline, list_standing, take
from backorder.care.offers.finding import list_choices
from backorder.care.offers.making import Wish, make_offer, read_line
from backorder.catalog.models import Component
from backorder.orders.models import Line, Order
from backorder.orders.services import OrderError, Wanted
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause
from tests.allocation.shop import buy, drop, line_of, order_in, promised, standing, stock, take_in
from tests.care.letters import by, shop
from tests.care.offering import (
    choices,
    first_choice,
    free,
    have_desks,
    offer,
    price,
    settle,
    stand_in,
    wait_for_lamp,
)
from tests.care.post import open_house
from tests.fulfilment.shop import order_of, release, ship
from tests.supply.shop import NOON, TODAY, cause, item, place

__all__ = ["shop"]  # fixtures
pytestmark = pytest.mark.django_db
CUSTOMER = Cause("customer", NOON)


def outcomes() -> list[str]:
    return list(Offer.objects.order_by("id").values_list("outcome", flat=True))


def test_only_what_is_free_behind_everybody_and_ships_earlier_is_offered() -> None:
    wait_for_lamp()
    assert choices() == []
    order_in("DESK", 5, "PO-D", days=1)
    assert choices() == []  # its day may move
    have_desks(3)
    assert choices() == [("DESK", 2, 2, -2000, 0)]
    buy("B-1", ("DESK", 2))
    assert choices() == [("DESK", 1, 1, -1000, 0)]
    buy("B-2", ("DESK", 1))
    assert choices() == []


def test_what_would_ship_no_earlier_is_not_offered() -> None:
    wait_for_lamp(days=0)
    have_desks()
    assert choices() == []


def test_a_ratio_counts_whole_units_and_never_costs_more_by_rounding() -> None:
    wait_for_lamp(3)
    price("HALF", 9000)
    stand_in("HALF", "bundle", ratio=1_500_000)
    stock("HALF", 4)
    assert choices() == [("HALF", 2, 3, -1, 0)]  # 100.00 are shared among three


@pytest.mark.parametrize(("rule", "extra"), [("lower", 0), ("agreed", 0), ("own", 4000)])
def test_the_house_says_what_is_paid(rule: str, extra: int) -> None:
    open_house(f'[offers]\nprice = "{rule}"\n')
    wait_for_lamp()
    price("DESK", 7000)
    have_desks()
    assert choices() == [("DESK", 2, 2, extra, 0)]


def test_another_place_is_offered_to_a_line_that_asked_one() -> None:
    price("LAMP", 5000)
    stand_in("LAMP", "other_location")
    place("south")
    events.place_order("A-1", [Wanted("1", item(), 2, TODAY, location=place())], cause())
    stock("LAMP", 3, "south")
    assert choices() == [("LAMP", 2, 2, 0, 0)]
    made = offer()
    assert made.location is not None
    assert made.location.code == "south"
    taken = take(made, CUSTOMER)
    assert (taken.location.code, standing("A-1", "2")[:3]) == ("south", (2, 0, 0))  # type: ignore[union-attr]


def test_choices_that_are_the_same_units_are_all_offered_and_one_is_taken() -> None:
    wait_for_lamp()
    stand_in("DESK", "upgrade")
    price("SET", 9000)
    Component.objects.create(kit=item("SET"), item=item("DESK"), quantity=1)
    stand_in("SET")
    have_desks(2)
    assert sorted(sku for sku, quantity, *_ in choices() if quantity == 2) == ["DESK", "DESK", "SET"]
    found = list_choices(read_line(line_of("A-1")), read_house(), TODAY)
    kit = next(each for each in found if each.substitute.substitute.sku == "SET")
    desk = next(each for each in found if each.substitute.substitute.sku == "DESK")
    buy("B-1", ("LAMP", 2))
    make_offer(line_of("A-1"), Wish(desk.name, writes=False), by(0))
    assert choices("B-1") == []  # units are kept once
    with pytest.raises(OrderError, match=r"is not free any more, or would ship no earlier; look again$"):
        make_offer(line_of("B-1"), Wish(kit.name, writes=False), by(0))
    assert (Offer.objects.count(), find_differences()) == (1, [])


def test_what_is_offered_is_kept_and_the_line_keeps_its_place_and_its_day() -> None:
    wait_for_lamp()
    have_desks()
    made = offer()
    assert (made.quantity, made.units, made.unit_price, made.extra) == (2, 2, 4000, -2000)
    assert made.until == NOON + timedelta(hours=72)
    assert (free(), standing("A-1")[:3], promised("A-1")) == (0, (0, 2, 0), [10])
    assert buy("B-1", ("DESK", 1)) is not None
    assert standing("B-1")[0] == 0
    assert not find_differences()


def test_a_yes_orders_it_in_the_place_of_what_waits_and_nobody_comes_between() -> None:
    wait_for_lamp()
    have_desks()
    made = offer()
    buy("B-1", ("DESK", 2), priority=1)  # who ranks better, and came later
    taken = take(made, CUSTOMER)
    assert (taken.order.number, taken.number, taken.quantity_open, taken.unit_price) == ("A-1", "2", 2, 4000)
    assert standing("A-1", "2")[:3] == (2, 0, 0)
    assert standing("B-1")[:3] == (0, 0, 2)
    made.refresh_from_db()
    assert (made.outcome, made.taken, taken.instead_of) == ("taken", taken, made)
    assert made.cancellation is not None
    assert (made.cancellation.line.number, made.cancellation.quantity, made.cancellation.by) == (
        "1",
        2,
        "buyer",
    )
    assert (line_of("A-1").quantity_open, promised("A-1", "2")) == (0, [0])
    assert taken.disclosures.values_list("shown", "quantity_now").get() == (True, 2)
    assert not find_differences()
    release("A-1")
    ship("A-1")
    assert Line.objects.get(pk=taken.pk).quantity_shipped == 2


def test_a_yes_to_a_part_leaves_the_rest_where_it_was() -> None:
    wait_for_lamp(3)
    have_desks(1)
    take(offer(), CUSTOMER)
    assert (standing("A-1")[:3], promised("A-1")) == ((0, 2, 0), [10])
    assert (standing("A-1", "2")[:3], line_of("A-1").quantity_cancelled) == ((1, 0, 0), 1)


def test_a_yes_counts_once() -> None:
    wait_for_lamp()
    have_desks()
    made = offer()
    take(made, CUSTOMER)
    with pytest.raises(ChangedError, match="is over"):
        take(made, CUSTOMER)
    assert (decline(made, CUSTOMER), outcomes()) == (None, ["taken"])
    assert order_of("A-1").lines.count() == 2


def test_a_no_gives_the_units_back_and_changes_nothing_else() -> None:
    wait_for_lamp()
    have_desks()
    made = offer()
    entry = decline(made, CUSTOMER)
    assert entry is not None
    assert (entry.what, outcomes(), free()) == ("offer.declined", ["declined"], 2)
    assert (standing("A-1")[:3], promised("A-1"), line_of("A-1").quantity_open) == ((0, 2, 0), [10], 2)
    with pytest.raises(ChangedError):
        take(made, CUSTOMER)
    assert offer().hold.number.endswith("-2")


def test_what_nobody_answers_is_over_and_a_yes_comes_too_late() -> None:
    wait_for_lamp()
    have_desks()
    made = offer()
    assert (settle(71), free()) == (0, 0)
    with pytest.raises(ChangedError):
        take(made, by(4))
    assert (settle(72), outcomes(), free(), standing("A-1")[:3]) == (1, ["lapsed"], 2, (0, 2, 0))


def test_an_offer_ends_itself_when_the_line_comes_as_early_or_waits_no_more() -> None:
    wait_for_lamp(2)
    have_desks(2)
    offer()
    stock("LAMP", 2)
    assert list_standing([order_of("A-1").pk], NOON) == []
    assert (settle(), outcomes(), free()) == (1, ["overtaken"], 2)


@pytest.mark.parametrize("leaves", ["cancelled", "shipped"])
def test_an_offer_for_a_line_that_is_cancelled_or_shipped_ends_itself(leaves: str) -> None:
    wait_for_lamp(2)
    have_desks(2)
    made = offer()
    if leaves == "cancelled":
        drop("A-1", 1)
    else:
        stock("LAMP", 2)
        release("A-1")
        ship("A-1")
    with pytest.raises(ChangedError):
        take(made, CUSTOMER)
    assert (settle(), outcomes(), free()) == (1, ["overtaken"], 2)


def test_an_offer_whose_units_are_gone_or_that_somebody_orders_ends_itself() -> None:
    wait_for_lamp(2)
    have_desks(2)
    made = offer()
    events.confirm(made.hold, cause())
    with pytest.raises(ChangedError):
        take(Offer.objects.get(), CUSTOMER)
    assert (settle(), outcomes()) == (1, ["overtaken"])


def test_what_cannot_be_offered_says_why_and_changes_nothing() -> None:
    wait_for_lamp(2)
    have_desks(1)
    name = first_choice().name
    for wish, why in (
        (Wish("0-0"), "not free any more"),
        (Wish(name, 2), "stand in for 1 to 1 units"),
        (Wish(name, 0), "stand in for 1 to 1 units"),
    ):
        with pytest.raises(OrderError, match=why):
            make_offer(line_of("A-1"), wish, cause())
    assert (Offer.objects.count(), Order.objects.count(), free()) == (0, 1, 1)
    offer()
    stock("DESK", 1)
    with pytest.raises(OrderError, match="an offer stands already"):
        offer()
    assert Offer.objects.count() == 1


def test_what_costs_more_is_offered_only_where_no_money_came_in() -> None:
    open_house('[offers]\nprice = "own"\n')
    wait_for_lamp()
    price("DESK", 6000)
    have_desks()
    Order.objects.filter(number="A-1").update(payment_state="paid")
    with pytest.raises(OrderError, match=r"20\.00 EUR more than was agreed"):
        offer()
    Order.objects.filter(number="A-1").update(payment_state="not_needed")
    made = offer()
    assert made.extra == 2000
    Order.objects.filter(number="A-1").update(payment_state="paid")
    with pytest.raises(ChangedError):
        take(made, CUSTOMER)


def test_what_ships_together_is_replaced_whole_or_not_at_all() -> None:
    price("LAMP", 5000)
    price("DESK", 4000)
    stand_in("DESK")
    buy("A-1", ("LAMP", 2), ("BULB", 1), ships="complete")
    buy("A-2", ("LAMP", 2), ships="complete")
    have_desks(1)
    assert (choices(), choices("A-2")) == ([], [])
    have_desks(1)
    assert (choices(), choices("A-2")) == ([], [("DESK", 2, 2, -2000, 0)])
    take(offer("A-2"), CUSTOMER)
    assert standing("A-2", "2")[:3] == (2, 0, 0)


def test_the_database_holds_that_an_offer_stays_what_it_is_and_names_what_was_taken() -> None:
    wait_for_lamp()
    have_desks()
    made = offer()
    for change in ({"units": 1}, {"unit_price": 1}, {"until": NOON}):
        with transaction.atomic(), pytest.raises(IntegrityError, match="ends once"):
            Offer.objects.filter(pk=made.pk).update(**change)
    with transaction.atomic(), pytest.raises(IntegrityError, match="offer_taken_names_both"):
        Offer.objects.filter(pk=made.pk).update(outcome="taken", ended_at=NOON)
    with transaction.atomic(), pytest.raises(ProgrammingError, match="Cannot delete"):
        made.delete()
    take(made, CUSTOMER)
    with transaction.atomic(), pytest.raises(IntegrityError, match="ends once"):
        Offer.objects.filter(pk=made.pk).update(outcome="declined", taken=None, cancellation=None)


def test_the_journal_says_who_took_what_in_the_place_of_what() -> None:
    wait_for_lamp()
    have_desks()
    take(offer(), CUSTOMER)
    made, taken = (Entry.objects.get(what=f"offer.{what}") for what in ("made", "taken"))
    assert made.facts["instead_of"] == taken.facts["instead_of"] == 2
    assert (taken.who, taken.facts["sku"], taken.facts["by_line"], taken.facts["extra"]) == (
        "customer",
        "DESK",
        "2",
        -2000,
    )
    caused = set(Entry.objects.filter(caused_by=taken).values_list("what", flat=True))
    assert caused == {"line.added", "line.cancelled", "hold.taken", "plan.decided"}


def test_a_late_delivery_of_others_is_nobodys_offer() -> None:
    wait_for_lamp()
    have_desks()
    buy("B-1", ("DESK", 2))
    inbound = order_in("DESK", 2, "PO-D", 3)
    buy("C-1", ("DESK", 2))
    assert (choices(), promised("C-1")) == ([], [3])
    take_in(inbound, 2)
    assert choices() == []
