"""What is proved of money: each sum is that of its rows, whoever wrote them."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from backorder.fulfilment.selectors import count_rows, find_differences
from backorder.payments.charging import charge_now
from backorder.payments.means import note_held
from backorder.payments.noting import Rules, note_outcome
from backorder.payments.providers import Held, Outcome
from backorder.payments.services import Paid
from tests.care.paid import back, cancel, order, pay
from tests.fulfilment.shop import order_of
from tests.payments.test_services import failed
from tests.supply.shop import NOON, cause

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shop() -> None:
    """Let there be two paid orders, of which something goes back, and something of one did not arrive."""
    for number in ("A-1", "A-2"):
        order(number, ("LAMP", 4, 5_00))
        pay(number, 20_00)
        back(number, 5_00, [cancel(number, 1)])
    failed(back("A-1", 5_00, [cancel("A-1", 1)]))


def break_in(statement: str) -> None:
    """Write what no trigger lets anybody write."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SET LOCAL session_replication_role = replica; {statement}; SET LOCAL session_replication_role = DEFAULT"
        )


def told() -> list[tuple[str, int | str, int | str]]:
    return [(one.rule, one.is_now, one.should_be) for one in find_differences()]


def test_what_adds_up_is_counted() -> None:
    assert told() == []
    assert (count_rows()["payments"], count_rows()["transfers of money"]) == (2, 3)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (
            "UPDATE payments_payment SET refunded = 6 WHERE id = (SELECT min(id) FROM payments_payment)",
            [("what goes back is the sum of its transfers", 6, 5_00)],
        ),
        (
            "UPDATE payments_refund SET moved = 6 WHERE id = (SELECT min(id) FROM payments_refund)",
            [("what is sent is the sum of its transfers", 6, 5_00)],
        ),
        (
            "UPDATE payments_transfer SET amount = 4 WHERE id = (SELECT min(id) FROM payments_transfer)",
            [
                ("what goes back is the sum of its transfers", 5_00, 4),
                ("what is sent is the sum of its transfers", 5_00, 4),
            ],
        ),
        (
            "UPDATE payments_refund SET currency = 'USD' WHERE id = (SELECT max(id) FROM payments_refund)",
            [("it goes back of a payment of its order, in its currency", "5.00 USD", "EUR")],
        ),
    ],
)
def test_what_does_not_add_up_is_named(statement: str, found: list[tuple[str, int | str, int | str]]) -> None:
    break_in(statement)
    assert told() == found


def test_money_of_another_order_is_named() -> None:
    break_in(
        "UPDATE payments_payment SET refunded = CASE id WHEN (SELECT min(id) FROM payments_payment) THEN 1000 ELSE 0 END; "
        "UPDATE payments_transfer SET payment_id = (SELECT min(id) FROM payments_payment) "
        "WHERE payment_id = (SELECT max(id) FROM payments_payment)"
    )
    assert told() == [
        ("it goes back of a payment of its order, in its currency", "5.00 EUR", "20.00 EUR for another order")
    ]


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (
            "UPDATE payments_charge SET moved = 6",
            [("what is asked for is the sum of its attempts", 6, 5_00)],
        ),
        (
            "UPDATE payments_means SET used = 6",
            [("what is used is the sum of its attempts", 6, 5_00)],
        ),
        (
            "UPDATE payments_attempt SET amount = 4",
            [
                ("what is asked for is the sum of its attempts", 5_00, 4),
                ("what is used is the sum of its attempts", 5_00, 4),
                ("what was taken is a payment of its order", "5.00 EUR", "0.04 EUR"),
            ],
        ),
    ],
)
def test_charges_that_do_not_add_up_are_named(
    statement: str, found: list[tuple[str, int | str, int | str]]
) -> None:
    order("A-3", ("LAMP", 4, 5_00))
    note_held(order_of("A-3"), Held("pi_1", 20_00, "EUR", None), cause())
    charge = charge_now(order_of("A-3"), 5_00, "EUR", cause("now"))
    paid = Paid("stripe", 5_00, "EUR", NOON, "pi_1")
    note_outcome(charge.attempts.get(), Outcome("taken", "pi_1", paid), NOON, Rules())
    assert (told(), count_rows()["charges"]) == ([], 1)
    break_in(statement)
    assert told() == found


TWICE = """
INSERT INTO payments_attempt (charge_id, number, kind, means_id, amount, key, state, reference, session, link, said, entry_id)
SELECT charge_id, 2, kind, means_id, 1, gen_random_uuid(), 'waiting', '', '', '', '', entry_id FROM payments_attempt
"""
"""What is held is taken of once."""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments_attempt SET state = 'waiting', payment_id = NULL",
        "UPDATE payments_attempt SET amount = 1",
        "UPDATE payments_charge SET amount = 6",
        "UPDATE payments_charge SET moved = 0",
        "UPDATE payments_means SET used = 0",
        "DELETE FROM payments_attempt",
        "UPDATE payments_total SET amount = 1",
        TWICE,
    ],
)
def test_nobody_writes_past_what_the_database_holds(statement: str) -> None:
    order("A-3", ("LAMP", 4, 5_00))
    note_held(order_of("A-3"), Held("pi_1", 20_00, "EUR", None), cause())
    charge = charge_now(order_of("A-3"), 5_00, "EUR", cause("now"))
    paid = Paid("stripe", 5_00, "EUR", NOON, "pi_1")
    note_outcome(charge.attempts.get(), Outcome("taken", "pi_1", paid), NOON, Rules())
    with (
        pytest.raises((IntegrityError, ProgrammingError)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
