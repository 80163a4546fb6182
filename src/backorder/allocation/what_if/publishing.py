"""Putting rules in force: at once, after a what-if, or back to earlier ones. Each decides everything in the same transaction.

A publication is a row that is only added; to roll back is to publish an earlier version again. What was promised in between stays
promised: promises are facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from backorder.allocation.days import read_day
from backorder.allocation.models import PolicyVersion, Publication, Simulation, SimulationEnd
from backorder.allocation.policies.publications import Draft, read_terms, write_version
from backorder.allocation.runs import Worked
from backorder.allocation.services import WHOLE, Decision, put_in_force, read_all
from backorder.allocation.what_if.simulations import (
    SimulationError,
    compare,
    list_lines,
    list_passed_caps,
    read_draft,
    refuse,
    try_out,
)
from backorder.catalog.locks import lock_all_items
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, name_subjects, write
from backorder.supply.models import InboundLine
from backorder.supply.services import cancel_many, expect_many

SHOWN = 20
"""So many lines and entries are named where facts have changed."""


class OutdatedError(SimulationError):
    """A simulation that no longer shows what publishing it would do."""

    def __init__(self, message: str, lines: list[int], happened: list[Entry]) -> None:
        """Keep the lines that would stand otherwise than shown, by id, and what happened since, beside the message."""
        super().__init__(message)
        self.lines, self.happened = lines, happened


@dataclass(frozen=True)
class Consent:
    """What a planner agrees to in publishing."""

    anew: bool = False  # facts have changed since the simulation: decide from those of now
    despite: str = ""  # why a cap on changes may be passed


def publish(simulation: Simulation, cause: Cause, consent: Consent | None = None) -> Decision:
    """Make what a simulation showed come true: its changes become facts, its rules are in force.

    One of nothing but rules that were in force before rolls back to them.
    Raises OutdatedError if the facts of now lead elsewhere, SimulationError past a cap, unless that is consented to.
    """
    consent = consent or Consent()
    with transaction.atomic():
        items = lock_all_items()
        Simulation.objects.select_for_update(no_key=True).get(pk=simulation.pk)
        refuse_ended(simulation)
        subjects = [WHOLE, ("simulation", str(simulation.pk))]
        facts: dict[str, object] = {"anew": consent.anew, "despite": consent.despite}
        earlier = find_earlier(simulation)
        if earlier is None:
            event = write(cause, "simulation.published", subjects, facts)
        else:
            event = write(cause, "policy.rolled_back", subjects, {**facts, "publication": earlier.pk})
        make_true(simulation.changes, Cause(cause.who, cause.at, cause.why, event))
        if simulation.text is not None:
            draft = Draft(simulation.text, simulation.hysteresis_days, simulation.gain_days)
            put_version_in_force(write_version(draft.text, event), draft, event)
        terms = read_terms()
        worked = try_out(read_all(items, cause.day, terms), terms)
        if not consent.anew and worked.plan.hash() != simulation.run.plan_hash:
            raise find_outdated(simulation, worked, event)
        refuse_passed_caps(worked, consent)
        SimulationEnd.objects.create(simulation=simulation, what=SimulationEnd.PUBLISHED, entry=event)
        return put_in_force(worked, event, [WHOLE])


def find_earlier(simulation: Simulation) -> Publication | None:
    """Find the publication to which a simulation rolls back: the last one of its rules, if these are all it has and not in force."""
    if simulation.text is None or simulation.changes:
        return None
    rows = Publication.objects.order_by("-id")
    same = rows.filter(
        version__text=simulation.text,
        hysteresis_days=simulation.hysteresis_days,
        gain_days=simulation.gain_days,
    ).first()
    return None if same == rows.first() else same


def discard(simulation: Simulation, cause: Cause) -> Entry:
    """Put a simulation aside."""
    with transaction.atomic():
        Simulation.objects.select_for_update(no_key=True).get(pk=simulation.pk)
        refuse_ended(simulation)
        entry = write(cause, "simulation.discarded", [("simulation", str(simulation.pk))])
        SimulationEnd.objects.create(simulation=simulation, what=SimulationEnd.DISCARDED, entry=entry)
    return entry


def publish_policy(draft: Draft, cause: Cause, consent: Consent | None = None) -> Decision:
    """Put rules in force and decide everything by them. Raises FaultyInputError, and SimulationError past a cap."""
    read_draft(draft)  # faults of the text come before any lock
    with transaction.atomic():
        items = lock_all_items()
        event = write(cause, "policy.published", [WHOLE], {"despite": consent.despite if consent else ""})
        return decide_by(items, write_version(draft.text, event), draft, event, consent or Consent())


def roll_back(publication: Publication, cause: Cause, consent: Consent | None = None) -> Decision:
    """Publish an earlier version again, as it was published then. Raises SimulationError past a cap."""
    with transaction.atomic():
        items = lock_all_items()
        last = Publication.objects.latest("id")
        refuse(last == publication, f"version {publication.version.number} is in force already")
        event = write(cause, "policy.rolled_back", [WHOLE], {"publication": publication.pk})
        draft = Draft(publication.version.text, publication.hysteresis_days, publication.gain_days)
        return decide_by(items, publication.version, draft, event, consent or Consent())


def decide_by(
    items: set[int], version: PolicyVersion, draft: Draft, event: Entry, consent: Consent
) -> Decision:
    """Put a version in force and decide all items, which are locked, by it."""
    put_version_in_force(version, draft, event)
    terms = read_terms()
    worked = try_out(read_all(items, Cause(event.who, event.at).day, terms), terms)
    refuse_passed_caps(worked, consent)
    return put_in_force(worked, event, [WHOLE])


def put_version_in_force(version: PolicyVersion, draft: Draft, event: Entry) -> Publication:
    """Add the row that puts a version in force."""
    name_subjects(event, "policy", [str(version.number)])
    return Publication.objects.create(
        version=version, entry=event, hysteresis_days=draft.hysteresis_days, gain_days=draft.gain_days
    )


def make_true(changes: Sequence[Mapping[str, Any]], cause: Cause) -> None:
    """Make facts of what was taken to be so, in as many queries for many inbound lines as for one."""
    found = InboundLine.objects.in_bulk([change["id"] for change in changes])
    lines = [(found[change["id"]], change) for change in changes]
    days = {line: change["expected_on"] for line, change in lines if change["expected_on"] is not None}
    if days:
        expect_many({line: date.fromisoformat(day) for line, day in days.items()}, "what-if", cause)
    fewer = {
        line: line.remaining - change["remaining"]
        for line, change in lines
        if change["remaining"] is not None
    }
    gone = {line: units for line, units in fewer.items() if units > 0}
    if gone:
        cancel_many(gone, cause)


def refuse_ended(simulation: Simulation) -> None:
    """Raise SimulationError if something came of it already."""
    end = SimulationEnd.objects.filter(simulation=simulation).select_related("entry").first()
    if end is not None:
        message = f"it was {end.what} by {end.entry.who} on {end.entry.at:%d %b %Y}; simulate again"
        raise SimulationError(message)


def refuse_passed_caps(worked: Worked, consent: Consent) -> None:
    """Raise SimulationError if the policy allows fewer changes than there would be, and nobody says why they may be."""
    passed = list_passed_caps(worked)
    if passed and not consent.despite:
        counts = ", ".join(
            f"{name} is {found['is']}, allowed {found['allowed']}" for name, found in passed.items()
        )
        message = f"past a cap of the policy: {counts}; say why it may be passed, or change the policy"
        raise SimulationError(message)


def find_outdated(simulation: Simulation, worked: Worked, event: Entry) -> OutdatedError:
    """Say what is otherwise than the simulation showed, and what happened since."""
    shown, now = list_lines(simulation), compare(worked)
    rows = zip(
        now["line"].tolist(),
        now["allocated_after"].tolist(),
        now["planned_after"].tolist(),
        now["in_time_after"].tolist(),
        strict=True,
    )
    found = {line: (units, read_day(day), bool(in_time)) for line, units, day, in_time in rows}
    lines = sorted(line for line in shown.keys() | found.keys() if shown.get(line) != found.get(line))
    since = Entry.objects.filter(pk__gt=simulation.run.entry_id, pk__lt=event.pk)
    happened = list(since.exclude(what__startswith="plan.").order_by("pk")[:SHOWN])
    told = ", ".join(f"{entry.what} by {entry.who}" for entry in happened[:3]) or "another day has come"
    more = f" and {len(happened) - 3} more" if len(happened) > 3 else ""  # noqa: PLR2004 - three are named above
    message = (
        f"facts have changed since it was simulated ({told}{more}): {len(lines)} lines would stand otherwise than shown; "
        "simulate again, or publish anew from the facts of now"
    )
    return OutdatedError(message, lines, happened)


__all__ = ["Consent", "OutdatedError", "SimulationError", "discard", "publish", "publish_policy", "roll_back"]
