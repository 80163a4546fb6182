"""Plans: decisions as they were made, the same decision made again, and why a line gets what it gets."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.utils import timezone
from ninja import Query
from pydantic import Field

from backorder.allocation.runs import ReplayError, replay
from backorder.allocation.selectors.rules import read_runs
from backorder.allocation.services import plan_all
from backorder.api.endpoints.show_run import Decided, ShownRun, show_run, show_runs, tell_decided
from backorder.api.nouns import Act, Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import require
from backorder.api.values import Key, Number, Reason, Sent, Shown, Switch
from backorder.channels.records import list_line, tell_line
from backorder.orders.selectors import find_line

plans = Noun("plans", "plans")
explanations = Noun("orders", "orders")


class Chosen(Asked):
    """Which decisions."""

    in_force: Annotated[Switch | None, Field(description="False: only simulations.")] = None
    whole: Annotated[Switch | None, Field(description="True: only decisions about everything.")] = None


class Replayed(Shown):
    """A decision made again from its own facts."""

    plan_hash: str = Field(description="Of the plan as it was made.")
    replayed_hash: str | None = Field(description="Of the plan as it was made now; null if it cannot be.")
    same: bool | None = Field(description="They are one; null if it cannot be made again.")
    detail: str = Field(description="Why it cannot be made again; blank if it can.")


class Planning(Sent):
    """Why everything is decided again."""

    why: Reason = ""


class Voice(Sent):
    """For whom."""

    voice: Annotated[
        Literal["planner", "customer"],
        Field(description="planner: everything; customer: nobody else's data."),
    ] = "planner"


class Explanation(Shown):
    """Why a line gets what it gets."""

    voice: str
    sentences: list[str] = Field(description="In words; none if nothing of the line is open.")
    facts: dict[str, Any] | None = Field(description="The same by names; null if nothing is open.")


@plans.reads("/runs", Page[ShownRun])
def list_runs(chosen: Query[Chosen]) -> Page[ShownRun]:
    """List decisions, the last one first."""
    wanted = {"in_force": chosen.in_force, "whole": chosen.whole}
    rows = read_runs().filter(**{name: value for name, value in wanted.items() if value is not None})
    return take_page(rows, "-id", chosen, show_runs)


@plans.reads("/runs/{run}", ShownRun)
def get_run(run: Number) -> ShownRun:
    """Show a decision."""
    return show_run(require(read_runs().filter(pk=run).first()))


@plans.reads("/runs/{run}/replay", Replayed)
def replay_run(run: Number) -> Replayed:
    """Make a decision again from its own facts, and compare: one plan, whoever makes it and when."""
    found = require(read_runs().filter(pk=run).first())
    try:
        again = replay(found)
    except ReplayError as error:
        return Replayed(plan_hash=found.plan_hash, replayed_hash=None, same=None, detail=str(error))
    same = again == found.plan_hash
    return Replayed(plan_hash=found.plan_hash, replayed_hash=again, same=same, detail="")


@plans.changes("/plan", Decided)
def plan_everything(act: Act, planning: Planning) -> Decided:
    """Decide about everything now, as it is decided each day. With `preview` you are told how it would do."""
    return tell_decided(act, plan_all(act.cause(planning.why)))


@explanations.reads("/orders/{path:number}/lines/{path:line}/explanation", Explanation)
def explain_line(number: Key, line: Key, voice: Query[Voice]) -> Explanation:
    """Say why a line gets what it gets, to a planner or in words for its customer."""
    found, today = require(find_line(number, line)), timezone.localdate()
    return Explanation(
        voice=voice.voice,
        sentences=tell_line(found, today, voice.voice),
        facts=list_line(found, today, voice.voice),
    )
