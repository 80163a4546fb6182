"""Whatever a random operator does, the laws hold: 5,000 things in ten shops. `make soak` goes on with others, at length."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crash.killing import Program, start_program
from tests.simulation.operator import Operator
from tests.simulation.shop import open_shop

LENGTH, EVERY = 500, 10


@pytest.fixture
def program(transactional_db: None) -> Iterator[Program]:  # noqa: ARG001 - its database must be there
    """Start the program that is killed now and then."""
    with start_program() as running:
        yield running


@pytest.mark.parametrize("seed", range(1, 11))
def test_random_steps_keep_the_laws(seed: int, program: Program) -> None:
    open_shop()
    operator = Operator(seed)
    operator.kill = program.run
    operator.run(LENGTH, EVERY)
    assert sum(operator.done.values()) > LENGTH // 2
