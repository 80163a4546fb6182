"""The promise ledger: which days are told, and what they stand on. Rows are only added; the last one is in force.

A plan is made anew all the time, a promise is not. The first one is made when a line is decided for the first time. After it
there is another when the plan is later by more than the publication's `hysteresis_days`, names a day for the first time or no
longer any, or is earlier by `gain_days` or more. While no day is known, the one promised last still counts for decisions. The clock
alone is no news:

- a line whose units are all on hand, promised as such, ships as soon as it is released. That this day moves on while nobody
  releases it changes nothing for the promise;
- a line that waits for a delivery which is overdue has a guessed day. The guess moves on each day; it is told, and told anew
  when the day that was told has come and the delivery has not. If it must wait longer for others that ship with it, that is news.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from backorder.allocation.facts.snapshot import Facts
from backorder.allocation.moves import REASONS
from backorder.allocation.policies.terms import Terms
from backorder.columns import write_columns
from backorder.engine.allocation.plan import Plan
from backorder.engine.allocation.seating.days import available_days, ship_days
from backorder.engine.allocation.snapshot import NEVER
from backorder.outbox.models import Entry

LAST = """
SELECT DISTINCT ON (line_id) line_id, promised_on - date '1970-01-01', evidence
FROM allocation_promise WHERE line_id = ANY(%(lines)s::bigint[]) ORDER BY line_id, id DESC
"""
PROMISE = f"""
INSERT INTO allocation_promise (line_id, promised_on, reason, evidence, entry_id)
SELECT line, date '1970-01-01' + nullif(promised_on, {NEVER})::int, (%(reasons)s::text[])[reason + 1], evidence::jsonb,
    %(entry)s
FROM {{rows}} ORDER BY line
"""  # noqa: S608 - names of columns and numbers, written here
UNITS = ("on_hand", "inbound", "unallocated")


@dataclass(frozen=True)
class Known:
    """The promise in force of a line."""

    day: int  # NEVER: no day could be named
    inbound_lines: list[int]
    overdue: bool


@dataclass(frozen=True)
class Stands:
    """On what the plan of a line stands."""

    day: int
    inbound_lines: list[int]
    overdue: bool  # one of them should have come before today, and the line waits for nothing else
    at_once: bool  # all units are on hand and wait for nothing
    units: dict[str, int]  # on hand, inbound, without supply


@dataclass(frozen=True)
class Ledger:
    """The promises as far as a decision looks at them; each is read once, however often the decision is made again."""

    facts: Facts
    terms: Terms
    known: dict[int, Known | None] = field(default_factory=dict)  # by id of the line; none: nothing promised

    def __post_init__(self) -> None:
        """Know that nothing is promised yet for the lines of an order that is written now."""
        new = self.facts.lines[len(self.facts.lines) - self.facts.newcomers :]
        self.known.update(dict.fromkeys(new.tolist()))

    def look_up(self, lines: NDArray[np.int64]) -> Mapping[int, Known | None]:
        """Know the promises in force of these lines."""
        if new := [line for line in lines.tolist() if line not in self.known]:
            self.known.update({**dict.fromkeys(new), **read_known(new)})
        return self.known


def write_promises(ledger: Ledger, plan: Plan, entry: Entry) -> int:
    """Promise the days that are news; gives how many."""
    rows, evidence = find_news(ledger, plan)
    if len(rows):
        columns: dict[str, Any] = {
            "line": ledger.facts.lines[rows],
            "promised_on": plan.lines.promised_on[rows].astype(np.int64),
            "reason": plan.lines.reason[rows].astype(np.int64),
            "evidence": evidence,
        }
        write_columns(PROMISE, columns, {"entry": entry.pk, "reasons": REASONS})
    return len(rows)


def name_promises(ledger: Ledger, plan: Plan) -> NDArray[np.int64]:
    """Name the promise in force of each line once a plan is. Where no day is known any more, the one promised last counts."""
    promised: NDArray[np.int64] = ledger.facts.snapshot.lines.promised_on.astype(np.int64)
    rows, _ = find_news(ledger, plan)
    rows = rows[plan.lines.promised_on[rows] < NEVER]
    promised[rows] = plan.lines.promised_on[rows]
    return promised


def find_news(ledger: Ledger, plan: Plan) -> tuple[NDArray[np.int64], list[str]]:
    """Find the lines to which a day is promised anew, and what each promise stands on."""
    facts, terms = ledger.facts, ledger.terms
    day, told = plan.lines.promised_on, facts.told_on
    gain = NEVER if terms.gain_days is None else terms.gain_days
    differs = (told == NEVER) | (day > told) | (told - day >= gain)
    rows = np.flatnonzero(facts.inside & differs)
    if len(rows) == 0:
        return rows, []
    known, stands = ledger.look_up(facts.lines[rows]), find_stands(facts, plan, rows, terms)
    told_today = [
        is_news(known.get(line), stand, facts.snapshot.as_of, terms)
        for line, stand in zip(facts.lines[rows].tolist(), stands, strict=True)
    ]
    evidence = [
        json.dumps(
            {
                "inbound_lines": stand.inbound_lines,
                "units": stand.units,
                **({"overdue": True} if stand.overdue else {}),
            }
        )
        for stand, told_now in zip(stands, told_today, strict=True)
        if told_now
    ]
    return rows[np.array(told_today, bool)], evidence


def is_news(known: Known | None, stands: Stands, today: int, terms: Terms) -> bool:
    """Tell whether the customer is told another day."""
    if known is None or NEVER in (known.day, stands.day):
        return known is None or known.day != stands.day
    if stands.day <= known.day:
        return terms.gain_days is not None and known.day - stands.day >= terms.gain_days
    if stands.day - known.day <= terms.hysteresis_days:
        return False
    same = known.inbound_lines == stands.inbound_lines
    if same and stands.at_once:
        return False
    return not (same and known.overdue and stands.overdue and today < known.day)


def read_known(lines: Sequence[int]) -> dict[int, Known]:
    """Read the promise in force of each line that has one."""
    with connection.cursor() as cursor:
        cursor.execute(LAST, {"lines": list(lines)})
        rows = cursor.fetchall()
    found = {}
    for line, day, text in rows:
        evidence = json.loads(text) if isinstance(text, str) else text
        found[line] = Known(
            NEVER if day is None else day,
            evidence.get("inbound_lines", []),
            evidence.get("overdue", False),
        )
    return found


def find_stands(facts: Facts, plan: Plan, rows: NDArray[np.int64], terms: Terms) -> list[Stands]:
    """Find on what the plan of these lines stands."""
    snapshot, lines, levels = facts.snapshot, plan.lines, len(facts.levels)
    supplies = snapshot.supplies
    asked = np.zeros(len(facts.lines), bool)
    asked[rows] = True
    pegs = plan.pegs.take(asked[plan.pegs.line])
    available, handling = available_days(snapshot, terms.policy), terms.policy.handling_days
    ready = ship_days(available[pegs.supply], supplies.location[pegs.supply], snapshot.closed, handling)
    at_once = lines.allocated_on_hand == snapshot.lines.quantity
    overdue = np.zeros(len(facts.lines), bool)
    overdue[
        pegs.line[supplies.inbound[pegs.supply] & (supplies.available_on[pegs.supply] < snapshot.as_of)]
    ] = True
    for alone in (at_once, overdue):
        alone[pegs.line[pegs.ships_on > ready]] = False  # it waits for others that ship with it
    inbound: dict[int, set[int]] = {}
    coming = pegs.take(pegs.supply >= levels)
    for row, supply in zip(coming.line.tolist(), coming.supply.tolist(), strict=True):
        inbound.setdefault(row, set()).add(int(facts.inbound[supply - levels]))
    columns = (rows, lines.promised_on[rows], overdue[rows], at_once[rows])
    units = (lines.allocated_on_hand[rows], lines.allocated_inbound[rows], lines.unallocated[rows])
    return [
        Stands(day, sorted(inbound.get(row, ())), late, now, dict(zip(UNITS, some, strict=True)))
        for row, day, late, now, *some in zip(
            *(column.tolist() for column in (*columns, *units)), strict=True
        )
    ]
