"""Reads the lists of a policy: segments, guarantees, and the conditions by which both choose lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from backorder.engine.allocation.policy import (
    OPERATORS,
    PERIODS,
    REDISTRIBUTE,
    STRATEGIES,
    Condition,
    Guarantee,
    Segment,
)
from backorder.engine.allocation.snapshot import MILLION
from backorder.faults import not_one_of, show_typed
from backorder.policy_text.section import MOST, PLAIN, Section, plain

WITHIN = "requested_within_days"
SHARE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,4})?) ?%")


def read_segments(sections: Sequence[Section]) -> tuple[Segment, ...]:
    """Take the segments in their order."""
    found = []
    names: set[str] = set()
    for section in sections:
        name = read_name(section, names)
        where = read_where(section)
        strategy = section.take("strategy")
        if strategy is None:
            section.fault("strategy", f"is missing; it is one of {', '.join(STRATEGIES)}")
        elif strategy not in STRATEGIES:
            section.fault("strategy", not_one_of(strategy, STRATEGIES))
        # A segment that is wrong keeps its place, so that what else is said of the list counts right.
        found.append(
            Segment(name, where, STRATEGIES.index(strategy) if strategy in STRATEGIES else REDISTRIBUTE)
        )
        section.finish()
    return tuple(found)


def read_guarantees(sections: Sequence[Section]) -> tuple[Guarantee, ...]:
    """Take the guarantees in their order. Whether they fit together is the policy's to say."""
    found = []
    names: set[str] = set()
    for section in sections:
        name = read_name(section, names)
        where = read_where(section)
        floor, floor_share = read_limit(section, "floor")
        ceiling, ceiling_share = read_limit(section, "ceiling")
        period = section.word("period", PERIODS, "total")
        parent = section.text("parent")
        found.append(Guarantee(name, where, floor, floor_share, ceiling, ceiling_share, period, parent))
        section.finish()
    return tuple(found)


def read_name(section: Section, names: set[str]) -> str:
    """Take the name, which everything in a list must have, and no two the same."""
    name = section.text("name")
    if not name:
        section.fault("name", "is missing")
    elif name in names:
        section.fault("name", f"{show_typed(name)} is used twice")
    names.add(name)
    return name


def read_limit(section: Section, name: str) -> tuple[int | None, int | None]:
    """Take a floor or a ceiling: units, or a share in millionths."""
    value = section.take(name)
    if value is None:
        return None, None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST:
        return value, None
    share = SHARE.fullmatch(value.strip()) if isinstance(value, str) else None
    if share and Decimal(share[1]) <= 100:  # noqa: PLR2004 - per cent
        return None, int(Decimal(share[1]) * MILLION / 100)
    section.fault(name, f'{show_typed(value)} is neither a whole number of units nor a share such as "20%"')
    return None, None


def read_where(section: Section) -> tuple[Condition, ...]:
    """Take the conditions; all of them hold together."""
    where = section.section("where")
    found = (read_condition(where, column) for column in where.names())
    return tuple(condition for condition in found if condition is not None)


def read_condition(where: Section, column: str) -> Condition | None:
    """Take one condition: a list, a comparison, or so many days."""
    if column == WITHIN:
        days = where.whole(column, None, -MOST)
        return None if days is None else Condition("requested_on", within_days=days)
    value = where.take(column)
    if isinstance(value, list) and all(isinstance(entry, PLAIN) for entry in value):
        return Condition(column, one_of=tuple(plain(entry) for entry in value))
    if isinstance(value, str):
        operator = next((sign for sign in OPERATORS if value.startswith(sign)), None)
        if operator and value.removeprefix(operator).strip():
            return Condition(column, operator=operator, value=value.removeprefix(operator).strip())  # type: ignore[arg-type]
    where.fault(column, f"{show_typed(value)} is neither a list nor a comparison; write {example(value)}")
    return None


def example(value: object) -> str:
    """Show how a value that stands alone would be written as a list."""
    if isinstance(value, str) and not value.startswith(("<", ">")):
        return f'["{value}"]'
    if isinstance(value, bool):
        return f"[{str(value).lower()}]"
    return f"[{value}]" if isinstance(value, int | Decimal) else '["a", "b"] or "<=5"'
