"""`backorder plan`, CSV to CSV, as a process ÷ a process in which polars reads the same files and writes the same outputs."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure.clock import read_arguments, report

HERE = Path(__file__).parent
PROGRAM = "from backorder.cli import main; main()"
TO_IPC = """
import sys, pathlib, polars
for path in pathlib.Path(sys.argv[1]).glob("*.csv"):
    polars.read_csv(path, infer_schema_length=10_000, try_parse_dates=True).write_ipc(pathlib.Path(sys.argv[2]) / f"{path.stem}.ipc")
"""


def run(arguments: list[str]) -> tuple[float, float, str]:
    """Run Python as a process of its own; gives seconds, peak memory in MB (of the operating system), and what it printed."""
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(HERE)},
    ) as process:
        assert process.stdout is not None
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(process.returncode)
    return time.perf_counter() - began, usage.ru_maxrss / 1024, printed


def main() -> None:
    """Measure."""
    given = read_arguments(__doc__ or "")
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        facts, tables, out, copied = (top / part for part in ("facts", "tables", "plan", "copied"))
        facts.mkdir()
        tables.mkdir()
        run(["-m", "measure.make_folder", str(facts), str(given.lines), str(given.seed)])
        plan = [
            "-c",
            PROGRAM,
            "plan",
            str(facts),
            "--out",
            str(out),
            "--as-of",
            "2026-11-24",
            "--quiet",
            "--force",
        ]
        copy = ["-m", "measure.read_and_write", str(facts), str(tables), str(copied)]
        run(plan)
        run(["-c", TO_IPC, str(out), str(tables)])
        seconds, floors, memory = [], [], 0.0
        for _ in range(given.runs):
            shutil.rmtree(out)
            spent, peak, _ = run(plan)
            seconds.append(spent)
            memory = max(memory, peak)
            shutil.rmtree(copied, ignore_errors=True)
            spent, _, at_hand = run(copy)
            floors.append(spent - float(at_hand))
        ours, floor = statistics.median(seconds), statistics.median(floors)
        report(
            "plan_files",
            3,
            ratio=ours / floor,
            lines=given.lines,
            seconds=ours,
            floor_seconds=floor,
            memory_mb=memory,
            reach_memory_mb=1536,
        )


if __name__ == "__main__":
    main()
