"""How single values are read, and how keys sort."""

from __future__ import annotations

import polars as pl
import pytest

from backorder.channels.files.keys import encode, sort_natural
from backorder.channels.files.parse import UNREADABLE, read_shown_days, read_values
from backorder.channels.files.schemas import SCHEMAS
from backorder.engine.tables import NEVER

ORDERS = SCHEMAS["orders"]
SECOND = 1_000_000
NOON = 20_781 * 86_400 * SECOND + 43_200 * SECOND  # 2026-11-24T12:00:00Z


def read(column: str, *texts: str) -> list[int]:
    return list(read_values(ORDERS.column(column), pl.Series(texts)))


def test_whole_numbers() -> None:
    assert read("quantity", "3", "3.0", "3.000", "007", "9007199254740992") == [3, 3, 3, 7, 2**53]


@pytest.mark.parametrize(
    "text", ["3.", "3.5", ".0", "3,0", "0x3", "3 0", "--3", "1_0", "+3", "1e3", "NaN", "∞", "٣"]
)
def test_what_is_no_whole_number(text: str) -> None:
    assert read("quantity", text) == [UNREADABLE]


def test_amounts_are_exact_millionths() -> None:
    assert read("unit_price", "19.90", "0.1", "1.2345670", "4000000000000") == [
        19_900_000,
        100_000,
        1_234_567,
        4_000_000_000_000_000_000,
    ]


def test_dates() -> None:
    assert read("requested_on", "2026-11-24", "", "1970-01-01", "2024-02-29") == [20_781, NEVER, 0, 19_782]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-24T12:00:00Z", NOON),
        ("2026-11-24T12:00:00", NOON),
        ("2026-11-24 12:00:00", NOON),
        ("2026-11-24t14:00:00+02:00", NOON),
        ("2026-11-24T06:30:00-05:30", NOON),
        ("2026-11-24T12:00:00.5Z", NOON + SECOND // 2),
        ("2026-11-24T12:00:00.1234567Z", NOON + 123_456),
        ("2026-11-24", NOON - 43_200 * SECOND),
        ("2026-11-24T12:00Z", UNREADABLE),
        ("2026-11-24Z", UNREADABLE),
        ("2026-11-24T24:00:00Z", UNREADABLE),
        ("2026-11-24T12:00:00+25:00", UNREADABLE),
        ("2026-11-24T12:00:00.Z", UNREADABLE),
    ],
)
def test_instants(text: str, instant: int) -> None:
    assert read("ordered_at", "2026-11-24T12:00:00Z", text)[1] == instant
    assert read("ordered_at", text) == [instant]


def test_the_day_of_an_instant_is_the_day_that_its_text_shows() -> None:
    assert read_shown_days(pl.Series(["2026-11-24T23:30:00-05:00"])).tolist() == [20_781]


def test_keys_of_digits_come_first_by_value_then_texts_by_code_point() -> None:
    keys = [
        "b",
        "10",
        "9",
        "Z",
        "007",
        "7",
        "é",
        "",
        "1a",
        "12345678901234567890123",
        "99999999999999999999999",
        "a",
    ]
    order = pl.Series(keys).gather(sort_natural(pl.Series(keys))).to_list()
    assert order == [
        "007",
        "7",
        "9",
        "10",
        "12345678901234567890123",
        "99999999999999999999999",
        "",
        "1a",
        "Z",
        "a",
        "b",
        "é",
    ]


def test_numbers_of_texts_follow_their_order() -> None:
    codes, labels = encode(pl.Series(["x", "2", "10", "x"]))
    assert codes.tolist() == [2, 0, 1, 2]
    assert labels.to_list() == ["2", "10", "x"]
