"""A plan as the tables that are written: names for numbers, blanks for what does not exist."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backorder.channels.files.sentences import write_sentences
from backorder.channels.files.snapshot import Facts
from backorder.engine.allocation.plan import CAPS, CHANGES, FIRST_CAP, Plan, Reason
from backorder.engine.allocation.policy import STRATEGIES, Policy
from backorder.engine.allocation.seating.days import available_days
from backorder.engine.allocation.snapshot import MILLION
from backorder.engine.tables import NEVER

Numbers = NDArray[Any]
REASONS = tuple(reason.name for reason in Reason)


def days(column: Numbers) -> pl.Series:
    """Turn day numbers into dates, NEVER into a blank."""
    return (
        pl.Series(np.where(column == NEVER, 0, column).astype(np.int32))
        .set(pl.Series(column == NEVER), None)
        .cast(pl.Date)
    )


def words(column: Numbers, known: Sequence[str]) -> pl.Series:
    """Turn positions into words; -1 is a blank."""
    return pl.Series([*known, None], dtype=pl.String).gather(
        np.where(column < 0, len(known), column).astype(np.int64)
    )


def names(labels: pl.Series, rows: Numbers) -> pl.Series:
    """Turn row numbers into names; -1 and an empty name are blanks."""
    rows = rows.astype(np.int64)
    labels = labels.set(labels == "", None) if (labels == "").any() else labels
    if not len(rows) or int(rows.min()) >= 0:
        return labels.gather(rows)
    return pl.concat([labels, pl.Series([None], dtype=pl.String)]).gather(
        np.where(rows < 0, len(labels), rows)
    )


def name_lines(facts: Facts, rows: Numbers, before: str = "") -> dict[str, pl.Series]:
    """Name order lines in two columns; -1 is a blank."""
    return {
        f"{before}order": names(facts.names.order, rows),
        f"{before}line": names(facts.names.line, rows),
    }


def amounts(millionths: Numbers) -> pl.Series:
    """Write money with at least two decimals, at most six."""
    texts = []
    for value in millionths.tolist():
        whole, rest = divmod(value, MILLION)
        decimals = f"{rest:06}".rstrip("0")
        texts.append(f"{whole}.{decimals:0<2}")
    return pl.Series(texts, dtype=pl.String)


def write_lines(facts: Facts, policy: Policy, plan: Plan) -> pl.DataFrame:
    """Build lines: a row for each open order line."""
    lines, got = facts.snapshot.lines, plan.lines
    return pl.DataFrame(
        {
            "order": facts.names.order,
            "line": facts.names.line,
            "sku": names(facts.names.sku, lines.item),
            "quantity": lines.quantity,
            "rank": got.rank,
            "segment": words(got.segment, [segment.name for segment in policy.segments]),
            "strategy": words(got.strategy, STRATEGIES),
            "allocated_on_hand": got.allocated_on_hand,
            "allocated_inbound": got.allocated_inbound,
            "unallocated": got.unallocated,
            "first_ships_on": days(got.first_ships_on),
            "promised_on": days(got.promised_on),
            "in_time": got.in_time,
            "units_ahead": got.units_ahead,
            "lines_ahead": got.lines_ahead,
            "reason": words(got.reason, REASONS),
            "reason_text": write_sentences(facts, plan),
        }
    )


def write_pegs(facts: Facts, policy: Policy, plan: Plan) -> pl.DataFrame:
    """Build pegs: which units of which supply cover which line; overdue supply with the day that counts."""
    pegs, supplies = plan.pegs, facts.snapshot.supplies
    available_on = available_days(facts.snapshot, policy)
    return pl.DataFrame(
        {
            **name_lines(facts, pegs.line),
            "sku": names(facts.names.sku, supplies.item[pegs.supply]),
            "location": names(facts.names.location, supplies.location[pegs.supply]),
            "inbound": names(facts.names.inbound, pegs.supply),
            "inbound_line": names(facts.names.inbound_line, pegs.supply),
            "quantity": pegs.quantity,
            "available_on": days(available_on[pegs.supply]),
            "ships_on": days(pegs.ships_on),
        }
    )


def write_shortages(facts: Facts, _: Policy, plan: Plan) -> pl.DataFrame:
    """Build shortages: what no known supply covers."""
    short = plan.shortages
    return pl.DataFrame(
        {
            "sku": names(facts.names.sku, short.item),
            "location": names(facts.names.location, short.location),
            "units": short.units,
            "lines": short.lines,
            "first_requested_on": days(short.first_requested_on),
            "value": amounts(short.value),
        }
    )


def write_changes(facts: Facts, _: Policy, plan: Plan) -> pl.DataFrame:
    """Build changes: lines of the plan in force that moved."""
    changes = plan.changes
    return pl.DataFrame(
        {
            **name_lines(facts, changes.line),
            "change": words(changes.change, CHANGES),
            "from_quantity": changes.from_quantity,
            "to_quantity": changes.to_quantity,
            "from_date": days(changes.from_date),
            "to_date": days(changes.to_date),
            "reason": words(changes.reason, REASONS),
            **name_lines(facts, changes.lent_to, "lent_to_"),
            "tell_customer": changes.tell_customer,
        }
    )


def write_offers(facts: Facts, _: Policy, plan: Plan) -> pl.DataFrame:
    """Build offers: substitute units that nobody's plan needs."""
    offers = plan.offers
    return pl.DataFrame(
        {
            **name_lines(facts, offers.line),
            "kind": names(facts.names.kind, offers.kind),
            "sku": names(facts.names.sku, offers.substitute),
            "location": names(facts.names.location, offers.location),
            "quantity": offers.quantity,
            "available_on": days(offers.available_on),
        }
    )


def write_exceptions(facts: Facts, _: Policy, plan: Plan) -> pl.DataFrame:
    """Build exceptions: what the policy wants a person to look at; a cap has no order."""
    found = plan.exceptions
    strategy = found.strategy.astype(np.int64)
    position = np.where(strategy >= FIRST_CAP, strategy - FIRST_CAP + len(STRATEGIES), strategy)
    return pl.DataFrame(
        {
            **name_lines(facts, found.line),
            "strategy": words(position, (*STRATEGIES, *CAPS)),
            "wanted": found.wanted,
            "got": found.got,
            "reason": words(found.reason, REASONS),
        }
    )


TABLES: dict[str, Callable[[Facts, Policy, Plan], pl.DataFrame]] = {
    "lines": write_lines,
    "pegs": write_pegs,
    "shortages": write_shortages,
    "changes": write_changes,
    "offers": write_offers,
    "exceptions": write_exceptions,
}
"""The files of a plan, in the order in which they are written."""
