"""A file of purchase lines: its faults, a stranger's tables, and the same dates whatever the form or the order of the rows."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import xlsxwriter

from backorder.channels.files.arrivals import Wanted, name_column, predict_file
from backorder.cli import run

HEADER = "purchase,line,ordered_on,quoted_on,delivered_on,supplier\n"
TABLE = (
    HEADER
    + """\
101,1,2026-01-05,2026-01-20,2026-01-24,Oak
102,1,2026-01-08,2026-01-23,2026-01-23,Oak
103,1,2026-01-12,2026-01-27,2026-01-31,Oak
104,1,2026-01-15,2026-01-30,2026-02-11,Oak
105,10,2026-02-20,2026-03-06,,Oak
105,9,2026-02-21,,,Oak
9,1,2026-02-02,2026-02-27,,Oak
106,1,2026-03-09,2026-03-20,2026-03-25,Oak
"""
)
FOUND = """\
purchase,line,p50_on,p80_on,p90_on
9,1,2026-03-11,2026-03-11,2026-03-11
105,9,2026-03-12,2026-03-20,2026-03-20
105,10,2026-03-10,2026-03-18,2026-03-18
"""
NO_DATE = "is not a date like 2026-11-24"
AS_OF = date(2026, 3, 4)


def ask(folder: Path, text: str, *more: str, as_of: str = "2026-03-04") -> int:
    (folder / "purchases.csv").write_text(text, "utf-8")
    command = ["arrivals", str(folder / "purchases.csv"), "--out", str(folder / "out.csv"), "--as-of", as_of]
    return run([*command, "--quiet", *more])


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_each_open_line_has_a_day_for_each_chance_in_the_order_of_the_keys(tmp_path: Path) -> None:
    assert ask(tmp_path, TABLE) == 0
    assert (tmp_path / "out.csv").read_text("utf-8") == FOUND


def test_the_order_of_rows_and_columns_changes_nothing(tmp_path: Path) -> None:
    header, *rows = [line.split(",")[::-1] for line in TABLE.splitlines()]
    turned = "\n".join(",".join(row) for row in [header, *rows[::-1]]) + "\n"
    assert ask(tmp_path, turned) == 0
    assert (tmp_path / "out.csv").read_text("utf-8") == FOUND


def test_what_is_dated_later_is_not_known(tmp_path: Path) -> None:
    later = TABLE.replace("2026-03-06,,", "2026-03-06,2026-03-05,") + "107,1,2026-03-05,,2026-03-06,Oak\n"
    assert ask(tmp_path, later) == 0
    assert (tmp_path / "out.csv").read_text("utf-8") == FOUND


def test_parquet_and_workbook_say_the_same(tmp_path: Path) -> None:
    frame = pl.read_csv(TABLE.encode(), try_parse_dates=True)
    frame.write_parquet(tmp_path / "p.parquet")
    with xlsxwriter.Workbook(tmp_path / "p.xlsx", {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, frame.columns)
        for number, row in enumerate(frame.rows(), 1):
            sheet.write_row(number, 0, row)
    for name in ("p.parquet", "p.xlsx"):
        command = ["arrivals", str(tmp_path / name), "--as-of", "2026-03-04", "--quiet", "--force"]
        assert run([*command, "--out", str(tmp_path / "out.csv")]) == 0
        assert (tmp_path / "out.csv").read_text("utf-8") == FOUND
        assert run([*command, "--out", str(tmp_path / "out.parquet")]) == 0
        assert pl.read_parquet(tmp_path / "out.parquet")["p50_on"].to_list() == [
            date(2026, 3, 11),
            date(2026, 3, 12),
            date(2026, 3, 10),
        ]


def test_rolling_answers_every_line_as_of_its_order(tmp_path: Path) -> None:
    assert ask(tmp_path, TABLE, "--rolling", "--quantiles", "0.5") == 0
    found = {(row["purchase"], row["line"]): row["p50_on"] for row in read(tmp_path / "out.csv")}
    assert found == {
        ("9", "1"): "2026-03-03",
        ("101", "1"): "",
        ("102", "1"): "",
        ("103", "1"): "",
        ("104", "1"): "",
        ("105", "9"): "2026-03-12",
        ("105", "10"): "2026-03-10",
    }


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("1,1,2026-13-01,,,", ["2: ordered_on: '2026-13-01' names a day that does not exist"]),
        ("1,1,March 4,,,", [f"2: ordered_on: 'March 4' {NO_DATE}"]),
        (
            "1,1,04/03/2026,,soon,",
            [f"2: ordered_on: '04/03/2026' {NO_DATE}", f"2: delivered_on: 'soon' {NO_DATE}"],
        ),
        ("1,1,,,,Oak", ["2: ordered_on: is blank, and every row needs one"]),
        ("1,1,2026-01-05,2201-01-01,,", ["2: quoted_on: '2201-01-01' is after 2200"]),
        (
            "1,1,2026-01-05,,,\n1,1,2026-01-06,,,",
            ["3: purchase + line: 1, 1 is there already, in record 2"],
        ),
        ("1,1,2026-01-05,,,,,", ["2: has 8 fields, the header has 6"]),
    ],
)
def test_every_fault_is_told_by_its_record_and_nothing_is_written(
    rows: str, told: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(tmp_path, HEADER + rows + "\n") == 2
    assert capsys.readouterr() == ("", "".join(f"purchases.csv:{line}\n" for line in told))
    assert [path.name for path in tmp_path.iterdir()] == ["purchases.csv"]


@pytest.mark.parametrize("column", ["purchase", "line", "ordered_on"])
def test_a_column_that_is_needed_is_missed(
    column: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header = ",".join(name for name in ("purchase", "line", "ordered_on") if name != column)
    assert ask(tmp_path, f"{header}\n1,2026-01-05\n") == 2
    assert f"purchases.csv:1: {column}: the column is missing" in capsys.readouterr().err


def test_of_nothing_delivered_nothing_is_invented(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(tmp_path, HEADER + "1,1,2026-01-05,2026-01-20,,Oak\n2,1,2026-01-05,,,\n") == 0
    assert (tmp_path / "out.csv").read_text("utf-8").splitlines()[1:] == ["1,1,,,", "2,1,,,"]
    why = "nothing had arrived by then that one could learn from"
    assert capsys.readouterr().err == f"purchases.csv: 2 lines are open and without a date: {why}\n"


@pytest.mark.parametrize("rows", ["", "1,1,2026-01-05,2026-01-20,2026-01-21,\n", "1,1,2026-03-05,,,\n"])
def test_where_nothing_is_open_there_is_a_header(rows: str, tmp_path: Path) -> None:
    assert ask(tmp_path, HEADER + rows) == 0
    assert (tmp_path / "out.csv").read_text("utf-8") == "purchase,line,p50_on,p80_on,p90_on\n"


def test_goods_that_came_before_their_paper_count_as_they_stand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    early = "1,1,2026-01-05,2026-01-07,2026-01-04,\n2,1,2026-03-03,2026-03-09,,\n"
    assert ask(tmp_path, HEADER + early) == 0
    assert read(tmp_path / "out.csv")[0]["p50_on"] == "2026-03-06"
    told = "purchases.csv: 1 line is delivered before ordered_on, and counted as it stands\n"
    assert capsys.readouterr().err == told


def test_what_was_ordered_later_is_left_out_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(tmp_path, HEADER + "1,1,2026-03-05,,,\n") == 0
    told = "purchases.csv: 1 line is ordered after 2026-03-04, and left out\n"
    assert capsys.readouterr().err == told


def test_a_line_that_is_later_than_all_that_came_has_no_date(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(tmp_path, TABLE, as_of="2026-06-04") == 0
    assert [row["p50_on"] for row in read(tmp_path / "out.csv")] == ["", "", ""]
    why = "nothing that was learned from had ever come so late"
    assert capsys.readouterr().err == f"purchases.csv: 3 lines are open and without a date: {why}\n"


@pytest.mark.parametrize("first", [date(1900, 1, 1), date(1969, 12, 1), date(2190, 1, 1)])
def test_any_century_will_do(first: date, tmp_path: Path) -> None:
    rows = "".join(
        f"{number},1,{first + timedelta(number)},{first + timedelta(number + 9)},{first + timedelta(number + 10)},\n"
        for number in range(30)
    )
    asked = first + timedelta(30)
    open_line = f"99,1,{asked},{asked + timedelta(9)},,\n"
    assert ask(tmp_path, HEADER + rows + open_line, as_of=asked.isoformat()) == 0
    found = read(tmp_path / "out.csv")
    assert [row["purchase"] for row in found][-1] == "99"
    assert found[-1]["p50_on"] == (asked + timedelta(10)).isoformat()


def test_ten_thousand_lines(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    with (tmp_path / "purchases.csv").open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for number, (ago, took) in enumerate(
            zip(rng.integers(1, 400, 10_000), rng.integers(5, 40, 10_000), strict=True)
        ):
            ordered = AS_OF - timedelta(int(ago))
            file.write(
                f"{number},1,{ordered},{ordered + timedelta(20)},{ordered + timedelta(int(took))},S{number % 300}\n"
            )
    wanted = Wanted(AS_OF, {"0.5": 0.5, "0.9": 0.9})
    report = predict_file(tmp_path / "purchases.csv", wanted, (tmp_path / "out.csv", False), lambda _: None)
    found = read(tmp_path / "out.csv")
    assert (report.summary["lines"], report.summary["without_date"]) == (10_000, 0)
    assert len(found) == report.summary["open"]
    assert all(AS_OF.isoformat() < row["p50_on"] <= row["p90_on"] for row in found)


def test_a_column_is_named_in_per_cent() -> None:
    levels = ("0.5", ".8", "0.05", "0.925", "0.9", "0.99", "0.001", "0.50")
    assert [name_column(level) for level in levels] == [
        *("p50_on", "p80_on", "p5_on", "p92.5_on", "p90_on", "p99_on", "p0.1_on", "p50_on")
    ]
