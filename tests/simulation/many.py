"""Several operators at once, over connections of their own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

from django.db import connection

from tests.simulation.operator import BEGIN, Operator


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
                operator.step()
        finally:
            connection.close()
        return operator

    operators = [
        Operator(seed * 1000 + number, f"{letter}{number}", alone=False) for number in range(writers)
    ]
    for operator in operators:
        operator.now = begin
    with ThreadPoolExecutor(writers) as pool:
        return list(pool.map(work, operators))
