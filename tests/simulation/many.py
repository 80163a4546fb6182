"""Several operators at once, over connections of their own."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

from django.db import connection

from tests.simulation.operator import BEGIN, Operator

APART = timedelta(days=2)
"""The clocks of those who work in one shop go alike: a day that is far from all clocks is not taken for one that was decided."""


def keep_near(operator: Operator, others: set[Operator]) -> None:
    """Set a clock that is behind; whoever is far ahead waits for the one who is last, who never waits."""
    while operator.now > min(other.now for other in [*others, operator]) + 2 * APART:
        time.sleep(0.01)
    operator.now = max(operator.now, max(other.now for other in [*others, operator]) - APART)


def run_side_by_side(
    seed: int, writers: int, goes_on: Callable[[Operator], bool], letter: str = "w", begin: datetime = BEGIN
) -> list[Operator]:
    """Let so many operators, named by a letter, work in one shop, each as long as it goes on; gives them. Raises LawBrokenError.

    What one is refused because another was faster is a refusal like others; that two wait for one another in a circle is a failure.
    """
    barrier = Barrier(writers)

    def work(operator: Operator) -> Operator:
        try:
            barrier.wait()
            while goes_on(operator):
                keep_near(operator, at_work)
                operator.step()
        finally:
            at_work.discard(operator)
            connection.close()
        return operator

    operators = [
        Operator(seed * 1000 + number, f"{letter}{number}", alone=False) for number in range(writers)
    ]
    at_work = set(operators)
    for operator in operators:
        operator.now = begin
    with ThreadPoolExecutor(writers) as pool:
        return list(pool.map(work, operators))
