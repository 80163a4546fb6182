"""Runs: every decision is kept with the facts that it was made from, and can be made again (law L7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

import backorder
from backorder.allocation.days import EPOCH
from backorder.allocation.facts.packing import pack, unpack
from backorder.allocation.facts.snapshot import Facts
from backorder.allocation.models import Run, RunFacts
from backorder.allocation.plan.promises import Ledger
from backorder.allocation.policies.publications import parse
from backorder.allocation.policies.terms import Terms
from backorder.engine.allocation import Plan
from backorder.engine.allocation.figures import count_units_in_time
from backorder.engine.allocation.plan import LATER, LOST
from backorder.engine.allocation.settle import Basis, decide_from
from backorder.outbox.models import Entry

FACTS_KEPT_DAYS = 30
"""The facts of a decision after an event are dropped after so many days; those of whole decisions stay longer."""
WHOLE_FACTS_KEPT_DAYS = 365


class ReplayError(ValueError):
    """A run whose plan cannot be made again; the text says why."""


@dataclass(frozen=True)
class Worked:
    """A decision that is worked out and checked, and not in force."""

    ledger: Ledger
    plan: Plan
    basis: Basis  # what it gives again, now that it is in force
    whole: bool

    @property
    def facts(self) -> Facts:
        """What it was made from."""
        return self.ledger.facts

    @property
    def terms(self) -> Terms:
        """The rules that it was made by."""
        return self.ledger.terms

    @property
    def as_of(self) -> date:
        """The day of the decision."""
        return date.fromordinal(self.facts.snapshot.as_of + EPOCH)


def write_run(entry: Entry, worked: Worked, promises: int, *, in_force: bool) -> Run:
    """Keep a decision: its figures, its hash, the facts that it was made from and what it stands on."""
    run = Run.objects.create(
        entry=entry,
        in_force=in_force,
        whole=worked.whole,
        as_of=worked.as_of,
        version_id=worked.terms.version,
        plan_hash=worked.plan.hash(),
        program=backorder.__version__,
        promises=promises,
        **measure_run(worked),
    )
    RunFacts.objects.create(run=run, packed=pack(worked.facts, worked.basis))
    return run


def measure_run(worked: Worked) -> dict[str, int]:
    """Count a decision, over the lines that it is about, by the names of Run."""
    facts, plan, inside = worked.facts, worked.plan, worked.facts.inside
    lines, got = facts.snapshot.lines, plan.lines
    in_time = count_units_in_time(facts.snapshot, worked.terms.policy, plan)
    changes = plan.changes.take(inside[plan.changes.line])
    covered = got.allocated_on_hand + got.allocated_inbound
    return {
        "items": len(facts.items),
        "lines": int(inside.sum()),
        "lines_covered": int((inside & (got.unallocated == 0)).sum()),
        "lines_in_time": int((inside & got.in_time).sum()),
        "lines_worsened": int(np.isin(changes.change, (LOST, LATER)).sum()),
        "units": int(lines.quantity[inside].sum()),
        "units_on_hand": int(got.allocated_on_hand[inside].sum()),
        "units_covered": int(covered[inside].sum()),
        "units_in_time": int(in_time[inside].sum()),
        "notices": int(changes.tell_customer.sum()),
        "exceptions": int(((plan.exceptions.line < 0) | inside[plan.exceptions.line]).sum()),
    }


def replay(run: Run) -> str:
    """Make the plan of a run again from its own facts and what it stands on; gives its hash. Raises ReplayError without facts."""
    kept = RunFacts.objects.filter(run=run).first()
    if kept is None:
        message = f"the facts of run {run.pk} were dropped after {FACTS_KEPT_DAYS} days; its hash is {run.plan_hash}"
        raise ReplayError(message)
    facts, basis = unpack(bytes(kept.packed))
    policy = parse(run.version.text if run.version else find_text(run))
    plan = decide_from(facts.snapshot, policy, basis, np.flatnonzero(~facts.inside))
    if plan is None:
        message = f"run {run.pk} cannot be made from its facts alone"
        raise ReplayError(message)
    return plan.hash()


def find_text(run: Run) -> str:
    """Find the rules of a run that is of no version: those of its simulation, else the defaults."""
    simulation = getattr(run, "simulation", None)
    return (simulation.text if simulation else None) or ""


def drop_old_facts(now: datetime) -> int:
    """Drop the facts of old runs; gives how many. Runs and their hashes stay."""
    old = RunFacts.objects.filter(run__whole=False, run__entry__at__lt=now - timedelta(days=FACTS_KEPT_DAYS))
    older = RunFacts.objects.filter(
        run__whole=True, run__entry__at__lt=now - timedelta(days=WHOLE_FACTS_KEPT_DAYS)
    )
    return sum(rows.delete()[0] for rows in (old, older))
