"""One short sentence for each line of a plan: what happens to it, on which day, and why."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backorder.channels.files.snapshot import Facts
from backorder.engine.allocation.plan import Plan, Reason
from backorder.engine.tables import NEVER

EPOCH = date(1970, 1, 1).toordinal()
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WHY = {
    Reason.ON_HAND: "",
    Reason.INBOUND: "",
    Reason.AFTER_HIGHER_RANK: "lines ahead of it are served first",
    Reason.NO_SUPPLY: "",
    Reason.NOT_BEFORE_NEEDED_BY: "more supply comes only after the day by which it is needed",
    Reason.WAITS_FOR_COMPANION: "it ships together or not at all",
    Reason.KIT_COMPONENT: "a component of the kit is missing until then",
    Reason.MINIMUM_QUANTITY: "a shipment must reach its minimum quantity",
    Reason.FLOOR_OF_OTHERS: "units are kept for a guaranteed group",
    Reason.CEILING: "its group has reached its ceiling",
    Reason.PROMISE_OF_OTHERS: "units keep promises to others",
    Reason.FROZEN: "units are frozen for other lines",
    Reason.COMMITTED: "units are committed",
    Reason.STRATEGY: "its strategy says so",
    Reason.SUPPLY_CHANGED: "its supply has changed",
    Reason.CHURN_CAP: "",
}


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


def day_texts(days: NDArray[np.int32]) -> pl.Series:
    """Write many days; a day that does not exist is blank."""
    first = int(days.min(initial=0))
    there = days[days != NEVER]
    last = int(there.max(initial=first))
    words = pl.Series([day_text(day) for day in range(first, last + 1)] + [""])
    return words.gather(np.where(days == NEVER, len(words) - 1, days.astype(np.int64) - first))


def write_sentences(facts: Facts, plan: Plan, rows: NDArray[np.int64] | None = None) -> pl.Series:
    """Write a sentence for each line, or for these rows: `Waits for PO-7 line 2, ships 12 Jan 2027.`"""
    lines, outcomes, pegs = facts.snapshot.lines, plan.lines, plan.pegs
    last_day = outcomes.first_ships_on.copy()
    last_supply = np.full(len(lines), -1, np.int64)
    # Pegs are sorted by line and day: of each line the last one written stays.
    last_day[pegs.line], last_supply[pegs.line] = pegs.ships_on, pegs.supply
    if rows is not None:
        lines, outcomes, last_day, last_supply = lines.take(rows), outcomes.take(rows), last_day[rows], last_supply[rows]
    covered = outcomes.allocated_on_hand + outcomes.allocated_inbound
    inbound = np.zeros(len(lines), bool)
    held = last_supply >= 0
    inbound[held] = facts.snapshot.supplies.inbound[last_supply[held]]
    supply = np.maximum(last_supply, 0)
    frame = pl.DataFrame(
        {
            "asked": lines.quantity,
            "short": outcomes.unallocated,
            "covered": covered,
            "inbound": inbound,
            "day": day_texts(last_day),
            "why": pl.Series([WHY[reason] for reason in Reason]).gather(outcomes.reason.astype(np.int64)),
            "number": facts.names.inbound.gather(supply) if len(facts.names.inbound) else "",
            "line": facts.names.inbound_line.gather(supply) if len(facts.names.inbound) else "",
        }
    )
    col = pl.col
    waits = pl.when("inbound").then(pl.format("Waits for {} line {}, ships {}", "number", "line", "day"))
    whole = waits.otherwise(pl.format("Ships {} from stock", "day"))
    some = pl.format("{} of {} ship by {}, {} have no supply", "covered", "asked", "day", "short")
    none = pl.when(col("asked") == 1).then(pl.lit("The unit has no supply")).otherwise(pl.format("None of {} units has supply", "asked"))
    what = pl.when(col("short") == 0).then(whole).when(col("covered") > 0).then(some).otherwise(none)
    end = pl.when(col("why") == "").then(pl.lit(".")).otherwise(pl.format(": {}.", "why"))
    return frame.select(pl.concat_str(what, end)).to_series()
