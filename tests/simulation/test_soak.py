"""How a long run is divided, what it says where a law is broken, and what `make soak` runs."""

from __future__ import annotations

import os
import pickle
import re
import subprocess
import sys

from tests.architecture import tree
from tests.simulation.broken import LawBrokenError
from tests.simulation.soak import Soak

MAKEFILE = (tree.ROOT / "Makefile").read_text("utf-8")
COUNT = """
import tests.conftest, django
django.setup()
from tests.allocation import test_equal_to_full as events
from tests.fulfilment import test_equal_to_full as warehouse
print(events.SEQUENCES, warehouse.SEQUENCES)
"""


def test_a_long_run_is_many_shops_each_with_its_own_seed() -> None:
    soak = Soak(seed=7, length=4500, life=2000, every=10, jobs=2)
    assert soak.list_shops() == [(7, 2000), (8, 2000), (9, 500)]


def test_a_broken_law_names_seed_and_step_in_whichever_process_it_was_found() -> None:
    error = pickle.loads(pickle.dumps(LawBrokenError("does not add up", 8, 431)))  # noqa: S301 - written here
    assert (str(error), error.seed, error.step) == ("seed 8, step 431: does not add up", 8, 431)


def count_sequences(**profile: str) -> str:
    """Count the sequences of events that the tests of law L8 play, without and with a warehouse."""
    given = {name: text for name, text in os.environ.items() if name != "HYPOTHESIS_PROFILE"}
    command = [sys.executable, "-c", COUNT]
    ended = subprocess.run(
        command, check=True, capture_output=True, text=True, env=given | profile, cwd=tree.ROOT
    )
    return ended.stdout


def test_a_soak_plays_thousands_of_sequences_of_events_where_a_run_of_all_tests_plays_a_few() -> None:
    length = re.findall(r"^LENGTH \?= (\d+)$", MAKEFILE, re.MULTILINE)[0]
    assert count_sequences(HYPOTHESIS_PROFILE="soak", SOAK_EXAMPLES=str(int(length) // 10)) == "2000 1000\n"
    assert count_sequences() == "5 1\n"


def test_a_soak_lets_one_operator_work_at_length_and_16_at_once_and_tells_10000() -> None:
    assert re.findall(r"-m tests\.simulation (.+)$", MAKEFILE, re.MULTILINE) == [
        "--seed $(SEED) --length $(LENGTH)",
        "--seed $(SEED) --writers 16 --seconds 60",
        "--seed $(SEED) --messages 10000",
    ]
