"""How a long run is divided, and what it says where a law is broken."""

from __future__ import annotations

import pickle

from tests.simulation.broken import LawBrokenError
from tests.simulation.soak import Soak


def test_a_long_run_is_many_shops_each_with_its_own_seed() -> None:
    soak = Soak(seed=7, length=4500, life=2000, every=10, jobs=2)
    assert soak.list_shops() == [(7, 2000), (8, 2000), (9, 500)]


def test_a_broken_law_names_seed_and_step_in_whichever_process_it_was_found() -> None:
    error = pickle.loads(pickle.dumps(LawBrokenError("does not add up", 8, 431)))  # noqa: S301 - written here
    assert (str(error), error.seed, error.step) == ("seed 8, step 431: does not add up", 8, 431)
