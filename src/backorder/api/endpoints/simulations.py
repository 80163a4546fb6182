"""What if: the same decision by other rules or on other facts, kept to be looked at, and without effect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from ninja import Query
from pydantic import Field

from backorder.allocation.models import SimulatedLine, Simulation
from backorder.allocation.policies.publications import Draft
from backorder.allocation.selectors.rules import read_simulated_lines, read_simulations
from backorder.allocation.what_if.publishing import Consent, discard, publish
from backorder.allocation.what_if.simulations import Otherwise, simulate
from backorder.api.endpoints.noted import Noted, note
from backorder.api.endpoints.policies import Despite, Gain, Hysteresis, Text
from backorder.api.endpoints.show_run import Decided, ShownRun, show_run, tell_decided
from backorder.api.nouns import STEADY, Act, Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import Fault, refuse_faults, require
from backorder.api.values import Day, Flag, Found, Key, Number, Reason, Sent, Shown, Switch
from backorder.supply.selectors import find_inbound_lines

simulations = Noun("simulations", "plans")
MOST_CHANGES = 500


class TakenToBe(Sent):
    """An inbound line, taken to come on another day or with fewer units."""

    inbound: Key
    line: Key
    expected_on: Annotated[Day | None, Field(description="Without it, as it is.")] = None
    remaining: Annotated[Found | None, Field(description="Units still to come; without it, as it is.")] = None


class NewSimulation(Sent):
    """What is to be tried."""

    text: Annotated[Text | None, Field(description="Rules; without them, those in force.")] = None
    hysteresis_days: Hysteresis = 0
    gain_days: Gain | None = None
    changes: list[TakenToBe] = Field(default=[], max_length=MOST_CHANGES)
    why: Reason = ""


class ShownSimulation(Shown):
    """A what-if and its scoreboard."""

    simulation: int | None = Field(description="Null if it was only tried.")
    text: str | None = Field(description="Its rules; null: those in force then.")
    hysteresis_days: int
    gain_days: int | None
    changes: list[dict[str, Any]]
    caps: dict[str, Any] = Field(description="The caps on changes that it passes: allowed, and found.")
    run: ShownRun
    ended: str | None = Field(description="published or discarded; null if nothing came of it yet.")


class ShownLine(Shown):
    """A line that would stand otherwise."""

    order: str
    line: str
    sku: str
    customer: str | None
    allocated_before: int
    allocated_after: int
    planned_before: Day | None
    planned_after: Day | None
    in_time_before: bool
    in_time_after: bool
    reason: str
    worsened: bool = Field(description="It loses units, or ships later.")
    told: bool = Field(description="Its customer would be told.")


class Chosen(Asked):
    """Which lines."""

    worsened: Annotated[Switch | None, Field(description="True: only those that lose.")] = None
    told: Annotated[Switch | None, Field(description="True: only those whose customer would be told.")] = None


class Published(Sent):
    """A simulation is to come true."""

    anew: Annotated[
        Flag, Field(description="Facts have changed since: decide from those of now all the same.")
    ] = False
    despite: Despite = ""
    why: Reason = ""


class Discarded(Sent):
    """A simulation is put aside."""

    why: Reason = ""


@simulations.reads("/simulations", Page[ShownSimulation])
def list_simulations(asked: Query[Asked]) -> Page[ShownSimulation]:
    """List simulations, the last one first."""
    return take_page(read_simulations(), "-id", asked, show_simulations)


@simulations.changes(
    "/simulations", ShownSimulation, at=lambda made: f"simulations/{made.simulation}", kind=STEADY
)
def simulate_plan(act: Act, asked: NewSimulation) -> ShownSimulation:
    """Decide everything by other rules, or on other facts, without effect; the answer says how it would do."""
    draft = None if asked.text is None else Draft(asked.text, asked.hysteresis_days, asked.gain_days)
    made = simulate(draft, act.cause(asked.why), read_changes(asked.changes))
    shown = show_simulation(get(made.pk))
    if act.preview:
        run = shown.run.model_copy(update={"run": None})
        return shown.model_copy(update={"simulation": None, "run": run})
    return shown


def read_changes(changes: Sequence[TakenToBe]) -> list[Otherwise]:
    """Find the inbound lines that are taken to be otherwise. Raises ProblemError for what nobody knows, or is named twice."""
    names = [(one.inbound, one.line) for one in changes]
    known = find_inbound_lines(names)
    refuse_faults(
        [
            Fault(where="body", at=f"/changes/{place}", detail=f"{inbound} line {line} {fault}")
            for place, (inbound, line) in enumerate(names)
            for fault, wrong in (
                ("is not known", (inbound, line) not in known),
                ("is named twice", (inbound, line) in names[:place]),
            )
            if wrong
        ]
    )
    return [
        Otherwise(known[name], one.expected_on, one.remaining)
        for name, one in zip(names, changes, strict=True)
    ]


@simulations.reads("/simulations/{simulation}", ShownSimulation)
def get_simulation(simulation: Number) -> ShownSimulation:
    """Show a simulation and its scoreboard."""
    return show_simulation(get(simulation))


@simulations.reads("/simulations/{simulation}/lines", Page[ShownLine])
def list_simulated_lines(simulation: Number, chosen: Query[Chosen]) -> Page[ShownLine]:
    """List the lines that would stand otherwise."""
    rows = read_simulated_lines(get(simulation).pk)
    wanted = {"worsened": chosen.worsened, "told": chosen.told}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    return take_page(rows, "id", chosen, show_lines)


@simulations.changes("/simulations/{simulation}/publications", Decided)
def publish_simulation(act: Act, simulation: Number, published: Published) -> Decided:
    """Make what a simulation showed come true: its changes become facts, its rules are in force."""
    consent = Consent(published.anew, published.despite)
    return tell_decided(act, publish(get(simulation), act.cause(published.why), consent))


@simulations.changes("/simulations/{simulation}/discards", Noted)
def discard_simulation(act: Act, simulation: Number, discarded: Discarded) -> Noted:
    """Put a simulation aside."""
    return note(act, discard(get(simulation), act.cause(discarded.why)))


def get(number: int) -> Simulation:
    """Find a simulation by its number. Raises ProblemError."""
    return require(read_simulations().filter(pk=number).first())


def show_simulations(rows: Sequence[Simulation]) -> list[ShownSimulation]:
    """Show simulations."""
    return [show_simulation(row) for row in rows]


def show_simulation(row: Simulation) -> ShownSimulation:
    """Show a simulation."""
    end = getattr(row, "end", None)
    return ShownSimulation(
        simulation=row.pk,
        text=row.text,
        hysteresis_days=row.hysteresis_days,
        gain_days=row.gain_days,
        changes=[{name: value for name, value in one.items() if name != "id"} for one in row.changes],
        caps=row.caps,
        run=show_run(row.run),
        ended=end.what if end else None,
    )


def show_lines(rows: Sequence[SimulatedLine]) -> list[ShownLine]:
    """Show lines that would stand otherwise."""
    return [
        ShownLine(
            order=row.line.order.number,
            line=row.line.number,
            sku=row.line.item.sku,
            customer=row.line.order.customer.code if row.line.order.customer else None,
            allocated_before=row.allocated_before,
            allocated_after=row.allocated_after,
            planned_before=row.planned_before,
            planned_after=row.planned_after,
            in_time_before=row.in_time_before,
            in_time_after=row.in_time_after,
            reason=row.reason,
            worsened=row.worsened,
            told=row.told,
        )
        for row in rows
    ]
