"""Turns the text of a column into values: strictly, and once for each distinct text."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backorder.channels.files.keys import distinguish
from backorder.engine.tables import NEVER
from backorder.faults import not_one_of, show
from backorder.policy_text.columns import Column

Values = NDArray[Any]
UNREADABLE = np.iinfo(np.int64).min
EPOCH = date(1970, 1, 1).toordinal()
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)
DAY_TEXT = 10
CLOCK_TEXT = 9  # "T09:30:00"

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CLOCK = r"^[Tt ](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"
ZONE = re.compile(r"(?:\.([0-9]+))?(?:[Zz]|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))?")
AMOUNT = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,6})0*)?")
WHOLE = r"^-?[0-9]+$"
WHOLE_WITH_ZEROS = r"^(-?[0-9]+)\.0+$"
MICROS = 1_000_000


def read_values(column: Column, text: pl.Series) -> Values:
    """Read each text as the column's kind, UNREADABLE where it is not one; blanks are the caller's."""
    if column.kind == "number":
        return read_numbers(column, text)
    if column.kind == "instant":
        return read_instants(text)
    if column.kind == "day":
        return read_each(text, read_day)
    if column.kind == "money":
        return limit(column, read_each(text, read_amount))
    places = {choice: place for place, choice in enumerate(column.choices)}
    return read_each(text, places.get)


def read_each(text: pl.Series, read: Callable[[str], int | None]) -> Values:
    """Read each distinct text once."""
    codes, distinct = distinguish(text)
    found = (read(value) for value in distinct.to_list())
    values = np.array([UNREADABLE if value is None else value for value in found], np.int64)
    return values[codes] if len(values) else np.zeros(0, np.int64)


def read_numbers(column: Column, text: pl.Series) -> Values:
    """Read whole numbers; `3.0` is 3."""
    numbers = text.cast(pl.Int64, strict=False)
    if numbers.null_count():
        numbers = text.str.replace(WHOLE_WITH_ZEROS, "$1").cast(pl.Int64, strict=False)
    # The cast reads +3 as well, which no number of ours is written as.
    signed = text.str.starts_with("+").to_numpy()
    values = numbers.fill_null(UNREADABLE).to_numpy().copy()
    values[signed] = UNREADABLE
    return limit(column, values)


def limit(column: Column, values: Values) -> Values:
    """Mark values outside the column's range as unreadable."""
    outside = (values < column.lowest) | (values > column.highest)
    return np.where(outside, UNREADABLE, values)


def read_instants(text: pl.Series) -> Values:
    """Read instants as microseconds in UTC; a date is its first one."""
    days = read_each(text.str.slice(0, DAY_TEXT), read_day)
    if not (text.str.len_bytes() > DAY_TEXT).any():
        return np.where(days == UNREADABLE, UNREADABLE, days * 86_400 * MICROS)
    clock = read_clocks(text.str.slice(DAY_TEXT, CLOCK_TEXT))
    zone = read_each(text.str.slice(DAY_TEXT + CLOCK_TEXT), read_zone)
    bad = (days == UNREADABLE) | (clock == UNREADABLE) | (zone == UNREADABLE)
    bad |= (clock < 0) & (zone != 0)
    return np.where(bad, UNREADABLE, days * 86_400 * MICROS + np.maximum(clock, 0) + zone)


def read_shown_days(text: pl.Series) -> Values:
    """Read the day that the text of an instant shows, whatever its zone."""
    return read_each(text.str.slice(0, DAY_TEXT), read_day)


def read_day(text: str) -> int | None:
    """Read a date as days since 1970-01-01; a blank is NEVER."""
    if text == "":
        return NEVER
    if not DAY.fullmatch(text):
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found.toordinal() - EPOCH if FIRST_DAY <= found <= LAST_DAY else None


def read_clocks(text: pl.Series) -> Values:
    """Read the time of day as microseconds; -1 if none is given."""
    codes, distinct = distinguish(text)
    clock = pl.col("clock")
    hours, minutes, seconds = (clock.str.slice(start, 2).cast(pl.Int64, strict=False) for start in (1, 4, 7))
    told = pl.when(clock.str.contains(CLOCK)).then(((hours * 60 + minutes) * 60 + seconds) * MICROS)
    values = pl.DataFrame({"clock": distinct}).select(told.when(clock == "").then(-1).otherwise(UNREADABLE))
    return values.to_series().to_numpy()[codes] if len(codes) else np.zeros(0, np.int64)


def read_zone(text: str) -> int | None:
    """Read a fraction of a second and a zone as microseconds to add; digits past the sixth are dropped."""
    found = ZONE.fullmatch(text)
    if not found:
        return None
    fraction, sign, hours, minutes = found.groups()
    micros = int(fraction[:6].ljust(6, "0")) if fraction else 0
    offset = (int(hours) * 60 + int(minutes)) * 60 * MICROS if sign else 0
    return micros + (offset if sign == "-" else -offset)


def read_amount(text: str) -> int | None:
    """Read a decimal number of at least 0 as millionths."""
    found = AMOUNT.fullmatch(text)
    if not found:
        return None
    return int(found[1]) * MICROS + int((found[2] or "").ljust(6, "0"))


def complain(column: Column, text: str) -> str:
    """Say what is wrong with a text that could not be read, and what would be right."""
    if text == "":
        return "is blank, and every row needs one"
    if column.kind == "choice":
        return not_one_of(text, column.choices)
    if column.kind == "number" and re.fullmatch(r"-?[0-9]+(\.0+)?", text):
        number = int(text.partition(".")[0])
        if number > column.highest:
            return f"{show(text)} is more than {column.highest}"
        if number < column.lowest < 0:
            return f"{show(text)} is less than {column.lowest}"
    if column.kind in {"day", "instant"} and DAY.match(text):
        shown = text[:DAY_TEXT]
        try:
            found = date.fromisoformat(shown)
        except ValueError:
            return f"{show(text)} names a day that does not exist"
        if not FIRST_DAY <= found <= LAST_DAY:
            return f"{show(text)} is {'before 1900' if found < FIRST_DAY else 'after 2200'}"
    return f"{show(text)} {column.rule}"
