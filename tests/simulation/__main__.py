"""The operator at length, on its own server, stopped as by a power cut: `python -m tests.simulation --seed 7 --length 20000`.

With `--writers 16 --seconds 60` so many operators work at once instead, for so long.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from backorder import postgres
from backorder.cli.database import open_database
from backorder.postgres.programs import find_user, run


def main() -> None:
    """Open a shop in a new database, run it, and say what was done. Ends with 1 and the seed if a law is broken."""
    ask = argparse.ArgumentParser(prog="python -m tests.simulation")
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--length", type=int, default=20_000)
    ask.add_argument("--every", type=int, default=50)
    ask.add_argument("--writers", type=int, default=1)
    ask.add_argument("--seconds", type=int, default=60, help="how long several writers work")
    asked = ask.parse_args()
    os.environ.pop("DATABASE_URL", None)  # the server is our own, or it could not be stopped
    folder = Path(tempfile.mkdtemp(prefix="backorder-simulation-"))
    folder.chmod(0o755)  # root's server runs as another user, who must come to it
    try:
        open_database(folder / "data")
        operate(folder / "data", asked)
    finally:
        postgres.start(folder / "data").stop()
        shutil.rmtree(folder)


def operate(data: Path, asked: argparse.Namespace) -> None:
    """Run the operator, and stop the server at once whenever it restarts."""
    from django.db import connection  # noqa: PLC0415 - needs the settings

    from tests.simulation.many import run_side_by_side  # noqa: PLC0415
    from tests.simulation.operator import Operator  # noqa: PLC0415
    from tests.simulation.shop import open_shop  # noqa: PLC0415

    def cut_power() -> None:
        connection.close()
        run("pg_ctl", "-D", ".", "-m", "immediate", "-w", "stop", folder=data, user=find_user(data))
        postgres.start(data)

    open_shop()
    operator = Operator(asked.seed)
    operator.restart = cut_power
    begin = time.monotonic()
    try:
        if asked.writers > 1:
            end = begin + asked.seconds
            operators = run_side_by_side(asked.seed, asked.writers, lambda _: time.monotonic() < end)
            operator.follow(operators)
            operator.check()
        else:
            operator.run(asked.length, asked.every)
    except AssertionError as error:
        sys.exit(
            f"FAIL  {error}; again: python -m tests.simulation {' '.join(sys.argv[1:])} --seed {asked.seed}"
        )
    finally:
        took = (time.monotonic() - begin) / max(operator.number, 1) * 1000
        print(f"seed {asked.seed}: {operator.number} steps, {took:.0f} ms each")  # noqa: T201 - what one runs it for
        print("done", dict(operator.done.most_common()))  # noqa: T201 - as above
        print("refused", dict(operator.refused.most_common()))  # noqa: T201 - as above


if __name__ == "__main__":
    main()
