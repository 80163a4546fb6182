"""A random operator: the same steps for the same seed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from random import Random
from typing import TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

from backorder.faults import FaultyInputError
from backorder.orders.models import Line
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause
from tests.simulation.checks import LawBrokenError, Ledger

Row = TypeVar("Row", bound=Model)
MANY_OPEN = 60
"""With more open lines than this the operator rather ships and cancels."""
BEGIN = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


class NothingError(Exception):
    """There is nothing that a step could be about."""


class Operator:
    """Does one thing after another."""

    def __init__(self, seed: int, name: str = "operator", *, alone: bool = True) -> None:
        """Begin at noon of a fixed day. Not `alone`: others write too, and what is refused cannot be seen to change nothing."""
        self.chance, self.name, self.seed, self.alone = Random(seed), name, seed, alone  # noqa: S311 - the same steps each time
        self.now, self.number = BEGIN, 0
        self.done, self.refused = Counter[str](), Counter[str]()
        self.ledger = Ledger()
        self.restart: Callable[[], None] = connection.close

    def run(self, length: int, every: int) -> None:
        """Do so many things, and look at the laws now and then and at the end. Raises LawBrokenError, naming seed and step."""
        for number in range(1, length + 1):
            self.step()
            if number % every == 0 or number == length:
                self.check()

    def check(self) -> None:
        """Look at the laws. Raises LawBrokenError."""
        try:
            self.ledger.check(self.chance, self.cause("to see whether anything moves"))
        except Exception as error:
            message = f"{self.about()}: {error}"
            raise LawBrokenError(message) from error

    def step(self) -> None:
        """Do one thing. Only a refusal of ours is no failure, and changes nothing. Raises LawBrokenError."""
        from tests.simulation.steps import STEPS  # noqa: PLC0415 - steps know the operator

        self.number += 1
        self.now += dt.timedelta(minutes=self.chance.choice((1, 5, 30, 30, 60, 600)))
        crowded = Line.objects.filter(quantity_open__gt=0).count() > MANY_OPEN
        step = self.chance.choices(STEPS, [one.weight * (one.drains if crowded else 1) for one in STEPS])[0]
        before = count_entries() if self.alone else 0
        try:
            step.act(self)
        except NothingError:
            self.refused["nothing to do"] += 1
        except Exception as error:
            if not is_refusal(error):
                message = f"{self.about()}: {step.name} failed with {type(error).__name__}: {error}"
                raise LawBrokenError(message) from error
            self.refused[step.name] += 1
            if self.alone and count_entries() != before:
                message = f"{self.about()}: {step.name} was refused and wrote: {error}"
                raise LawBrokenError(message) from error
        else:
            self.done[step.name] += 1

    def follow(self, others: Iterable[Operator]) -> None:
        """Take over what others did, and go on after the last of them."""
        for other in others:
            self.done += other.done
            self.refused += other.refused
            self.number += other.number
            self.now = max(self.now, other.now)

    def about(self) -> str:
        """Name seed and step."""
        return f"seed {self.seed}, step {self.number}"

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
        keys = list(rows.order_by("pk").values_list("pk", flat=True))
        found = rows.filter(pk=self.chance.choice(keys)).first() if keys else None
        if found is None:  # another operator was faster
            raise NothingError
        return found


def is_refusal(error: Exception) -> bool:
    """Tell whether the program says no: a ValueError of its own, and not that input cannot be read."""
    ours = type(error).__module__.startswith("backorder.") and "engine" not in type(error).__module__
    return isinstance(error, ValueError) and ours and not isinstance(error, FaultyInputError)


def count_entries() -> int:
    """Number the last entry of the journal."""
    return Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
