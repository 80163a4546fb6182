"""The operator at length: `python -m tests.simulation --seed 7 --length 20000` runs one shop after another, on every processor.

Each shop has a seed of its own, the next number after that of the one before, and lives for some thousand steps: so long runs do
not become slower, and what fails is found again in the shop of that seed alone. With `--writers 16 --seconds 60` so many operators
work at once in one shop instead, for so long. With `--messages 10000` so many promises change in one run, and everybody is told by
workers and a mail server that are killed on the way.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys

from tests.simulation.soak import Soak, run_messages, run_soak, run_writers

LIFE = 2000
"""Steps of a shop."""


def main() -> None:
    """Run, and say what was done. Ends with 1 if a law is broken, and says how to see it again."""
    ask = argparse.ArgumentParser(prog="python -m tests.simulation")
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--length", type=int, default=LIFE)
    ask.add_argument("--life", type=int, default=LIFE, help="steps of a shop")
    ask.add_argument("--every", type=int, default=10, help="look at everything after so many steps")
    ask.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="shops side by side")
    ask.add_argument("--writers", type=int, default=1)
    ask.add_argument("--seconds", type=int, default=60, help="how long several writers work")
    ask.add_argument("--messages", type=int, default=0, help="promises that change in one run")
    asked = ask.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # in order: servers too
    os.environ.pop("DATABASE_URL", None)  # the servers are our own, or they could not be killed
    if asked.messages:
        failed = run_messages(asked.seed, asked.messages)
        again = f"--seed {asked.seed} --messages {asked.messages}"
    elif asked.writers > 1:
        failed = run_writers(asked.seed, asked.writers, asked.seconds)
        again = f"--seed {asked.seed} --writers {asked.writers} --seconds {asked.seconds}"
    else:
        failed = run_soak(Soak(asked.seed, asked.length, asked.life, asked.every, asked.jobs))
        again = f"--seed {failed.seed} --length {failed.step} --every {asked.every}" if failed else ""
    if failed:
        sys.exit(f"FAIL  {failed}\nagain: python -m tests.simulation {again}")


if __name__ == "__main__":
    main()
