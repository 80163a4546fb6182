"""What must hold after any step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from random import Random
from typing import Any

from django.db import connection

from backorder.allocation.models import Promise, Run
from backorder.allocation.runs import replay
from backorder.allocation.services import plan_all, preview
from backorder.fulfilment.selectors import find_differences
from backorder.outbox.services import Cause

STANDS_STILL = False
"""Whether deciding again is held to move no unit: it does not hold yet where a decision changes what the next one starts from."""
REPLAYED = 2
"""So many of the runs since the last look are made again."""
STRAY = """
SELECT l.id FROM orders_line l
LEFT JOIN LATERAL (SELECT promised_on FROM allocation_promise p
    WHERE p.line_id = l.id AND promised_on IS NOT NULL ORDER BY id LIMIT 1) first ON true
LEFT JOIN LATERAL (SELECT promised_on FROM allocation_promise p WHERE p.line_id = l.id ORDER BY id DESC LIMIT 1) last ON true
WHERE l.promised_on IS DISTINCT FROM last.promised_on OR l.first_promised_on IS DISTINCT FROM first.promised_on
"""
NEGATIVE = "SELECT id FROM supply_level WHERE least(on_hand, allocated, released, on_hand - allocated - released) < 0"


class LawBrokenError(AssertionError):
    """The shop does not add up; the text names seed and step."""


class Ledger:
    """What was seen at the last look: promises may only be added (law L4)."""

    def __init__(self) -> None:
        """Begin with none."""
        self.promises: dict[int, tuple[int, date | None, str, int]] = {}
        self.run = 0

    def check(self, chance: Random, cause: Cause) -> None:
        """Prove that everything adds up, was promised once, can be made again, and stands still. Raises LawBrokenError."""
        refuse(find_differences(), "does not add up")
        refuse(select(NEGATIVE), "levels are negative, or more is allocated of them than there is")
        refuse(select(STRAY), "lines do not show their first and last promise")
        self.check_promises()
        self.check_runs(chance)
        if STANDS_STILL:
            self.check_stillness(cause)

    def check_stillness(self, cause: Cause) -> None:
        """Prove that deciding again with no event moves no unit."""
        moves = preview(lambda: plan_all(cause)).moves
        refuse(
            [move for move in moves if stands(move.before) != stands(move.after)], "moved without an event"
        )

    def check_promises(self) -> None:
        """Prove that no promise was changed or lost."""
        rows = Promise.objects.order_by("pk").values_list(
            "id", "line_id", "promised_on", "reason", "entry_id"
        )
        now = {row[0]: row[1:] for row in rows}
        refuse(
            [number for number, told in self.promises.items() if now.get(number) != told],
            "promises were changed or lost",
        )
        self.promises = now

    def check_runs(self, chance: Random) -> None:
        """Make some runs again: each gives the plan that it gave (law L7)."""
        since = list(Run.objects.filter(pk__gt=self.run).order_by("pk"))
        chosen = chance.sample(since, min(REPLAYED, len(since)))
        refuse(
            [run.pk for run in chosen if replay(run) != run.plan_hash],
            "runs give another plan when made again",
        )
        self.run = since[-1].pk if since else self.run


def stands(stand: Mapping[str, Any] | None) -> list[Any] | None:
    """Take of how a line stands what it gets."""
    names = ("allocated_on_hand", "allocated_inbound", "unallocated")
    return None if stand is None else [stand[name] for name in names]


def select(query: str) -> list[int]:
    """Read the first column."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [row[0] for row in cursor.fetchall()]


def refuse(found: Sequence[object], what: str) -> None:
    """Raise LawBrokenError for anything that was found."""
    if found:
        message = f"{what}: {found[:3]}"
        raise LawBrokenError(message)
