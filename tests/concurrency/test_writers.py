"""Sixteen writers at once in the shop of the random operator: nobody waits in a circle, and everything adds up."""

from __future__ import annotations

import pytest

from tests.simulation.many import run_side_by_side
from tests.simulation.operator import Operator
from tests.simulation.shop import open_shop

WRITERS, STEPS = 16, 20


@pytest.mark.django_db(transaction=True)
def test_sixteen_writers_neither_wait_in_a_circle_nor_break_a_law() -> None:
    open_shop()
    operators = run_side_by_side(1, WRITERS, lambda operator: operator.number < STEPS)
    auditor = Operator(1, "auditor")
    auditor.follow(operators)
    auditor.check()
    assert auditor.number == WRITERS * STEPS
    assert sum(auditor.done.values()) > WRITERS * STEPS // 4
