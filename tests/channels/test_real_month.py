"""docs/howto/plan-a-real-month.md tells the figures of a real run, and keeps telling them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from backorder.cli import run
from tests.architecture import tree


def test_the_figures_of_the_real_month_are_those_of_a_run(
    real_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case, out = real_data / "cases" / "retail-2011-09", tmp_path / "month"
    if not case.is_dir():
        pytest.skip("BACKORDER_DATA holds no cases/retail-2011-09")
    assert run(["plan", str(case), "--as-of", "2011-10-01", "--out", str(out), "--verify"]) == 0
    table = capsys.readouterr().out.split("\n\n")[0].splitlines()[1:]
    told = (tree.ROOT / "docs" / "howto" / "plan-a-real-month.md").read_text("utf-8")
    for row in table:
        what, lines, units = row.rsplit(maxsplit=2)
        assert f"| {what.strip()} | {lines} | {units} |" in told
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    counts, reasons = summary["counts"], summary["lines_by_reason"]
    numbers = [*reasons.values(), summary["units"]["asked"], summary["units"]["in_time"]]
    numbers += [counts[name] for name in ("lines", "lines_in_time", "lines_late", "lines_short")]
    numbers += [counts[name] for name in ("pegs", "shortages")]
    assert [number for number in numbers if f"{number:,}" not in told] == []
    rates = {
        name: f"| `fill_rate.{name}` | {rate * 100:.1f} % |" for name, rate in summary["fill_rate"].items()
    }
    assert [name for name, row in rates.items() if row not in told] == []
    assert set(summary["laws"].values()) == {"held"}
