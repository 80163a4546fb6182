"""What must hold after any step: sums of what it touched at once; now and then, and at the end, everything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random

import numpy as np
from django.db import connection
from django.db.models import Max

from backorder.allocation.models import Allocation, Run
from backorder.allocation.moves import Move
from backorder.allocation.plan.apply import compare_standings
from backorder.allocation.plan.promises import find_news
from backorder.allocation.policies.publications import read_terms
from backorder.allocation.runs import Worked, replay
from backorder.allocation.services import is_decided, read_all, work_out
from backorder.catalog.selectors import list_ids
from backorder.fulfilment.selectors import find_differences
from backorder.outbox.services import Cause
from tests.simulation.broken import LawBrokenError
from tests.simulation.sums import find_broken

REPLAYED = 2
"""So many of the runs since the last look are made again."""
ADDED_ONLY = ("allocation_promise", "outbox_entry", "supply_movement", "supply_stockcount")
LAST = "SELECT coalesce(max(id), 0) FROM {}"
DIGEST = "SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM {} t WHERE id <= %s"
FIRST_DAY = date(1970, 1, 1)
"""That of the engine, which counts days from it."""


class Ledger:
    """What was seen at the last look: rows of some tables may only be added, promises among them (law L4)."""

    def __init__(self, seed: int) -> None:
        """Begin with none."""
        self.chance = Random(seed)  # noqa: S311 - the same runs each time
        self.seen = {table: (0, read(DIGEST.format(table), 0)) for table in ADDED_ONLY}
        self.run = 0

    def check_touched(self, since: int) -> None:
        """Prove the sums of all that entries of the journal after one are about (laws L1 to L4). Raises LawBrokenError."""
        refuse(find_broken(since), "does not add up")

    def check(self, cause: Cause) -> None:
        """Prove that everything adds up, was promised once, can be made again, and stands still. Raises LawBrokenError."""
        refuse(find_broken(0), "does not add up")
        refuse(find_differences(), "does not add up")
        self.check_added()
        self.check_runs()
        if is_whole(cause.day):
            refuse(find_restless(cause), "would be otherwise if everything were decided again")

    def check_added(self) -> None:
        """Prove that no row of what may only be added was changed or lost."""
        for table, (last, digest) in self.seen.items():
            refuse([table] if read(DIGEST.format(table), last) != digest else [], "rows were changed or lost")
            now = int(str(read(LAST.format(table))))
            self.seen[table] = now, read(DIGEST.format(table), now)

    def check_runs(self) -> None:
        """Make some runs again: each gives the plan that it gave (law L7)."""
        since = list(Run.objects.filter(pk__gt=self.run).order_by("pk"))
        chosen = self.chance.sample(since, min(REPLAYED, len(since)))
        refuse(
            [run.pk for run in chosen if replay(run) != run.plan_hash],
            "runs give another plan when made again",
        )
        self.run = since[-1].pk if since else self.run


def is_whole(day: date) -> bool:
    """Tell whether everything was decided for a day, or the last for which anything was: an event may come before its day does."""
    last = Run.objects.filter(in_force=True).aggregate(last=Max("as_of"))["last"]
    return is_decided(max(day, last or day))


def find_restless(cause: Cause) -> list[object]:
    """Decide everything again, without effect, and list what would be otherwise: nothing may (law L8)."""
    terms = read_terms()
    worked = work_out(read_all(list_ids(), cause.day, terms), terms, whole=True)
    told, _ = find_news(worked.ledger, worked.plan)
    return [
        *map(say_move, compare_standings(worked.facts, worked.plan)),
        *(f"line {line} is promised another day" for line in worked.facts.lines[told]),
        *sorted(set(list_allocations()) ^ set(list_pegs(worked))),
    ]


def list_allocations() -> list[tuple[int, ...]]:
    """List the plan in force: line, level, inbound line, day, units."""
    rows = Allocation.objects.values_list("line", "level", "inbound_line", "ships_on", "quantity")
    return [
        (line, level or 0, inbound or 0, (day - FIRST_DAY).days, units)
        for line, level, inbound, day, units in rows
    ]


def list_pegs(worked: Worked) -> list[tuple[int, ...]]:
    """List a plan in the same way."""
    facts, pegs, count = worked.facts, worked.plan.pegs, len(worked.facts.levels)
    levels = np.concatenate([facts.levels, np.zeros_like(facts.inbound)])[pegs.supply]
    inbound = np.concatenate([np.zeros(count, np.int64), facts.inbound])[pegs.supply]
    columns = (facts.lines[pegs.line], levels, inbound, pegs.ships_on, pegs.quantity)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def say_move(move: Move) -> str:
    """Say what of a line would be otherwise."""
    before, after = move.before or {}, move.after or {}
    names = sorted(name for name in before | after if before.get(name) != after.get(name))
    changes = ", ".join(f"{name} {before.get(name)} to {after.get(name)}" for name in names)
    return f"line {move.line}: {changes}"


def read(query: str, *values: int) -> object:
    """Read one value."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()[0][0]


def refuse(found: Sequence[object], what: str) -> None:
    """Raise LawBrokenError for anything that was found."""
    if found:
        message = f"{what}: {'; '.join(map(str, found[:3]))}"
        raise LawBrokenError(message)
