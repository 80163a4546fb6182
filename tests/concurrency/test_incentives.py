"""Workers and people who give of one budget at once, over connections of their own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.db.models import Sum

from backorder.care.models import Thanks
from backorder.catalog.models import CustomerClass
from backorder.orders.services import OrderError
from backorder.outbox.models import Entry
from backorder.payments.models import Payment, Refund
from tests.care.thanked import give_by_hand, given, numbers, open_house, run, wait
from tests.concurrency.interleaving import BEFORE_LOCK, run_between
from tests.concurrency.test_stock import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)
ONE, TWO, THREE, FOUR = numbers(4, control=False)
(NONE,) = numbers(1, control=True)


@pytest.fixture(autouse=True)
def _shop(transactional_db: None) -> None:  # noqa: ARG001 - gives the database
    """Let there be a budget for two of four orders."""
    CustomerClass.objects.create(code="trade")
    open_house(budget='{ EUR = "9.00" }', budget_each_month='{ EUR = "9.00" }')
    wait(ONE, TWO, THREE, FOUR, NONE)


def by_hand(number: str) -> object:
    return give_by_hand(number)


def spent() -> tuple[int, int, int]:
    """What was given, went back, and is sent of payments."""
    sums = (
        Thanks.objects.aggregate(sum=Sum("amount")),
        Refund.objects.aggregate(sum=Sum("amount")),
        Payment.objects.aggregate(sum=Sum("refunded")),
    )
    first, second, third = (each["sum"] or 0 for each in sums)
    return first, second, third


def test_two_workers_and_two_people_never_spend_the_last_euro_twice() -> None:
    people: list[Callable[[], object]] = [partial(by_hand, THREE), partial(by_hand, FOUR)]
    ended = all_at_once([run, run, *people])
    assert all(each is None or isinstance(each, OrderError) for each in ended)
    assert spent() == (8_00, 8_00, 8_00)
    assert sum(row[1] == "given" for row in given()) == 2


@pytest.mark.parametrize(
    "moment", [BEFORE_LOCK, 'INSERT INTO "payments_refund"', 'INSERT INTO "care_thanks"']
)
def test_a_second_worker_at_any_moment_of_the_first_decides_nothing_twice(moment: str) -> None:
    run_between(run, (moment, run))
    run()
    assert spent() == (8_00, 8_00, 8_00)
    assert len({row[0] for row in given()}) == len(given())


def test_a_worker_in_the_shadow_notes_what_it_would_give_in_a_transaction_of_its_own() -> None:
    open_house(mode='"shadow"')
    assert (run(), given()) == (0, [])
    assert Entry.objects.get(what="incentive.shadowed").facts["control"] == [NONE]
