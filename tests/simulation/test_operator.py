"""Whatever a random operator does, the laws hold. Five seeds; `make soak` runs others, at length."""

from __future__ import annotations

import pytest

from tests.simulation.operator import Operator
from tests.simulation.shop import open_shop

LENGTH, EVERY = 200, 50


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(1, 6))
def test_random_steps_keep_the_laws(seed: int) -> None:
    open_shop()
    operator = Operator(seed)
    operator.run(LENGTH, EVERY)
    assert sum(operator.done.values()) > LENGTH // 2
