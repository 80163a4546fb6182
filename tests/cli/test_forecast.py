"""`backorder forecast` as one types it: what it writes, what it says, and what it refuses; strangers' files."""

from __future__ import annotations

import csv
import json
import random
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from backorder.cli import run

HEADER = "sku,period,quantity\n"
Rows = list[tuple[str, date, int]]


def make_rows(items: int, periods: int, days: int = 7) -> Rows:
    """Draw a history of items that are asked for now and then."""
    chance = random.Random(1)  # noqa: S311 - facts of a test
    first = date(2024, 1, 1)
    return [
        (f"{item}", first + timedelta(days=days * period), chance.choice([0, 0, 1, 2, 5]))
        for item in range(items)
        for period in range(periods)
    ]


def write(path: Path, rows: Rows | str) -> Path:
    """Write a history."""
    text = rows if isinstance(rows, str) else "".join(f"{sku},{day},{units}\n" for sku, day, units in rows)
    path.write_text(HEADER + text, "utf-8")
    return path


def forecast(source: Path, out: Path, *flags: str) -> list[dict[str, str]]:
    """Forecast; gives the rows."""
    assert run(["forecast", str(source), "--horizon", "2", "--out", str(out), "--quiet", *flags]) == 0
    with out.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_forecast_is_a_row_for_each_item_and_period_to_come(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"{sku},2026-{month:02}-01,7\n" for sku in ("LAMP", "10", "9") for month in range(1, 9))
    out = tmp_path / "forecast.csv"
    source = write(tmp_path / "history.csv", rows)
    assert run(["forecast", str(source), "--horizon", "2", "--out", str(out), "--quantiles", "0.95,.5"]) == 0
    assert out.read_text("utf-8").splitlines()[:3] == [
        "sku,step,period,mean,q.5,q0.95",
        "9,1,2026-09-01,7,7,7",
        "9,2,2026-10-01,7,7,7",
    ]
    found = out.read_text("utf-8").splitlines()[1:]
    assert [line.split(",")[0] for line in found] == ["9", "9", "10", "10", "LAMP", "LAMP"]
    told = capsys.readouterr()
    assert told.out.splitlines()[0].split() == ["demand", "items", "mean", "by", "spread", "by"]
    assert told.out.splitlines()[1].split()[:2] == ["smooth", "3"]
    assert told.out.splitlines()[-1] == f"Written to {out}"
    assert told.err.splitlines() == [
        "reading history.csv",
        "learning from 24 periods of 3 items",
        "writing forecast.csv",
        "history.csv: 8 months from 2026-01-01 to 2026-08-01",
    ]


def test_json_says_what_was_chosen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write(tmp_path / "history.csv", make_rows(30, 40))
    forecast(source, tmp_path / "out.csv", "--json")
    told = json.loads(capsys.readouterr().out)
    assert {
        key: told[key] for key in ("items", "periods", "period", "last_period", "horizon", "quantiles")
    } == {
        "items": 30,
        "periods": 1200,
        "period": "week",
        "last_period": "2024-09-30",
        "horizon": 2,
        "quantiles": [f"0.{tenth}" for tenth in range(1, 10)],
    }
    assert sum(row["items"] for row in told["classes"]) == 30
    assert all(set(row) == {"class", "items", "point", "shape"} for row in told["classes"])
    assert told["judged"] == 30 * 24
    assert set(told["versions"]) == {"backorder", "python", "numba", "numpy", "polars"}


def test_the_same_facts_give_the_same_bytes_whatever_the_order_and_the_format(tmp_path: Path) -> None:
    rows = make_rows(60, 30)
    frame = pl.DataFrame(rows, ["sku", "period", "quantity"], orient="row")
    other = frame.sample(fraction=1, shuffle=True, seed=2).select("quantity", "period", "sku")
    frame.write_csv(tmp_path / "a.csv")
    other.write_csv(tmp_path / "b.csv")
    other.write_parquet(tmp_path / "c.parquet")
    other.write_excel(tmp_path / "d.xlsx")
    written = []
    for name in ("a.csv", "b.csv", "c.parquet", "d.xlsx"):
        forecast(tmp_path / name, tmp_path / "out.csv", "--force")
        written.append((tmp_path / "out.csv").read_bytes())
    assert written == [written[0]] * 4
    assert b"e-" not in written[0]
    flags = ["--horizon", "2", "--quiet", "--out"]
    assert run(["forecast", str(tmp_path / "a.csv"), *flags, str(tmp_path / "out.parquet")]) == 0
    read = pl.read_csv(tmp_path / "out.csv", try_parse_dates=True, schema_overrides={"sku": pl.String})
    assert pl.read_parquet(tmp_path / "out.parquet").equals(read.cast(dict.fromkeys(read.columns[3:], float)))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("A,2026-01-01,0\n", "1 item was never asked for: it takes 0"),
        ("A,2026-01-01,0\nA,2026-02-01,0\nB,2026-01-01,0\n", "2 items were never asked for: they take 0"),
        ("A,2026-01-01,5\n", "1 month from 2026-01-01 to 2026-01-01"),
        ("A,2026-01-07,5\n", "1 day from 2026-01-07 to 2026-01-07"),
        ("A,2026-01-01,-5\nA,2026-02-01,-2\n", "2 rows have a quantity below 0"),
        ("A,2199-01-01,5\nA,2199-01-08,5\n", "2 weeks from 2199-01-01 to 2199-01-08"),
        ("A,2026-01-01,5\nA,2026-11-01,1\n", "5 of 6 months"),
        (f"A,2026-01-01,{2**52}\nA,2026-02-01,{2**51}\n", "2 months"),
        ("", "has no row, so there is nothing to forecast"),
    ],
)
def test_a_strangers_file_works_and_says_how_it_was_understood(
    tmp_path: Path, rows: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if told == "5 of 6 months":
        rows, told = "A,2026-01-01,5\nA,2026-02-01,5\nA,2026-11-01,1\n", "8 of 11 have no row and count as 0"
    found = forecast(write(tmp_path / "history.csv", rows), tmp_path / "out.csv")
    assert told in capsys.readouterr().err
    skus = {line.partition(",")[0] for line in rows.splitlines()}
    assert len(found) == 2 * len(skus)
    for row in found:
        figures = [float(value) for name, value in row.items() if name.startswith("q")]
        assert figures == sorted(figures)
        assert all(0 <= figure < 2**60 for figure in [float(row["mean"]), *figures])


@pytest.mark.parametrize(("days", "name"), [(1, "days"), (7, "weeks")])
def test_days_and_weeks_are_forecast(
    tmp_path: Path, days: int, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = forecast(write(tmp_path / "history.csv", make_rows(5, 30, days)), tmp_path / "out.csv")
    last = date(2024, 1, 1) + timedelta(days=29 * days)
    assert f"30 {name} from 2024-01-01 to {last}" in capsys.readouterr().err
    assert [row["period"] for row in found[:2]] == [
        f"{last + timedelta(days=step * days)}" for step in (1, 2)
    ]


def test_ten_thousand_items_are_forecast(tmp_path: Path) -> None:
    found = forecast(write(tmp_path / "history.csv", make_rows(10_000, 12)), tmp_path / "out.csv")
    assert len(found) == 20_000
    assert [row["sku"] for row in found[::2]] == [f"{item}" for item in range(10_000)]


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (
            ["--quantiles", "0.5,1"],
            "'1' is not a number above 0 and below 1, like 0.95, with at most six decimals",
        ),
        (["--quantiles", "0"], "'0' is not a number above 0 and below 1"),
        (["--quantiles", "0.5,"], "'' is not a number above 0 and below 1"),
        (["--quantiles", "1e-3"], "'1e-3' is not a number above 0 and below 1"),
        (["--quantiles", "0.5,.50"], ".50 is there twice"),
        (["--horizon", "0"], "Input should be greater than or equal to 1"),
        (
            ["--horizon", "9999"],
            "--horizon: 9,999 months after 2026-02-01, the last of history.csv, end after 2200",
        ),
        (["--out", "out.txt"], "--out: out.txt must end in .csv or .parquet"),
        (["--out", "history.csv"], "--out: history.csv is the input file"),
        (["--out", "there.csv"], "--out: there.csv is there already; --force replaces it"),
        (["--out", "none/out.csv"], "--out: none/out.csv cannot be made: there is no folder"),
        (["--out", "folder.csv"], "--out: folder.csv is a folder"),
    ],
)
def test_flags_that_cannot_be_met_are_refused_and_write_nothing(
    tmp_path: Path,
    flags: list[str],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path("history.csv"), "A,2026-01-01,5\nA,2026-02-01,5\n")
    Path("there.csv").write_text("mine\n", "utf-8")
    Path("folder.csv").mkdir()
    before = sorted(Path().iterdir())
    given = ["--horizon", "2", "--out", "out.csv", "--quiet"]
    assert run(["forecast", "history.csv", *given, *flags]) == 2
    assert told in " ".join(capsys.readouterr().err.split())
    assert sorted(Path().iterdir()) == before
    assert Path("there.csv").read_text("utf-8") == "mine\n"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("none.csv", "none.csv: is missing\n"),
        ("history.txt", "history.txt: its name must end in .csv, .parquet, .xlsx\n"),
        ("bad.csv", "bad.csv:2: quantity: 'five' is not a whole number\n"),
        ("bad.parquet", "bad.parquet: is not a Parquet file that can be read\n"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(
    tmp_path: Path, name: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if name != "none.csv":
        write(tmp_path / name, "A,2026-01-01,five\n")
    arguments = ["--horizon", "2", "--out", str(tmp_path / "out.csv"), "--quiet"]
    assert run(["forecast", str(tmp_path / name), *arguments]) == 2
    assert capsys.readouterr().err == told
    assert not (tmp_path / "out.csv").exists()


def test_a_file_is_replaced_only_when_the_new_one_is_whole(tmp_path: Path) -> None:
    source = write(tmp_path / "history.csv", make_rows(3, 10))
    out = tmp_path / "out.csv"
    out.write_text("older\n", "utf-8")
    write(tmp_path / "bad.csv", "A,2026-01-01,five\n")
    flags = ["--horizon", "1", "--out", str(out), "--force", "--quiet"]
    assert run(["forecast", str(tmp_path / "bad.csv"), *flags]) == 2
    assert out.read_text("utf-8") == "older\n"
    assert run(["forecast", str(source), *flags]) == 0
    assert out.read_text("utf-8").startswith("sku,step,period,mean,q0.1,")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.csv", "history.csv", "out.csv"]
