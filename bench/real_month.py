"""`backorder plan --verify` on a month of real orders, if BACKORDER_DATA names the folder that holds it."""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from datetime import date
from pathlib import Path

from backorder.channels.files.services import Question, Target, plan_folder
from measure.clock import read_arguments, report, time_once

CASE = Path("cases") / "retail-2011-09"


def main() -> None:
    """Measure."""
    given = read_arguments(__doc__ or "")
    data = os.environ.get("BACKORDER_DATA")
    folder = Path(data or "") / CASE
    if not data or not folder.is_dir():
        sys.stdout.write(
            json.dumps({"figure": "real_month", "skipped": "BACKORDER_DATA names no folder of real data"})
            + "\n"
        )
        return
    question = Question(folder, None, date(2011, 10, 1))
    with tempfile.TemporaryDirectory() as top:
        target = Target(Path(top) / "plan", force=True)
        times = [
            time_once(lambda: plan_folder(question, target, lambda _: None, verify=True))
            for _ in range(given.runs + 1)
        ]
    report("real_month", reach=None, seconds=statistics.median(times[1:]), first_seconds=times[0])


if __name__ == "__main__":
    main()
