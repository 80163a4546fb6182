"""Reads policy.toml into the engine's policy, or names every key that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from backorder.engine.allocation.policy import Guarantee, Policy, PolicyError
from backorder.engine.allocation.snapshot import MILLION
from backorder.faults import Faults, show_typed, suggest
from backorder.policy_text.groups import read_guarantees, read_segments
from backorder.policy_text.section import MOST, Section, open_text

KEEP = ("always", "by_rank", "never")
MODES = ("attributes", "score")
PEGS = ("latest_in_time", "earliest")


@dataclass(frozen=True)
class PolicyFile:
    """The policy and the name of its file for faults."""

    policy: Policy
    file: str = "policy.toml"


def read_policy(path: Path | None, faults: Faults) -> PolicyFile:
    """Read a policy; without a file, or with faults noted, the default one. Raises OSError."""
    if path is None:
        return PolicyFile(Policy())
    if not path.is_file():
        faults.add(path.name, "is missing" if not path.exists() else "is not a file")
        return PolicyFile(Policy())
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        faults.add(path.name, "is not UTF-8")
        return PolicyFile(Policy())
    return parse_policy(text, path.name, faults)


def parse_policy(text: str, file: str, faults: Faults) -> PolicyFile:
    """Read the text of a policy; with faults noted, the default one. What it says of columns is not looked at."""
    root = open_text(text, file, faults)
    return PolicyFile(build_policy(read_fields(root), root.place), file)


def build_policy(fields: dict[str, Any], place: tuple[str, Faults]) -> Policy:
    """Build the policy; what contradicts itself is noted and left out, to see what else is wrong."""
    file, faults = place
    scores: dict[str, int] = {}
    for term, weight in fields["rank_score"].items():
        try:
            scores |= Policy(rank_score={term: weight}).rank_score
        except PolicyError as error:
            faults.add(file, error.message, column=error.key)
    fields["rank_score"] = scores
    groups: tuple[Guarantee, ...] = fields["guarantees"]
    try:
        Policy(guarantees=groups)
    except PolicyError as error:
        if len({group.name for group in groups}) == len(groups):  # else it is noted already
            faults.add(file, error.message, column=error.key)
        fields["guarantees"] = tuple(
            replace(group, name=f"{number}", parent="", period="total") for number, group in enumerate(groups)
        )
    return Policy(**fields)


def read_fields(root: Section) -> dict[str, Any]:
    """Take every key of the file, as the fields of a policy."""
    promises, rank, ageing = root.section("promises"), root.section("rank"), root.section("ageing")
    fields: dict[str, Any] = {
        "handling_days": root.whole("handling_days", 0),
        "overdue_arrives_in_days": root.whole("overdue_arrives_in_days", 7),
        "peg": root.word("peg", PEGS, "latest_in_time"),
        "freeze_days": root.whole("freeze_days", 0),
        "signal_exceptions": root.flag("signal_exceptions", default=False),
        "keep": promises.word("keep", KEEP, "always"),
        "max_lines_worsened": promises.whole("max_lines_worsened", -1, -1),
        "max_notices": promises.whole("max_notices", -1, -1),
        "rank_mode": rank.word("mode", MODES, "attributes"),
        **read_order(rank),
        "rank_score": read_weights(rank.section("score")),
        "guaranteed_after_days": ageing.whole("guaranteed_after_days", None),
        "segments": read_segments(root.sections("segment")),
        "guarantees": read_guarantees(root.sections("guarantee")),
    }
    for section in (promises, rank, ageing, root):
        section.finish()
    return fields


def read_order(rank: Section) -> dict[str, Any]:
    """Take the rank keys and the value orders, which belong to the keys."""
    given = "keys" in rank.names()
    keys = rank.texts("keys")
    values = rank.section("values")
    orders = {name: values.texts(name) or () for name in values.names()}
    ranked: dict[str, str] = {}
    for key in Policy.rank_keys if keys is None else keys:
        column = key.removeprefix("-")
        if column in ranked:
            other = ranked[column]
            twice = "is used twice" if key == other else f"names the same column as {show_typed(other)}"
            rank.fault("keys", f"{show_typed(key)} {twice}")
        ranked.setdefault(column, key)
    for name, order in orders.items():
        if name not in ranked and (keys is not None or not given):
            values.fault(name, f"is not among rank.keys{suggest(name, ranked)}")
        for value in sorted({value for value in order if order.count(value) > 1}, key=order.index):
            values.fault(name, f"{show_typed(value)} is listed twice")
    return {"rank_values": orders} if keys is None else {"rank_values": orders, "rank_keys": keys}


def read_weights(score: Section) -> dict[str, int]:
    """Take the weights of a score in millionths; `class.contract` is a table inside."""
    weights: dict[str, int] = {}
    for name, value in flatten({key: score.take(key) for key in score.names()}):
        scaled = (
            Decimal(value) * MILLION
            if isinstance(value, int | Decimal) and not isinstance(value, bool)
            else None
        )
        if scaled is None or not scaled.is_finite() or scaled != int(scaled) or abs(scaled) >= MOST:
            score.fault(name, f"{show_typed(value)} is not a number with at most six decimals")
        else:
            weights[name] = int(scaled)
    return weights


def flatten(values: Mapping[str, Any], head: str = "") -> list[tuple[str, Any]]:
    """Write nested tables as names with dots."""
    found: list[tuple[str, Any]] = []
    for name, value in values.items():
        found += flatten(value, f"{head}{name}.") if isinstance(value, dict) else [(f"{head}{name}", value)]
    return found
