"""Run `backorder plan` on the folder of a scenario, in process, as a planner would."""

from __future__ import annotations

from pathlib import Path

from backorder.cli.app import app
from typer.testing import CliRunner

from tests.scenarios.scenario import Scenario


def run_plan(scenario: Scenario, folder: Path, out: Path) -> tuple[int, str]:
    """Plan the folder with `--verify`; give the exit code and what was printed."""
    command = ["plan", str(folder), "--out", str(out), "--as-of", scenario.as_of, "--verify", "--quiet"]
    if scenario.policy:
        command += ["--policy", str(folder / "policy.toml")]
    result = CliRunner().invoke(app, command)
    return result.exit_code, result.output
