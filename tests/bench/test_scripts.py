"""Runs every measure on a small shop: it prints lines of JSON that name their figure."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

SCRIPTS = sorted((ROOT / "bench").glob("*.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=[script.stem for script in SCRIPTS])
def test_a_measure_prints_its_figure_as_json(script: Path) -> None:
    command = [sys.executable, str(script), "--lines", "500", "--runs", "1"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout
    figures = [json.loads(line) for line in printed.splitlines()]
    assert figures
    assert all(figure.keys() & {"ratio", "p95_ms", "seconds", "skipped"} for figure in figures)
