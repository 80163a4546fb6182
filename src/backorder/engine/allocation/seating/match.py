"""Which lines meet the conditions of a segment or a guarantee."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date
from decimal import Decimal, DecimalException
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.policy import Condition, PolicyError
from backorder.engine.allocation.snapshot import MILLION, Attribute, Snapshot

COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
BUILT_IN = {
    "quantity": "number",
    "priority": "number",
    "minimum_quantity": "number",
    "unit_price": "money",
    "requested_on": "day",
    "needed_by": "day",
    "promised_on": "day",
    "ordered_at": "instant",
}
EPOCH = date(1970, 1, 1)
LARGEST = 2**62
"""No column holds a number as large as this."""


def find_attribute(snapshot: Snapshot, column: str, key: str) -> Attribute:
    """Find the column of orders or items that the policy mentions. Raises PolicyError."""
    if column in snapshot.attributes:
        return snapshot.attributes[column]
    if column in BUILT_IN:
        return Attribute(BUILT_IN[column], snapshot.lines.columns()[column])  # type: ignore[arg-type]
    raise PolicyError(key, f"there is no column {column!r} in orders or items")


def match_all(snapshot: Snapshot, where: tuple[Condition, ...], key: str) -> NDArray[np.bool_]:
    """Mark the lines that meet all the conditions together. Raises PolicyError for values that are not of the column's kind."""
    met = np.ones(len(snapshot.lines), bool)
    for condition in where:
        met &= match(snapshot, condition, f"{key}.where.{condition.column}")
    return met


def match(snapshot: Snapshot, condition: Condition, key: str) -> NDArray[np.bool_]:
    """Mark the lines that meet one condition."""
    if condition.within_days is not None:
        return snapshot.lines.requested_on <= snapshot.as_of + condition.within_days
    attribute = find_attribute(snapshot, condition.column, key)
    if condition.one_of is not None:
        wanted = [read_value(attribute, text, key) for text in condition.one_of]
        return np.isin(attribute.values, [value for value in wanted if value is not None])
    if attribute.kind == "text":
        raise PolicyError(
            key,
            f"{condition.operator} compares numbers and dates, and {condition.column} is text; give a list",
        )
    value = read_value(attribute, condition.value, key)
    return np.asarray(COMPARE[str(condition.operator)](attribute.values, value), bool)


def read_value(attribute: Attribute, text: str, key: str) -> int | None:
    """Read a value of the policy as the column holds it; None for a text that no line has."""
    if attribute.kind == "text":
        found = [code for code, label in enumerate(attribute.labels) if label == text]
        return found[0] if found else None
    try:
        if attribute.kind == "flag":
            return {"true": 1, "false": 0}[text]
        if attribute.kind == "day":
            return (date.fromisoformat(text) - EPOCH).days
        if attribute.kind == "instant":
            return (date.fromisoformat(text[:10]) - EPOCH).days * 86_400 * MILLION
        scaled = Decimal(text) * (MILLION if attribute.kind == "money" else 1)
        return {True: int(scaled)}[abs(scaled) < LARGEST and scaled == int(scaled)]
    except (ValueError, KeyError, DecimalException, OverflowError) as error:
        names = {
            "number": "a whole number",
            "money": "an amount",
            "day": "a date",
            "instant": "a date",
            "flag": "true or false",
        }
        raise PolicyError(key, f"{text!r} is not {names[attribute.kind]}") from error
