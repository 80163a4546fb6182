"""How many places an amount has."""

from __future__ import annotations

from decimal import Decimal

import pytest

from backorder.console.templatetags.words import say_money
from backorder.money import count_millionths, count_places, say_finer, to_decimal


def test_the_places_are_those_of_iso_4217() -> None:
    found = {name: count_places(name) for name in ("EUR", "HUF", "JPY", "KRW", "KWD", "IQD", "CLF", "XYZ")}
    assert found == {"EUR": 2, "HUF": 2, "JPY": 0, "KRW": 0, "KWD": 3, "IQD": 3, "CLF": 4, "XYZ": 2}


@pytest.mark.parametrize(
    ("minor", "currency", "amount", "shown"),
    [
        (1250, "EUR", "12.50", "12.50 EUR"),
        (1250, "JPY", "1250", "1,250 JPY"),
        (1250, "KWD", "1.250", "1.250 KWD"),
        (0, "EUR", "0.00", "0.00 EUR"),
        (123_456_789, "EUR", "1234567.89", "1,234,567.89 EUR"),
        (2**53 * 10**9, "JPY", "9007199254740992000000000", "9,007,199,254,740,992,000,000,000 JPY"),
    ],
)
def test_an_amount_has_the_places_of_its_currency(minor: int, currency: str, amount: str, shown: str) -> None:
    found = to_decimal(minor, currency)
    assert (f"{found:f}", say_money(minor, currency)) == (amount, shown)
    assert found * 10**6 == minor * count_millionths(currency)


def test_what_is_finer_than_its_currency_is_told_with_the_places_that_it_has() -> None:
    assert say_finer(Decimal("12.505"), "EUR") == "12.505 EUR: EUR has 2 places"
    assert say_finer(Decimal("0.5"), "JPY") == "0.5 JPY: JPY has no places"
