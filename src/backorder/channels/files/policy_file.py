"""Reads policy.toml into the engine's policy, or names every key that is wrong with it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from backorder.channels.files.faults import Faults, show_typed
from backorder.channels.files.policy_groups import read_guarantees, read_segments
from backorder.channels.files.policy_section import MOST, Section
from backorder.engine.allocation.policy import Policy, PolicyError
from backorder.engine.allocation.snapshot import MILLION

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
    place = (path.name, faults)
    if not path.is_file():
        faults.add(path.name, "is missing" if not path.exists() else "is not a file")
        return PolicyFile(Policy())
    try:
        values = tomllib.loads(path.read_bytes().decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError:
        faults.add(path.name, "is not UTF-8")
        return PolicyFile(Policy())
    except tomllib.TOMLDecodeError as error:
        faults.add(path.name, f"is not TOML: {error}")
        return PolicyFile(Policy())
    root = Section("", values, place)
    try:
        policy = build_policy(root)
    except PolicyError as error:
        faults.add(path.name, error.message, column=error.key)
        policy = Policy()
    return PolicyFile(policy, path.name)


def build_policy(root: Section) -> Policy:
    """Take every key of the file. Raises PolicyError."""
    promises, rank, ageing = root.section("promises"), root.section("rank"), root.section("ageing")
    values = rank.section("values")
    keys = rank.texts("keys")
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
        "rank_values": {name: values.texts(name) or () for name in values.names()},
        "rank_score": read_weights(rank.section("score")),
        "guaranteed_after_days": ageing.whole("guaranteed_after_days", None),
        "segments": read_segments(root.sections("segment")),
        "guarantees": read_guarantees(root.sections("guarantee")),
    }
    if keys is not None:
        fields["rank_keys"] = keys
    for section in (promises, rank, ageing, root):
        section.finish()
    return Policy(**fields)


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
