"""Who is served before whom: conditions, segments, strategies and the sort."""

from __future__ import annotations

import datetime as dt
import operator
import re
from fractions import Fraction
from math import floor

from backorder.engine.allocation.policy import FAIR_SHARE, GAIN, REDISTRIBUTE, SKIP, TEXT_TERMS, Condition
from backorder.engine.allocation.snapshot import LOCKED, MILLION, NEVER, RESERVED, Attribute

from .world import Line, Party, World

Key = tuple[int, int]  # 1 for what sorts last, and a number
EPOCH = dt.date(1970, 1, 1)


def matches(world: World, line: Line, where: tuple[Condition, ...]) -> bool:
    """All conditions hold together."""
    return all(meets(world, line, condition) for condition in where)


def meets(world: World, line: Line, condition: Condition) -> bool:
    if condition.within_days is not None:
        return line.requested_on <= world.as_of + condition.within_days
    attribute = world.snapshot.attributes[condition.column]
    if condition.one_of is not None:
        return any(is_text(attribute, line, text) for text in condition.one_of)
    value, limit = int(attribute.values[line.row]), read_number(attribute, condition.value)
    compare = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
    return bool(compare[str(condition.operator)](value, limit))


def is_text(attribute: Attribute, line: Line, text: str) -> bool:
    """Whether the line's value is the one that a text of the policy means."""
    value = int(attribute.values[line.row])
    return (
        attribute.labels[value] == text if attribute.kind == "text" else value == read_number(attribute, text)
    )


def read_number(attribute: Attribute, text: str) -> int:
    """Read a text of the policy as the kind of its column."""
    if attribute.kind == "day":
        return (dt.date.fromisoformat(text) - EPOCH).days
    return int(Fraction(text) * MILLION) if attribute.kind == "money" else int(text)


def natural(text: str) -> tuple[int, int, str]:
    """Numbers first, by value, then text; equal ones by code point."""
    return (0, int(text), text) if re.fullmatch(r"[0-9]+", text) else (1, 0, text)


def sort_parties(world: World) -> list[Party]:
    """Give each line segment, strategy and rank, and each complete order the place of its best line."""
    for line in world.lines:
        choose_strategy(world, line)
    keys = {line: sort_key(world, line) for line in world.lines}
    parties = []
    for party in group_orders(world):
        party.lines.sort(key=keys.__getitem__)
        best = party.lines[0]
        parties.append((keys[best], party))
        for line in party.lines:
            line.party, line.segment, line.strategy = party, best.segment, best.strategy
    ordered = [party for _, party in sorted(parties, key=lambda pair: pair[0])]
    ranked = [line for party in ordered for line in party.lines if not is_unranked(line)]
    for rank, line in enumerate(ranked, 1):
        line.rank = rank
    return ordered


def choose_strategy(world: World, line: Line) -> None:
    line.segment, line.strategy = -1, REDISTRIBUTE
    for number, segment in enumerate(world.policy.segments):
        if matches(world, line, segment.where):
            line.segment, line.strategy = number, segment.strategy
            break
    if line.commitment == RESERVED and line.strategy != SKIP:
        line.strategy = GAIN


def is_unranked(line: Line) -> bool:
    return line.strategy == SKIP or line.commitment == LOCKED


def group_orders(world: World) -> list[Party]:
    """The lines of an order with a line `complete` are one party; every other line is one by itself."""
    complete = {line.order for line in world.lines if line.complete}
    groups: dict[tuple[int, int], list[Line]] = {}
    for line in world.lines:
        joins = line.order in complete and not line.locked
        groups.setdefault((line.order, -1 if joins else line.row), []).append(line)
    return [Party(lines, complete=row == -1) for (_, row), lines in groups.items()]


def sort_key(world: World, line: Line) -> tuple[Key, ...]:
    by_score = [(0, -score(world, line))]
    return (
        (0 if is_unranked(line) else 1, line.strategy),
        (0, line.segment if line.strategy == FAIR_SHARE else 0),
        (0, 0 if waited_too_long(world, line) else 1),
        *(rank_keys(world, line) if world.policy.rank_mode == "attributes" else by_score),
        (0, line.row),
    )


def waited_too_long(world: World, line: Line) -> bool:
    limit = world.policy.guaranteed_after_days
    return limit is not None and world.as_of - max(line.ordered_on, line.requested_on) > limit


def rank_keys(world: World, line: Line) -> list[Key]:
    return [rank_key(world, line, key) for key in world.policy.rank_keys]


def rank_key(world: World, line: Line, key: str) -> Key:
    """One rank key: blank dates and unlisted values come last, whatever the direction."""
    name, sign = key.removeprefix("-"), -1 if key.startswith("-") else 1
    attribute = world.snapshot.attributes[name]
    value = int(attribute.values[line.row])
    if name in world.policy.rank_values:
        places = [
            place
            for place, text in enumerate(world.policy.rank_values[name])
            if is_text(attribute, line, text)
        ]
        return (0, sign * places[0]) if places else (1, 0)
    if attribute.kind == "day" and value == NEVER:
        return (1, 0)
    if attribute.kind == "text":
        value = sorted(attribute.labels, key=natural).index(attribute.labels[value])
    return (0, sign * value)


def score_terms(world: World, line: Line) -> dict[str, int]:
    """The score of a line, term by term, in whole millionths."""
    numbers = {
        "age_days": Fraction(world.as_of - line.ordered_on),
        "late_days": Fraction(max(world.as_of - line.requested_on, 0)),
        "value": Fraction(line.quantity * line.unit_price, MILLION),
        "quantity": Fraction(line.quantity),
        "priority": Fraction(int(world.snapshot.lines.priority[line.row])),
    }
    terms = {}
    for term, weight in world.policy.rank_score.items():
        head, _, tail = term.partition(".")
        if head in TEXT_TERMS and tail:
            attribute = world.snapshot.attributes[TEXT_TERMS[head]]
            value = Fraction(int(is_text(attribute, line, tail)))
        else:
            value = numbers[term]
        terms[term] = floor(value * weight + Fraction(1, 2))
    return terms


def score(world: World, line: Line) -> int:
    return sum(score_terms(world, line).values())
