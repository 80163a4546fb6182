"""Offers that cross what else happens: days that pass, lines that are added, other cancellations, an erased person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backorder.allocation import events
from backorder.allocation.selectors import find_differences
from backorder.allocation.services import pass_day
from backorder.care.choices import ChangedError
from backorder.care.models import Offer
from backorder.care.offers import selectors
from backorder.care.offers.answering import decline, list_standing, take
from backorder.care.persons.erasing import list_reasons
from backorder.care.persons.find import Person
from backorder.care.refunds.owed import list_owed
from backorder.catalog.models import CustomerClass
from backorder.catalog.services import ComponentFacts, save_components
from backorder.orders.models import Customer, Line, Order
from backorder.orders.services import Wanted
from backorder.outbox.services import Cause
from tests.allocation.shop import buy, covered, drop, line_of, order_in, promised, standing, stock
from tests.care.letters import by, shop
from tests.care.offering import choices, free, have_desks, offer, price, settle, stand_in, wait_for_lamp
from tests.care.post import open_house
from tests.care.test_offers_alone import pay
from tests.fulfilment.shop import order_of, release
from tests.supply.shop import NOON, TODAY, cause, item

__all__ = ["shop"]  # fixtures
pytestmark = pytest.mark.django_db
CUSTOMER = Cause("customer", NOON)
REFUNDS = '[refunds]\nmode = "on"\nsince = 2026-11-01\nbusiness_keep_percent = 10\n'


@pytest.mark.parametrize("passes", [True, False])
def test_a_yes_some_days_later_promises_no_day_that_has_passed(*, passes: bool) -> None:
    wait_for_lamp()
    have_desks()
    made = offer()
    if passes:
        pass_day(by(1))
        pass_day(by(2))
    take(made, by(2))
    assert (covered("A-1", "2"), promised("A-1", "2")) == ([("main", 2, 2)], [2])
    assert line_of("A-1", "2").first_promised_on == TODAY + timedelta(days=2)
    assert not find_differences()


@pytest.mark.parametrize("ships", ["complete", "line_complete"])
def test_an_offer_ends_when_the_line_ships_with_others_or_grew(ships: str) -> None:
    price("LAMP", 5000)
    price("DESK", 4000)
    stand_in("DESK")
    buy("A-1", ("LAMP", 2), ships=ships)
    have_desks()
    made = offer()
    if ships == "complete":
        events.add_line(order_of("A-1"), Wanted("2", item("BULB"), 1, TODAY), cause())
    else:
        events.amend_line(line_of("A-1"), {"quantity": 3}, cause())
    assert list_standing([order_of("A-1").pk], NOON) == []
    with pytest.raises(ChangedError):
        take(made, CUSTOMER)
    assert (settle(), free()) == (1, 2)


def test_an_item_without_a_price_is_no_gift() -> None:
    price("LAMP", 5000)
    price("DESK", 0)
    stand_in("DESK")
    buy("A-1", ("LAMP", 2))
    have_desks()
    assert choices() == [("DESK", 2, 2, 0, 0)]


def test_what_could_never_be_ordered_keeps_nothing_else_from_being_offered() -> None:
    wait_for_lamp()
    have_desks()
    price("TINY", 1)
    stand_in("TINY", "bundle", ratio=10**15)
    assert choices() == [("DESK", 2, 2, -2000, 0)]


def test_a_fee_is_kept_of_what_is_cancelled_and_nothing_of_what_was_taken_instead() -> None:
    open_house(REFUNDS)
    wait_for_lamp()
    price("BULB", 1000)
    order_in("BULB", 1, "PO-2")
    have_desks()
    events.add_line(order_of("A-1"), Wanted("9", item("BULB"), 1, TODAY), cause())
    Order.objects.filter(number="A-1").update(customer_class=CustomerClass.objects.get(code="trade"))
    pay(11_000)
    take(offer(), by(0))
    assert [owed.amount for owed in list_owed(NOON)] == [2_000]
    drop("A-1", 1, "9")
    assert [owed.amount for owed in list_owed(NOON)] == [2_900]


def test_what_an_offer_kept_owes_nobody_money_and_keeps_nobody_from_being_erased() -> None:
    wait_for_lamp()
    have_desks()
    customer = Customer.objects.create(code="C-1", name="Mr Quill")
    Order.objects.filter(number="A-1").update(customer=customer)
    decline(offer(), CUSTOMER)
    decline(offer(), CUSTOMER)
    person = Person([customer], list(Order.objects.filter(customer=customer)))
    reasons = list(list_reasons(person, NOON + timedelta(days=9)))
    assert reasons == ["order A-1 still waits: ship it, or cancel it"]


def test_a_kit_is_offered_kept_and_taken_with_what_is_in_it() -> None:
    price("DESK", 1000)
    price("KIT", 4000)
    save_components([ComponentFacts("KIT", "DESK", 2)], cause())
    price("LAMP", 5000)
    stand_in("KIT", "bundle")
    order_in("LAMP", 2, "PO-1")
    buy("A-1", ("LAMP", 2))
    stock("DESK", 4)
    taken = take(offer(), CUSTOMER)
    assert (taken.item.sku, standing("A-1", "2")[:3], free()) == ("KIT", (2, 0, 0), 0)
    assert not find_differences()


def test_a_proof_names_offers_that_keep_something_else_than_they_say() -> None:
    wait_for_lamp()
    have_desks()
    made = offer()
    assert list(selectors.compare_offers()) == []
    made.hold.lines.update(unit_price=1)
    about = f"offer {made.pk}, hold {made.hold.number}"
    is_now = "2 × DESK, 1 EUR each"
    assert [(each.about, each.is_now, each.should_be) for each in selectors.compare_offers()] == [
        (about, is_now, "2 × DESK, 4,000 EUR each")
    ]
    Offer.objects.update(outcome="declined", ended_at=NOON)
    assert [(each.is_now, each.should_be) for each in selectors.compare_offers()] == [(is_now, 0)]


def test_a_yes_to_a_part_of_a_line_with_fewest_units_lets_the_rest_ship() -> None:
    wait_for_lamp(units=3)
    Line.objects.update(minimum_quantity=3)
    have_desks(1)
    take(offer(), CUSTOMER)
    assert (standing("A-1")[:3], standing("A-1", "2")[:3]) == ((0, 2, 0), (1, 0, 0))
    stock("LAMP", 2)
    release("A-1")
    assert line_of("A-1").quantity_released == 2
