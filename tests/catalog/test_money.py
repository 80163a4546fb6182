"""How many places an amount has."""

from __future__ import annotations

from decimal import Decimal

import pytest

from backorder.console.templatetags.words import say_money
from backorder.money import PLACES, count_millionths, count_places, say_finer, to_decimal

NONE = (
    "ADP AFN ALL BIF BYR CLP COP DJF ESP GNF HUF IDR IQD IRR ISK ITL JPY KMF KPW KRW LAK LBP LUF MGA MGF MMK MRO PYG RWF SLL "
    "SOS STD SYP TMM TRL UGX UYI VND VUV XAF XOF XPF YER ZMK ZWD"
)


def test_the_places_of_no_currency_change_for_amounts_are_kept_by_them() -> None:
    """Another version of babel that says otherwise would make other amounts of those that are kept."""
    three, four = "BHD JOD KWD LYD OMR TND", "CLF UYW"
    assert {
        **dict.fromkeys(NONE.split(), 0),
        **dict.fromkeys(three.split(), 3),
        **dict.fromkeys(four.split(), 4),
    } == PLACES
    assert (count_places("EUR"), count_places("XYZ")) == (2, 2)


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
