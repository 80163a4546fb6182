"""How a decision about everything is shown."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from backorder.allocation.models import Run
from backorder.allocation.services import Decision
from backorder.api.nouns import Act
from backorder.api.values import Day, Instant, Shown

FIGURES = (
    *("items", "lines", "lines_covered", "lines_in_time", "lines_worsened"),
    *("units", "units_on_hand", "units_covered", "units_in_time", "notices", "promises", "exceptions"),
)


class Figures(Shown):
    """How a decision did, over the lines that it is about."""

    items: int
    lines: int
    lines_covered: int
    lines_in_time: int
    lines_worsened: int = Field(description="They lost units, or ship later than before.")
    units: int
    units_on_hand: int
    units_covered: int
    units_in_time: int
    notices: int = Field(description="Lines that ship later than promised, or lost units.")
    promises: int = Field(description="Days promised for the first time, or anew.")
    exceptions: int = Field(description="Lines whose strategy could not be met, and caps that are passed.")


class ShownRun(Shown):
    """One decision. Its facts give the same plan again."""

    run: int | None = Field(description="Null if it was only tried.")
    at: Instant
    who: str
    in_force: bool = Field(description="Else it was a simulation.")
    whole: bool = Field(description="Everything was decided, not only what an event touched.")
    as_of: Day
    version: int | None = Field(description="The version of the policy; null: of none, as the defaults.")
    plan_hash: str
    program: str = Field(description="The version of the program that decided.")
    figures: Figures


class Decided(Shown):
    """What a decision about everything led to."""

    preview: bool = Field(description="True if it was only tried: nothing was written.")
    entry: int | None = Field(description="The number of its entry in the journal.")
    decision: int | None = Field(description="The number of the entry of the decision that followed.")
    moved: int = Field(description="So many lines stand otherwise than before.")
    run: ShownRun


def show_figures(run: Run) -> Figures:
    """Show how a decision did."""
    return Figures(**{name: getattr(run, name) for name in FIGURES})


def show_runs(rows: Sequence[Run]) -> list[ShownRun]:
    """Show decisions."""
    return [show_run(row) for row in rows]


def show_run(run: Run) -> ShownRun:
    """Show a decision."""
    return ShownRun(
        run=run.pk,
        at=run.entry.at,
        who=run.entry.who,
        in_force=run.in_force,
        whole=run.whole,
        as_of=run.as_of,
        version=run.version.number if run.version else None,
        plan_hash=run.plan_hash,
        program=run.program,
        figures=show_figures(run),
    )


def tell_decided(act: Act, decision: Decision) -> Decided:
    """Tell what a decision about everything led to; what was only tried has no numbers."""
    run = show_run(decision.run)
    return Decided(
        preview=act.preview,
        entry=None if act.preview else decision.event.pk,
        decision=None if act.preview else decision.entry.pk,
        moved=len(decision.moves),
        run=run.model_copy(update={"run": None}) if act.preview else run,
    )
