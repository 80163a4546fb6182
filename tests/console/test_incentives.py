"""The page of incentives: rules, budgets, both groups, and the button that stops all of it; and thanks by a person."""

from __future__ import annotations

import pytest
from django.test import Client

from backorder.care.house import write_house
from backorder.care.incentives.alone import is_stopped
from backorder.care.incentives.measuring import FEWEST
from backorder.care.models import Thanks
from backorder.catalog.models import CustomerClass
from tests.care.paid import HOUSE, cancel
from tests.care.thanked import given, numbers, open_house, run, wait
from tests.console.test_notices import press, read
from tests.supply.shop import cause

ONE, TWO = numbers(2, control=False)
(NONE,) = numbers(1, control=True)


@pytest.fixture(autouse=True)
def _shop(db: None) -> None:  # noqa: ARG001 - gives the database
    """Let there be a house that thanks."""
    CustomerClass.objects.create(code="trade")
    open_house()


def test_the_page_shows_each_rule_its_budget_and_both_groups(finance: Client) -> None:
    wait(ONE, NONE)
    run(0)
    page = read(finance, "/incentives")
    assert "10 % of what waits" in page
    assert "100.00 EUR, 60.00 EUR a month" in page
    assert 'data-label="Given"><div>4.00 EUR<small>4.00 EUR this month</small>' in page
    assert page.count('data-label="Order" ') or page.count(f'href="/orders/{ONE}"') == 1
    assert "too few to say" in page


def test_with_enough_orders_it_says_what_a_rule_does_and_how_sure_that_is(finance: Client) -> None:
    open_house(budget='{ EUR = "900.00" }', budget_each_month='{ EUR = "900.00" }', each_day="1000")
    some, others = numbers(FEWEST, control=False), numbers(FEWEST, control=True)
    wait(*some, *others, units=1)
    assert run(0) == 2 * FEWEST
    for number in (*some[:3], *others[:15]):
        cancel(number, 1, days=1)
    page = read(finance, "/incentives")
    assert "3 of 30" in page
    assert "15 of 30" in page
    assert "+40.0 points" in page
    assert "+17.0 points to +58.1 points" in page


def test_everything_is_stopped_by_one_button_and_goes_on_by_another(finance: Client, reader: Client) -> None:
    assert reader.post("/incentives/stop", {"stopped": "yes"}).status_code == 403
    page = press(finance, "/incentives/stop", stopped="yes")
    assert ("Somebody stopped all thanks by rules." in page, is_stopped()) == (True, True)
    wait(ONE)
    assert run(0) == 0
    press(finance, "/incentives/stop", stopped="no")
    assert (is_stopped(), run(0)) == (False, 1)


def test_a_person_gives_what_a_rule_gives_and_sees_why_not(planner: Client) -> None:
    wait(ONE, NONE)
    open_house(mode='"shadow"')
    run(0)
    assert f"/order-changes/thank/{ONE}" in read(planner, "/incentives")
    assert f"/order-changes/thank/{ONE}" in read(planner, f"/orders/{ONE}")
    assert f"/order-changes/thank/{ONE}" in read(planner, f"/call?order={ONE}")
    page = press(planner, f"/order-changes/thank/{ONE}", rule="ten days")
    assert "thanked for waiting, by ten days: 4.00 EUR back" in page
    assert (given(), Thanks.objects.get().entry.who) == ([(ONE, "given", "refund", 4_00)], "planner")
    page = press(planner, f"/order-changes/thank/{NONE}", rule="ten days")
    assert f"Order {NONE} is one of those that get nothing by ten days" in page
    page = press(planner, f"/order-changes/thank/{NONE}", rule="nine days")
    assert "Select a valid choice" in page
    assert Thanks.objects.count() == 1


def test_who_may_only_read_gives_nothing(reader: Client) -> None:
    wait(ONE)
    assert reader.post(f"/order-changes/thank/{ONE}", {"rule": "ten days"}).status_code == 403
    assert (given(), "Stop all thanks" in read(reader, "/incentives")) == ([], False)


def test_without_rules_pages_say_so_and_offer_nothing(planner: Client) -> None:
    write_house(HOUSE, cause())
    assert "the rules of the house hold no [[incentives]]" in read(planner, "/incentives")
    wait(ONE)
    assert "Thank for waiting" not in read(planner, f"/orders/{ONE}")


def test_a_rule_that_stands_nowhere_any_more_keeps_its_figures(finance: Client) -> None:
    wait(ONE)
    run(0)
    write_house(HOUSE, cause())
    assert "0 of 1" in read(finance, "/incentives")
