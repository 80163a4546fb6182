"""What is proved of money: each sum is that of its rows, whoever wrote them."""

from __future__ import annotations

import pytest
from django.db import connection

from backorder.fulfilment.selectors import count_rows, find_differences
from tests.care.paid import back, cancel, order, pay
from tests.payments.test_services import failed

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
