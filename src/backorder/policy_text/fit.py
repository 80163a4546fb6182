"""Holds what the policy says of columns against the tables: each name and each value that cannot be is a fault."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from backorder.engine.allocation.policy import Condition, Guarantee, Policy, PolicyError, Segment
from backorder.engine.allocation.seating.match import read_value
from backorder.engine.allocation.snapshot import Attribute, Kind
from backorder.faults import Faults, not_one_of, show_typed, suggest
from backorder.policy_text.columns import COLUMNS, Column
from backorder.policy_text.read import PolicyFile

NO_ORDER = {"money": "amounts", "day": "dates", "instant": "dates", "flag": "true or false"}
NOWHERE = "neither a column of orders nor of items"


def note_columns(policy: PolicyFile, extra: Collection[str] | None, faults: Faults) -> None:
    """Note names that are no column, and values that their column cannot hold.

    `extra` are columns beyond those of the contract; their values come later. None: nobody knows which there are.
    """
    rules = policy.policy
    read, extra = extra is not None, extra or ()
    for name in rules.rank_keys if rules.rank_mode == "attributes" else ():
        column = name.removeprefix("-")
        if column in COLUMNS:
            note_value_order(policy, COLUMNS[column].kind, column, faults)
        elif read and column not in extra:
            faults.add(
                policy.file,
                f"{show_typed(column)} is {NOWHERE}{suggest(column, COLUMNS)}",
                column="rank.keys",
            )
    for key, condition in list_conditions(rules):
        if condition.column in COLUMNS:
            note_values(policy, key, condition, faults)
        elif read and condition.column not in extra:
            faults.add(policy.file, f"is {NOWHERE}{suggest(condition.column, COLUMNS)}", column=key)


def list_conditions(rules: Policy) -> Iterator[tuple[str, Condition]]:
    """List the conditions of segments and guarantees, each with its key."""
    lists: dict[str, tuple[Segment | Guarantee, ...]] = {
        "segment": rules.segments,
        "guarantee": rules.guarantees,
    }
    for word, groups in lists.items():
        for number, group in enumerate(groups, 1):
            for condition in group.where:
                if condition.within_days is None:
                    yield f"{word}[{number}].where.{condition.column}", condition


def note_values(policy: PolicyFile, key: str, condition: Condition, faults: Faults) -> None:
    """Note the values of a condition that its column cannot hold."""
    column = COLUMNS[condition.column]
    if condition.one_of is None:
        if column.kind in ("text", "choice"):
            message = (
                f"{condition.operator} compares numbers and dates, and {column.name} is text; give a list"
            )
            faults.add(policy.file, message, column=key)
            return
        note_unreadable(policy, column, key, [condition.value], faults)
    elif column.kind == "choice":
        note_choices(policy, column, key, condition.one_of, faults)
    elif column.kind != "text":
        note_unreadable(policy, column, key, condition.one_of, faults)


def note_choices(policy: PolicyFile, column: Column, key: str, values: Sequence[str], faults: Faults) -> None:
    """Note values that are none of the words of a column."""
    for value in values:
        if value not in column.choices:
            faults.add(policy.file, not_one_of(value, column.choices), column=key)


def note_unreadable(
    policy: PolicyFile, column: Column, key: str, values: Sequence[str], faults: Faults
) -> None:
    """Note values that are not of the kind of a column."""
    for value in values:
        try:
            read_value(Attribute(column.kind, np.zeros(0, np.int64)), value, key)  # type: ignore[arg-type]
        except PolicyError as error:
            faults.add(policy.file, error.message, column=key)


def note_value_order(policy: PolicyFile, kind: Kind | str, name: str, faults: Faults) -> None:
    """Note what a value order lists and its column cannot hold."""
    order, key = policy.policy.rank_values.get(name), f"rank.values.{name}"
    if order is None or kind == "text":
        return
    if kind == "choice":
        note_choices(policy, COLUMNS[name], key, order, faults)
    elif kind == "number":
        for value in order:
            if not value.removeprefix("-").isdecimal():
                faults.add(policy.file, f"{show_typed(value)} is not a whole number", column=key)
    else:
        message = f"a value order is for text and whole numbers, not for {NO_ORDER[kind]}"
        faults.add(policy.file, message, column=key)
