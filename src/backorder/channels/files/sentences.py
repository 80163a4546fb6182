"""One short sentence for each line of a plan: what happens to it, on which day, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backorder.allocation.reasons import WHY
from backorder.channels.files.snapshot import Facts
from backorder.engine.allocation.plan import Plan, Reason
from backorder.engine.allocation.snapshot import ON_HAND_ONLY
from backorder.engine.tables import NEVER

EPOCH = date(1970, 1, 1).toordinal()
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

STOCK_ONLY = "it takes only what is on hand"
ENDS = pl.Series(
    [f": {why}." if why else "." for why in (*(WHY[reason.name] for reason in Reason), STOCK_ONLY)]
)
SHIPS_FROM_STOCK = pl.format("Ships {} from stock{}", "day", "end")
SHIPS_FROM_INBOUND = pl.format("Ships {} from {} line {}{}", "day", "number", "line", "end")
WAITS = pl.format("Waits for {} line {}, ships {}{}", "number", "line", "day", "end")
HAVE = pl.when(pl.col("short") == 1).then(pl.lit("has")).otherwise(pl.lit("have"))
SHIP = pl.when(pl.col("covered") == 1).then(pl.lit("ships")).otherwise(pl.lit("ship"))
SOME = pl.format(
    "{} of {} {} by {}, {} {} no supply{}", "covered", "asked", SHIP, "day", "short", HAVE, "end"
)
NONE = pl.format("None of {} units has supply{}", "asked", "end")
NOT_ONE = pl.format("The unit has no supply{}", "end")


def day_text(day: int) -> str:
    """Write a day as people say it: 12 Jan 2027."""
    found = date.fromordinal(day + EPOCH)
    return f"{found.day} {MONTHS[found.month - 1]} {found.year}"


def iso_day(day: int) -> str | None:
    """Write a day as files do; a day that does not exist is None."""
    return None if day == NEVER else date.fromordinal(day + EPOCH).isoformat()


def read_iso_day(text: str) -> int:
    """Read back what iso_day wrote."""
    return date.fromisoformat(text).toordinal() - EPOCH


def day_texts(days: NDArray[Any]) -> pl.Series:
    """Write many days; a day that does not exist is blank."""
    there = days[days != NEVER]
    first, last = int(there.min(initial=NEVER)), int(there.max(initial=0))
    words = pl.Series([day_text(day) for day in range(first, last + 1)] + [""])
    return words.gather(np.where(days == NEVER, len(words) - 1, days.astype(np.int64) - first))


def write_sentences(facts: Facts, plan: Plan, rows: NDArray[np.int64] | None = None) -> pl.Series:
    """Write a sentence for each line, or for these rows: what happens, on which day, and why."""
    lines, outcomes = facts.snapshot.lines, plan.lines
    last_day, last_supply = find_last(facts, plan)
    if rows is not None:
        lines, outcomes, last_day, last_supply = (
            lines.take(rows),
            outcomes.take(rows),
            last_day[rows],
            last_supply[rows],
        )
    covered = outcomes.allocated_on_hand + outcomes.allocated_inbound
    supply = np.maximum(last_supply, 0)
    inbound = (
        (last_supply >= 0) & facts.snapshot.supplies.inbound[supply]
        if len(facts.snapshot.supplies)
        else last_supply > 0
    )
    whole = outcomes.unallocated == 0
    some = ~whole & (covered > 0)
    none = ~whole & ~some
    kinds = (
        (whole & ~inbound, SHIPS_FROM_STOCK),
        (whole & inbound & outcomes.in_time, SHIPS_FROM_INBOUND),
        (whole & inbound & ~outcomes.in_time, WAITS),
        (some, SOME),
        (none & (lines.quantity > 1), NONE),
        (none & (lines.quantity == 1), NOT_ONE),
    )
    stock_only = (outcomes.reason == Reason.COMMITTED) & (lines.commitment == ON_HAND_ONLY) & ~whole
    columns = {
        "asked": lines.quantity,
        "short": outcomes.unallocated,
        "covered": covered,
        "day": day_texts(last_day),
        "end": ENDS.gather(np.where(stock_only, len(Reason), outcomes.reason.astype(np.int64))),
    }
    if len(facts.names.inbound):
        columns |= {
            "number": facts.names.inbound.gather(supply),
            "line": facts.names.inbound_line.gather(supply),
        }
    return write_by_kind(pl.DataFrame(columns), kinds)


def find_last(facts: Facts, plan: Plan) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find each line's last day, and the supply that it waits for then; NEVER and -1 if it has none."""
    pegs, supplies = plan.pegs, facts.snapshot.supplies
    last_day = np.full(len(plan.lines), NEVER, np.int64)
    last_supply = np.full(len(plan.lines), -1, np.int64)
    # Pegs are sorted by line and day: of each line the last one written stays.
    last_day[pegs.line] = pegs.ships_on
    arrives = np.where(
        supplies.inbound, np.maximum(supplies.available_on, facts.snapshot.as_of + 1), facts.snapshot.as_of
    )
    last_arrival = np.full(len(plan.lines), -NEVER, np.int64)
    final = np.flatnonzero(pegs.ships_on == last_day[pegs.line])
    line, supply = pegs.line[final], pegs.supply[final]
    starts = np.flatnonzero(np.diff(line, prepend=-1))
    if len(starts):
        last_arrival[line[starts]] = np.maximum.reduceat(arrives[supply], starts)
    awaited = arrives[supply] == last_arrival[line]
    last_supply[line[awaited]] = supply[awaited]
    return last_day, last_supply


def write_by_kind(frame: pl.DataFrame, kinds: Sequence[tuple[NDArray[np.bool_], pl.Expr]]) -> pl.Series:
    """Write each kind of sentence for its own rows alone: all for every row would take six times as long."""
    rows = [np.flatnonzero(chosen) for chosen, _ in kinds]
    written = [
        frame[found].select(say).to_series()
        for found, (_, say) in zip(rows, kinds, strict=True)
        if len(found)
    ]
    if not written:
        return pl.Series([], dtype=pl.String)
    place = np.empty(frame.height, np.int64)
    place[np.concatenate(rows)] = np.arange(frame.height)
    return pl.concat([part.rename("said") for part in written]).gather(place)
