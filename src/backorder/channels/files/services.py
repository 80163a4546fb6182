"""The jobs on a folder: read, build the snapshot, decide, check, write; or decide and answer a question."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from backorder.channels.files.outputs import TABLES
from backorder.channels.files.overview import Overview, look_over
from backorder.channels.files.schemas import SCHEMAS
from backorder.channels.files.snapshot import Facts, build_facts
from backorder.channels.files.summary import summarise, to_json
from backorder.channels.files.tables import READERS, Folder, read_folder
from backorder.channels.files.target import SUMMARY, check_target, whole_folder
from backorder.engine.allocation import (
    Explanation,
    LawBroken,
    Plan,
    Policy,
    PolicyError,
    Quote,
    Request,
    allocate,
    check,
    explain,
    quote,
)
from backorder.engine.allocation.snapshot import ANYWHERE
from backorder.faults import Faults, FaultyInputError, show, suggest
from backorder.policy_text.fit import note_columns
from backorder.policy_text.read import PolicyFile, read_policy

Tell = Callable[[str], None]
EPOCH = date(1970, 1, 1).toordinal()
SEED = 20261124
"""Of the order in which --verify shuffles rows: any will do, and the same each time can be looked into."""


@dataclass(frozen=True)
class Question:
    """The facts and rules that a job is about."""

    folder: Path
    policy: Path | None
    as_of: date


@dataclass(frozen=True)
class Target:
    """Where a plan is written, and whether an older one may go."""

    out: Path
    force: bool = False


@dataclass(frozen=True)
class Decision:
    """Facts, rules and the plan that follows."""

    facts: Facts
    policy: Policy
    plan: Plan
    notes: tuple[str, ...]


@dataclass(frozen=True)
class PlanReport:
    """What a planner is told about a run."""

    summary: dict[str, Any]
    overview: Overview
    notes: tuple[str, ...]
    signalled: tuple[str, ...]  # why the exit code is 3


@dataclass(frozen=True)
class Asked:
    """What a customer asks about."""

    sku: str
    quantity: int
    location: str = ""
    requested_on: date | None = None
    customer_class: str = ""


def plan_folder(question: Question, target: Target, tell: Tell, *, verify: bool = False) -> PlanReport:
    """Plan a folder and write the plan. Writes nothing on FaultyInputError, LawBroken or OSError."""
    started = time.perf_counter()
    out = check_target(target.out, question.folder, force=target.force)
    folder, policy, facts = read_facts(question, tell)
    plan = decide(facts, policy, tell)
    if verify:
        verify_plan(folder, policy, (facts, plan), tell)
    decision = Decision(facts, policy.policy, plan, folder.notes)
    del folder  # its texts are not needed to write
    summary = summarise(facts, policy.policy, plan, verified=verify)
    with whole_folder(out) as work:
        write_plan(decision, work, tell)
        summary["seconds"] = round(time.perf_counter() - started, 3)
        (work / SUMMARY).write_text(to_json(summary), "utf-8")
    return PlanReport(
        summary, look_over(facts, policy.policy, plan), decision.notes, find_signals(policy.policy, plan)
    )


def quote_folder(question: Question, asked: Asked, tell: Tell) -> tuple[Decision, Quote]:
    """Say what one more line would get behind all others. Raises FaultyInputError or OSError."""
    folder, policy, facts = read_facts(question, tell)
    request = Request(
        item=find_name("--sku", asked.sku, facts.names.sku),
        quantity=asked.quantity,
        requested_on=(asked.requested_on or question.as_of).toordinal() - EPOCH,
        location=find_name("--location", asked.location, facts.names.location)
        if asked.location
        else ANYWHERE,
        customer_class=asked.customer_class,
    )
    plan = decide(facts, policy, tell)
    return Decision(facts, policy.policy, plan, folder.notes), quote(
        facts.snapshot, policy.policy, plan, request
    )


def explain_folder(question: Question, order: str, line: str, tell: Tell) -> tuple[Decision, Explanation]:
    """Say why a line gets what it gets. Raises FaultyInputError or OSError."""
    folder, policy, facts = read_facts(question, tell)
    row = find_line(facts, order, line)
    plan = decide(facts, policy, tell)
    tell("asking again without each constraint")
    return Decision(facts, policy.policy, plan, folder.notes), explain(
        facts.snapshot, policy.policy, plan, row
    )


def count_steps(question: Question, *, verify: bool = False) -> int:
    """Count what a job will tell, so that a bar knows its end."""
    files = sum((question.folder / f"{name}{ending}").exists() for name in SCHEMAS for ending in READERS)
    return files + len(("snapshot", "decide", "check")) + len(TABLES) + verify


def read_facts(question: Question, tell: Tell) -> tuple[Folder, PolicyFile, Facts]:
    """Read a folder and a policy into facts. Raises FaultyInputError with every fault of both."""
    faults = Faults()
    policy = read_policy(question.policy, faults)
    if not question.folder.is_dir():
        faults.add(
            str(question.folder), "is not a folder" if question.folder.exists() else "there is no such folder"
        )
        faults.raise_if_any()
    folder = read_folder(question.folder, tuple(policy.policy.columns()), faults, tell)
    known = not folder.unread & {"orders", "items"}
    note_columns(policy, {*folder["orders"].extra, *folder["items"].extra} if known else None, faults)
    tell("building the snapshot")
    return folder, policy, build_facts(folder, policy, question.as_of.toordinal() - EPOCH, faults)


def decide(facts: Facts, policy: PolicyFile, tell: Tell) -> Plan:
    """Decide, and hold the plan to the laws. Raises FaultyInputError for a condition that fits no column."""
    tell(f"deciding {len(facts.snapshot.lines):,} lines")
    try:
        plan = allocate(facts.snapshot, policy.policy)
    except PolicyError as error:
        raise FaultyInputError([f"{policy.file}: {error.key}: {error.message}"]) from error
    tell("checking the laws")
    check(facts.snapshot, policy.policy, plan)
    return plan


def verify_plan(folder: Folder, policy: PolicyFile, decided: tuple[Facts, Plan], tell: Tell) -> None:
    """Decide again from shuffled rows (law L7). Raises LawBroken if anything differs."""
    facts, plan = decided
    tell("deciding again from shuffled rows")
    again = build_facts(folder.shuffled(SEED), policy, facts.snapshot.as_of, Faults())
    other = allocate(again.snapshot, policy.policy)
    same_pegs = all(
        np.array_equal(column, other.pegs.columns()[name]) for name, column in plan.pegs.columns().items()
    )
    if plan.hash() != other.hash() or not same_pegs:
        law, message = "L7", f"shuffled rows give plan {other.hash()}, not {plan.hash()}"
        raise LawBroken(law, message)


def write_plan(decision: Decision, work: Path, tell: Tell) -> None:
    """Write the tables of a plan into a folder."""
    for name, build in TABLES.items():
        tell(f"writing {name}.csv")
        build(decision.facts, decision.policy, decision.plan).write_csv(work / f"{name}.csv")


def find_signals(policy: Policy, plan: Plan) -> tuple[str, ...]:
    """Say what the policy wants signalled: caps that are passed, and exceptions if it asks for them."""
    caps = plan.exceptions.line < 0
    signals = []
    if caps.any():
        signals.append("a cap on changes is passed")
    missed = int((~caps).sum())
    if policy.signal_exceptions and missed:
        signals.append(
            f"{missed:,} {'line misses' if missed == 1 else 'lines miss'} what the strategy promises"
        )
    return tuple(signals)


def find_name(flag: str, wanted: str, known: pl.Series) -> int:
    """Find the number of a name that was asked for. Raises FaultyInputError."""
    position = known.index_of(wanted)
    if position is None:
        raise FaultyInputError(
            [f"{flag}: {show(wanted)} is not in the folder{suggest(wanted, known.to_list())}"]
        )
    return position


def find_line(facts: Facts, order: str, line: str) -> int:
    """Find the row of an order line. Raises FaultyInputError."""
    row = ((facts.names.order == order) & (facts.names.line == line)).arg_max()
    if row is not None and facts.names.order[row] == order and facts.names.line[row] == line:
        return row
    lines = facts.names.line.filter(facts.names.order == order).to_list()
    if lines:
        raise FaultyInputError(
            [f"--line: order {show(order)} has no open line {show(line)}; it has {', '.join(lines[:20])}"]
        )
    raise FaultyInputError([f"--order: {show(order)} is no open order"])
