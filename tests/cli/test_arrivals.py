"""`backorder arrivals` as one types it, and docs/howto/know-when-a-purchase-arrives.md followed by hand."""

from __future__ import annotations

import json
import os
import re
import shlex
from pathlib import Path

import pytest

from backorder.cli import run
from tests.architecture import tree

PAGE = (tree.ROOT / "docs" / "howto" / "know-when-a-purchase-arrives.md").read_text("utf-8")
TABLES = re.findall(r"((?:^\|.*\n)+)", PAGE, re.MULTILINE)
AS_OF = ["--as-of", "2026-03-04"]


def to_csv(table: str) -> str:
    header, _, *rows = table.splitlines()
    return "".join(
        ",".join(cell.strip() for cell in row.removeprefix("|").removesuffix("|").split("|")) + "\n"
        for row in (header, *rows)
    )


@pytest.fixture
def purchases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "purchases.csv").write_text(to_csv(TABLES[0]), "utf-8")
    return tmp_path / "purchases.csv"


def test_the_page_works_when_followed(purchases: Path) -> None:
    commands = re.findall(r"^backorder (.+)$", PAGE, re.MULTILINE)
    assert [run(shlex.split(command)) for command in commands] == [0, 0]
    assert (purchases.parent / "arrivals.csv").read_text("utf-8") == to_csv(TABLES[1])
    rolling = (purchases.parent / "judged.csv").read_text("utf-8").splitlines()
    assert rolling[1] == "101,1,,,"
    assert len(rolling) == 7


def test_it_prints_how_many_lines_were_learned_from(
    purchases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["arrivals", str(purchases), *AS_OF, "--out", "out.csv"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "lines",
        "delivered    4",
        "open         2",
        "with a date  2",
        "without      0",
        "",
        "Written to out.csv",
    ]
    assert err.splitlines() == ["reading purchases.csv", "learning from 6 lines", "writing out.csv"]


def test_json_prints_the_summary(purchases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["arrivals", str(purchases), *AS_OF, "--out", "out.csv", "--json", "--quiet"]
    assert run([*command, "--quantiles", "0.95, .5"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert set(summary.pop("versions")) == {"backorder", "python", "numba", "numpy", "polars"}
    assert summary == {
        "as_of": "2026-03-04",
        "rolling": False,
        "quantiles": [".5", "0.95"],
        "lines": 6,
        "open": 2,
        "delivered": 4,
        "ordered_later": 0,
        "delivered_before_order": 0,
        "written": 2,
        "without_date": 0,
    }
    header = (purchases.parent / "out.csv").read_text("utf-8").splitlines()[0]
    assert header == "purchase,line,p50_on,p95_on"


@pytest.mark.parametrize(
    "levels", ["0", "1", "1.5", "-0.5", "half", "", "0.5,", "0.5,0.50", "nan", "0.1234567"]
)
def test_a_level_that_is_none_is_refused(
    levels: str, purchases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["arrivals", str(purchases), *AS_OF, "--out", "out.csv", f"--quantiles={levels}"]
    assert run(command) == 2
    told = capsys.readouterr().err
    assert "is not a number above 0 and below 1" in told or "0.50 is there twice" in told
    assert os.listdir(purchases.parent) == ["purchases.csv"]  # noqa: PTH208 - names alone


@pytest.mark.parametrize(
    ("source", "out", "told"),
    [
        ("purchases.csv", "purchases.csv", "--out: purchases.csv is the input file"),
        ("purchases.csv", "kept.csv", "--out: kept.csv is there already; --force replaces it"),
        ("purchases.csv", "out.xlsx", "--out: out.xlsx must end in .csv or .parquet"),
        (
            "purchases.csv",
            "none/out.csv",
            "--out: none/out.csv cannot be made: there is no folder {top}/none",
        ),
        ("purchases.txt", "out.csv", "purchases.txt: its name must end in .csv, .parquet, .xlsx"),
        ("other.csv", "out.csv", "other.csv: is missing"),
    ],
)
def test_files_that_will_not_do_are_told_and_nothing_changes(
    source: str, out: str, told: str, purchases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (purchases.parent / "kept.csv").write_text("kept\n", "utf-8")
    before = {path.name: path.read_bytes() for path in purchases.parent.iterdir()}
    assert run(["arrivals", source, *AS_OF, "--out", out]) == 2
    assert capsys.readouterr().err == told.format(top=purchases.parent) + "\n"
    assert {path.name: path.read_bytes() for path in purchases.parent.iterdir()} == before


def test_force_replaces_the_file_with_the_same_bytes_each_time(purchases: Path) -> None:
    command = ["arrivals", str(purchases), *AS_OF, "--out", "out.csv", "--force", "--quiet"]
    (purchases.parent / "out.csv").write_text("older\n", "utf-8")
    assert run(command) == 0
    first = (purchases.parent / "out.csv").read_bytes()
    assert first.startswith(b"purchase,line,p50_on")
    assert run(command) == 0
    assert (purchases.parent / "out.csv").read_bytes() == first


def test_the_example_of_the_help_works(purchases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["arrivals", "--help"]) == 0
    example = re.findall(r"^ +backorder (.+)$", capsys.readouterr().out, re.MULTILINE)
    assert [run(shlex.split(line)) for line in example] == [0]
    assert (purchases.parent / "arrivals.csv").is_file()
