"""A history in one file: how its periods are found, what counts as 0, and what is refused, in words."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from backorder.channels.files import series
from backorder.channels.files.periods import DAY, MONTH, QUARTER, WEEK, YEAR, Length
from backorder.channels.files.series import Series, read_series
from backorder.faults import FaultyInputError


def write(folder: Path, rows: str, header: str = "sku,period,quantity") -> Path:
    """Write a history."""
    path = folder / "history.csv"
    path.write_text(f"{header}\n{rows}", "utf-8")
    return path


def read(path: Path) -> Series:
    """Read a history that has rows."""
    found = read_series(path, lambda _: None)
    assert found is not None
    return found


def refused(path: Path) -> list[str]:
    """Read a history that is refused; gives the faults."""
    with pytest.raises(FaultyInputError) as error:
        read_series(path, lambda _: None)
    return list(error.value.lines)


@pytest.mark.parametrize(
    ("days", "length", "next_day"),
    [
        (["2026-01-01", "2026-02-01", "2026-05-01"], MONTH, "2026-06-01"),
        (["2026-01-01"], MONTH, "2026-02-01"),
        (["2026-01-02"], DAY, "2026-01-03"),
        (["2025-12-01", "2026-03-01", "2026-09-01"], QUARTER, "2026-12-01"),
        (["2020-04-01", "2022-04-01", "2023-04-01"], YEAR, "2024-04-01"),
        (["2026-01-05", "2026-01-12", "2026-02-02"], WEEK, "2026-02-09"),
        (["2026-01-01", "2026-01-29"], WEEK, "2026-02-05"),
        (["2026-02-27", "2026-02-28", "2026-03-02"], DAY, "2026-03-03"),
        (["1969-12-30", "1969-12-31", "1970-01-01"], DAY, "1970-01-02"),
        (["2031-01-01", "2031-02-01"], MONTH, "2031-03-01"),
    ],
)
def test_the_smallest_gap_says_how_long_periods_are(
    tmp_path: Path, days: list[str], length: Length, next_day: str
) -> None:
    found = read(write(tmp_path, "".join(f"A,{day},1\n" for day in days)))
    assert found.grid.length == length
    assert found.grid.day(found.last).isoformat() == days[-1]
    assert found.grid.day(found.last + 1).isoformat() == next_day


def test_what_is_missing_between_an_items_first_and_the_tables_last_period_is_0(tmp_path: Path) -> None:
    found = read(write(tmp_path, "10,2026-02-01,4\n9,2026-01-01,1\nA,2026-03-01,2\n9,2026-04-01,3\n"))
    assert found.skus.to_list() == ["9", "10", "A"]
    assert found.history.start.tolist() == [0, 4, 7, 9]
    assert found.history.asked.tolist() == [1, 0, 0, 3, 4, 0, 0, 2, 0]
    assert found.history.seen.tolist() == [1.0] * 9
    assert found.notes == (
        "history.csv: 4 months from 2026-01-01 to 2026-04-01; 5 of 9 have no row and count as 0",
    )


def test_returns_count_as_0_and_shares_say_how_much_was_seen(tmp_path: Path) -> None:
    rows = "A,2026-01-01,-3,1\nA,2026-02-01,5,0.25\nA,2026-03-01,2,\nA,2026-04-01,7,0\n"
    found = read(write(tmp_path, rows, "sku,period,quantity,in_stock"))
    assert found.history.asked.tolist() == [0, 5, 2, 0]
    assert found.history.seen.tolist() == [1, 0.25, 1, 0]
    assert found.history.rates.tolist() == [0, 20, 2, 0]
    assert found.notes[1:] == (
        "history.csv: 1 row has a quantity below 0 (more came back than was asked): 0 is counted",
        "history.csv: 1 row has a quantity above 0 and in_stock 0: what nobody could have is not counted",
    )


def test_rows_columns_and_formats_make_no_difference(tmp_path: Path) -> None:
    first = date(2026, 1, 5)
    rows = [
        (f"{sku}", first + timedelta(weeks=week), sku * week) for sku in (3, 20, 100) for week in range(9)
    ]
    frame = pl.DataFrame(rows, ["sku", "period", "quantity"], orient="row")
    frame.write_csv(tmp_path / "a.csv")
    other = frame.sample(fraction=1, shuffle=True, seed=1).select("quantity", "sku", "period")
    other.write_parquet(tmp_path / "b.parquet")
    other.with_columns(pl.col("sku").cast(pl.Int64)).write_excel(tmp_path / "c.xlsx")
    read_all = [read(tmp_path / name) for name in ("a.csv", "b.parquet", "c.xlsx")]
    for found in read_all:
        assert found.skus.to_list() == ["3", "20", "100"]
        assert found.history.asked.tolist() == [sku * week for sku in (3, 20, 100) for week in range(9)]
        assert found.grid == read_all[0].grid


def test_every_fault_is_told_with_its_record_and_what_would_be_right(tmp_path: Path) -> None:
    rows = "A,2026-01,1\nA,Jan 2026,2\n,2026-01-01,3\nB,2026-01-01,2.5\nB,2026-02-30,1\nC,2026-01-01,\n"
    assert refused(write(tmp_path, rows)) == [
        "history.csv:2: period: '2026-01' is not a date like 2026-11-24",
        "history.csv:3: period: 'Jan 2026' is not a date like 2026-11-24",
        "history.csv:4: sku: is blank, and every row needs one",
        "history.csv:5: quantity: 2.5 is not a whole number",
        "history.csv:6: period: '2026-02-30' names a day that does not exist",
        "history.csv:7: quantity: is blank, and every row needs one",
    ]


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (
            "A,2026-01-01,1\nA,2026-02-01,1\nA,2026-03-02,1\n",
            "history.csv:4: period: 2026-03-02 does not fit: periods of this table are months, each named by the first day of a month",
        ),
        (
            "A,2025-12-01,1\nA,2026-03-01,1\nB,2026-03-01,1\nB,2026-10-01,1\nB,2026-12-01,1\nB,2027-03-01,1\nB,2027-08-01,1\n",
            None,
        ),
        (
            "A,2026-01-05,1\nA,2026-01-12,1\nA,2026-01-20,1\n",
            (
                "history.csv:4: period: 2026-01-20 does not fit: periods of this table are weeks that begin on a Monday; "
                "months would be named by their first day"
            ),
        ),
        (
            "A,2026-01-31,1\nA,2026-02-28,1\nA,2026-03-28,1\nA,2026-04-30,1\n",
            (
                "history.csv:5: period: 2026-04-30 does not fit: periods of this table are weeks that begin on a Saturday; "
                "months would be named by their first day"
            ),
        ),
        (
            "A,2026-01-01,1\nA,2026-02-01,1\nA,2026-01-01,2\n",
            "history.csv:4: sku + period: 'A', '2026-01-01' is there already, in record 2",
        ),
        (
            f"A,2026-01-01,{2**53}\nA,2026-02-01,1\n",
            f"history.csv: quantity: the sum is {2**53 + 1}, more than {2**53}",
        ),
    ],
)
def test_what_cannot_be_a_history_is_refused(tmp_path: Path, rows: str, fault: str | None) -> None:
    path = write(tmp_path, rows)
    if fault is None:
        assert read(path).grid.length == MONTH
    else:
        assert refused(path) == [fault]


@pytest.mark.parametrize("share", ["1.1", "-0.5", "0.1234567", "half"])
def test_a_share_is_a_number_from_0_to_1(tmp_path: Path, share: str) -> None:
    [fault] = refused(write(tmp_path, f"A,2026-01-01,1,{share}\n", "sku,period,quantity,in_stock"))
    assert fault.startswith("history.csv:2: in_stock: ")
    assert fault.endswith("is not a share from 0 to 1 with at most six decimals")


def test_a_missing_column_is_told(tmp_path: Path) -> None:
    assert refused(write(tmp_path, "A,2026-01-01,1\n", "sku,periods,quantity")) == [
        "history.csv:1: period: the column is missing; is 'periods' meant?"
    ]


def test_a_table_without_rows_is_no_history(tmp_path: Path) -> None:
    assert read_series(write(tmp_path, ""), lambda _: None) is None


def test_a_table_too_large_to_lay_out_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series, "MOST_PERIODS", 13)
    assert read(write(tmp_path, "A,2026-01-01,1\nB,2026-12-01,1\nA,2026-11-01,1\n")).history.asked.sum() == 3
    assert refused(write(tmp_path, "A,2026-01-01,1\nB,2026-12-01,1\nB,2026-11-01,1\n")) == [
        (
            "history.csv: period: 2 items from their first period to the last of the table are 14 months; "
            "13 can be held, so leave out old ones"
        )
    ]


def test_one_period_without_a_row_is_told_as_one(tmp_path: Path) -> None:
    found = read(write(tmp_path, "A,2026-01-01,3\nA,2026-02-01,5\nA,2026-04-01,2\n"))
    assert found.notes == (
        "history.csv: 4 months from 2026-01-01 to 2026-04-01; 1 of 4 has no row and counts as 0",
    )
