"""Run `backorder plan` on the folder of a scenario, in process, as a planner would."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

from backorder.cli import run
from tests.scenarios.scenario import Scenario


def run_plan(scenario: Scenario, folder: Path, out: Path) -> tuple[int, str]:
    """Plan the folder with `--verify`; give the exit code and what was printed."""
    command = ["plan", str(folder), "--out", str(out), "--as-of", scenario.as_of, "--verify", "--quiet"]
    if scenario.policy:
        command += ["--policy", str(folder / "policy.toml")]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        exit_code = run(command)
    return exit_code, printed.getvalue()
