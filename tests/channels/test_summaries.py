"""Shortages, caps and figures as they are written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from backorder.cli import run
from tests.channels.shop import write_shop

ORDERS = """\
order,line,sku,quantity,ordered_at,requested_on,unit_price
1,1,LAMP,5,2026-11-20,2026-11-24,1.5
2,1,LAMP,4,2026-11-20,2026-12-12,0.000001
3,1,SET,3,2026-11-20,2026-11-30,100
"""
CURRENT = """\
order,line,sku,location,inbound,inbound_line,quantity,ships_on
1,1,LAMP,main,,,5,2026-11-24
"""


def plan(folder: Path, rules: str, **changed: str) -> tuple[int, Path]:
    shop = write_shop(
        folder / "shop", orders=ORDERS, calendar=None, locations=None, current=CURRENT, **changed
    )
    (folder / "rules.toml").write_text(rules, "utf-8")
    options = ["--policy", str(folder / "rules.toml"), "--as-of", "2026-11-24", "--quiet"]
    return run(["plan", str(shop), "--out", str(folder / "plan"), *options]), folder / "plan"


def test_units_in_time_count_kits_by_their_parts(tmp_path: Path) -> None:
    code, out = plan(tmp_path, "")
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert code == 0
    assert summary["units"] == {
        "asked": 12,
        "in_time": 10,
        "late": 1,
        "on_hand": 4,
        "inbound": 7,
        "unallocated": 1,
    }
    assert summary["fill_rate"] == {"unit": 0.833333, "line": 0.333333, "order": 0.333333, "value": 0.669919}


def test_a_cap_that_is_passed_is_an_exception_and_exit_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = plan(tmp_path, "[promises]\nmax_lines_worsened = 0\n")
    assert code == 3
    assert capsys.readouterr().err == "look at exceptions.csv: a cap on changes is passed\n"
    rows = (out / "exceptions.csv").read_text("utf-8").splitlines()
    assert rows == ["order,line,strategy,wanted,got,reason", ",,max_lines_worsened,0,1,CHURN_CAP"]


def test_exceptions_are_signalled_only_if_the_policy_asks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rush = '[[segment]]\nname = "rush"\nwhere = { order = ["1"] }\nstrategy = "win"\n'
    assert plan(tmp_path, rush)[0] == 0
    (tmp_path / "other").mkdir()
    code, out = plan(tmp_path / "other", "signal_exceptions = true\n" + rush)
    assert code == 3
    assert capsys.readouterr().err == "look at exceptions.csv: 1 line misses what the strategy promises\n"
    rows = (out / "exceptions.csv").read_text("utf-8").splitlines()
    assert rows == ["order,line,strategy,wanted,got,reason", "1,1,win,5,4,INBOUND"]


def test_shortages_are_valued_to_the_last_decimal(tmp_path: Path) -> None:
    _, out = plan(tmp_path, "", inbound="inbound,line,sku,location,quantity,expected_on\n")
    rows = (out / "shortages.csv").read_text("utf-8").splitlines()
    assert rows[0] == "sku,location,units,lines,first_requested_on,value"
    assert rows[-1] == "LAMP,,5,2,2026-11-24,1.500004"
