"""A random operator: the same steps for the same seed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from random import Random
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

from backorder.allocation.services import pass_day
from backorder.catalog.models import Item, Location
from backorder.faults import FaultyInputError
from backorder.outbox.services import Cause
from tests.simulation.broken import LawBrokenError
from tests.simulation.checks import Ledger

Row = TypeVar("Row", bound=Model)
MANY_OPEN = 60
"""With more open lines than this the operator rather ships and cancels."""
BEGIN = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
STAND = "SELECT (SELECT coalesce(max(id), 0) FROM outbox_entry), (SELECT count(*) FROM orders_line WHERE quantity_open > 0)"
LONG_KNOWN: tuple[type[Model], ...] = (Item, Location)
"""Nobody adds any of these: each is read once."""


class NothingError(Exception):
    """There is nothing that a step could be about."""


class Operator:
    """Does one thing after another."""

    def __init__(self, seed: int, name: str = "operator", *, alone: bool = True) -> None:
        """Begin at noon of a fixed day. Not `alone`: others write too, and what is refused cannot be seen to change nothing."""
        self.chance, self.name, self.seed, self.alone = Random(seed), name, seed, alone  # noqa: S311 - the same steps each time
        self.now, self.number = BEGIN, 0
        self.done, self.refused = Counter[str](), Counter[str]()
        self.last, self.open_lines = read_stand()
        self.ledger = Ledger(seed)
        self.known: dict[type[Model], list[Any]] = {}
        self.restart: Callable[[], None] = reconnect
        self.kill: Callable[[str, int], object] | None = None
        self.count: Callable[[], None] = lambda: None

    def run(self, length: int, every: int) -> None:
        """Do so many things, and look at all laws now and then and at the end. Raises LawBrokenError, naming seed and step."""
        for number in range(1, length + 1):
            self.step()
            self.count()
            if number % every == 0 or number == length:
                self.check()

    def check(self) -> None:
        """Look at all laws. Raises LawBrokenError."""
        self.look(lambda: self.ledger.check(self.cause("to see whether anything moves")))

    def look(self, check: Callable[[], object]) -> None:
        """Look at laws. Raises LawBrokenError, naming seed and step."""
        try:
            check()
        except Exception as error:
            what = error.what if isinstance(error, LawBrokenError) else f"{type(error).__name__}: {error}"
            raise self.broken(what) from error

    def step(self) -> None:
        """Do one thing, and look at what it touched. A refusal of ours is no failure, and writes nothing. Raises LawBrokenError."""
        from tests.simulation.steps import STEPS  # noqa: PLC0415 - steps know the operator

        self.number += 1
        self.pass_time(dt.timedelta(minutes=self.chance.choice((1, 5, 5, 30, 30, 60, 300))))
        crowded = self.open_lines > MANY_OPEN
        step = self.chance.choices(STEPS, [one.weight * (one.drains if crowded else 1) for one in STEPS])[0]
        refusal = self.attempt(step.name, step.act)
        before, (self.last, self.open_lines) = self.last, read_stand()
        if not self.alone or self.last == before:
            return
        if refusal is not None:
            what = f"{step.name} was refused and wrote: {refusal}"
            raise self.broken(what)
        self.look(lambda: self.ledger.check_touched(before))

    def attempt(self, name: str, act: Callable[[Operator], None]) -> Exception | None:
        """Try to do a thing; gives what it was refused with. Raises LawBrokenError for any other failure."""
        try:
            act(self)
        except NothingError as error:
            self.refused["nothing to do"] += 1
            return error
        except LawBrokenError:
            raise
        except Exception as error:
            if not is_refusal(error):
                what = f"{name} failed with {type(error).__name__}: {error}"
                raise self.broken(what) from error
            self.refused[name] += 1
            return error
        self.done[name] += 1
        return None

    def pass_time(self, time: dt.timedelta) -> None:
        """Let time go by. Of four new days three are decided before anything else happens on them."""
        before = self.cause().day
        self.now += time
        if self.cause().day != before and self.chance.random() < 3 / 4:
            self.look(lambda: pass_day(self.cause()))
            self.last, self.open_lines = read_stand()

    def follow(self, others: Iterable[Operator]) -> None:
        """Take over what others did, and go on after the last of them."""
        for other in others:
            self.done += other.done
            self.refused += other.refused
            self.number += other.number
            self.now = max(self.now, other.now)

    def broken(self, what: str) -> LawBrokenError:
        """Say what is broken, in which shop and at which step."""
        return LawBrokenError(what, self.seed, self.number)

    def cause(self, why: str = "") -> Cause:
        """Name who acts now."""
        return Cause(self.name, self.now, why)

    def key(self, prefix: str) -> str:
        """Make a number that nobody else makes."""
        return f"{prefix}-{self.name}-{self.number}"

    def day(self, most: int = 20) -> dt.date:
        """Choose a day from today on."""
        return self.cause().day + dt.timedelta(days=self.chance.randint(0, most))

    def units(self, most: int = 12) -> int:
        """Choose how many, small numbers more often."""
        return min(self.chance.randint(1, most), self.chance.randint(1, most))

    def pick(self, rows: QuerySet[Row]) -> Row:
        """Choose a row. Raises NothingError."""
        if rows.model in LONG_KNOWN:
            if rows.model not in self.known:
                self.known[rows.model] = list(rows.order_by("pk"))
            chosen: Row = self.chance.choice(self.known[rows.model])
            return chosen
        keys = list(rows.order_by("pk").values_list("pk", flat=True))
        found = rows.filter(pk=self.chance.choice(keys)).first() if keys else None
        if found is None:  # another operator was faster
            raise NothingError
        return found


def reconnect() -> None:
    """Close the connection of this thread; the next statement opens another."""
    connection.close()


def is_refusal(error: Exception) -> bool:
    """Tell whether the program says no: a ValueError of its own, and not that input cannot be read."""
    ours = type(error).__module__.startswith("backorder.") and "engine" not in type(error).__module__
    return isinstance(error, ValueError) and ours and not isinstance(error, FaultyInputError)


def read_stand() -> tuple[int, int]:
    """Read the number of the last entry of the journal, and how many lines are open."""
    with connection.cursor() as cursor:
        cursor.execute(STAND)
        last, open_lines = cursor.fetchall()[0]
    return last, open_lines
