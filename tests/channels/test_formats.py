"""What the three formats allow beyond plain text, and the cases that docs/reference/files.md closes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from backorder.channels.files.tables import Folder, read_folder
from backorder.cli import run
from backorder.faults import Faults
from tests.channels.shop import SHOP, write_shop

HEADER = SHOP["orders"].splitlines()[0]
NOON = 1_795_521_600_000_000  # 2026-11-24T12:00:00Z in microseconds


def read(folder: Path, *wanted: str) -> tuple[Folder, list[str]]:
    faults = Faults()
    return read_folder(folder, wanted, faults, lambda _: None), faults.lines()


def write_parquet(folder: Path, **columns: object) -> Path:
    """Write the shop with orders as a Parquet file of one row, these columns replaced."""
    row: dict[str, object] = {"order": ["1"], "line": ["1"], "sku": ["LAMP"], "quantity": [1]}
    write_shop(folder, orders=None)
    frame = pl.DataFrame({**row, "ordered_at": ["2026-11-24T12:00:00Z"], **columns})
    frame.write_parquet(folder / "orders.parquet")
    return folder


def write_sheet(folder: Path, rows: list[list[object]]) -> Path:
    """Write the shop with orders as a workbook of these rows; a text with `=` is a formula that failed."""
    write_shop(folder, orders=None)
    with xlsxwriter.Workbook(folder / "orders.xlsx") as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                if isinstance(value, str) and value.startswith("="):
                    sheet.write_formula(number, place, value, None, "#DIV/0!")
                else:
                    sheet.write(number, place, value)
    return folder


@pytest.mark.parametrize(
    ("moment", "instant", "day"),
    [
        (datetime(2026, 11, 24, 12, tzinfo=UTC), NOON, 20_781),
        (datetime(2026, 11, 24, 12), NOON, 20_781),  # noqa: DTZ001 - without a zone, as files have it
        (datetime(2026, 11, 25, 1, tzinfo=timezone(timedelta(hours=13))), NOON, 20_781),
    ],
)
def test_native_instants(moment: datetime, instant: int, day: int, tmp_path: Path) -> None:
    folder, faults = read(write_parquet(tmp_path / "shop", ordered_at=[moment]))
    orders = folder["orders"].frame
    assert (faults, orders["ordered_at"].to_list(), orders["ordered_at.day"].to_list()) == (
        [],
        [instant],
        [day],
    )


def test_native_instants_show_the_day_of_their_zone(tmp_path: Path) -> None:
    moment = pl.Series([datetime(2026, 11, 24, 12, tzinfo=UTC)]).dt.convert_time_zone("Pacific/Auckland")
    folder, _ = read(write_parquet(tmp_path / "shop", ordered_at=moment))
    assert folder["orders"].frame["ordered_at"].to_list() == [NOON]
    assert folder["orders"].frame["ordered_at.day"].to_list() == [20_782]


def test_native_numbers_are_read_as_a_sheet_shows_them(tmp_path: Path) -> None:
    numbers = {"order": [12345.0], "unit_price": [0.1 + 0.2], "quantity": [3.0]}
    folder, faults = read(write_parquet(tmp_path / "shop", **numbers))
    orders = folder["orders"].frame
    assert faults == []
    assert orders.select("order", "unit_price", "quantity").row(0) == ("12345", 300_000, 3)


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("quantity", [3.5], "orders.parquet:2: quantity: 3.5 is not a whole number above 0"),
        ("quantity", [float("nan")], "orders.parquet:2: quantity: 'NaN' is not a whole number above 0"),
        ("quantity", [True], "orders.parquet:2: quantity: 'true' is not a whole number above 0"),
        (
            "requested_on",
            [datetime(2026, 11, 24, 12)],  # noqa: DTZ001 - without a zone, as files have it
            "orders.parquet:2: requested_on: '2026-11-24T12:00:00.000000' is not a date like 2026-11-24",
        ),
    ],
)
def test_native_values_that_do_not_fit(column: str, values: object, message: str, tmp_path: Path) -> None:
    assert read(write_parquet(tmp_path / "shop", **{column: values}))[1] == [message]


def test_a_column_of_lists_is_a_fault(tmp_path: Path) -> None:
    _, faults = read(write_parquet(tmp_path / "shop", customer=[["Ada", "Bo"]]))
    assert faults == ["orders.parquet: customer: holds List(String), and a column holds plain values"]


def test_a_cell_whose_formula_failed_is_a_fault(tmp_path: Path) -> None:
    header: list[object] = ["order", "line", "sku", "quantity", "ordered_at", "needed_by"]
    shop = write_sheet(tmp_path / "shop", [header, [1, 1, "LAMP", 1, "2026-11-20", "=1/0"]])
    assert read(shop)[1] == ["orders.xlsx:2: needed_by: the formula of this cell failed"]


def test_only_the_first_sheet_counts(tmp_path: Path) -> None:
    shop = write_shop(tmp_path / "shop", calendar=None)
    with xlsxwriter.Workbook(shop / "calendar.xlsx") as book:
        book.add_worksheet("first").write_row(0, 0, ["closed_on", "location"])
        book.add_worksheet("second").write_formula(1, 0, "=1/0", None, "#DIV/0!")
    folder, faults = read(shop)
    assert (faults, folder["calendar"].rows) == ([], 0)


def test_record_numbers_are_sheet_rows(tmp_path: Path) -> None:
    header: list[object] = ["order", "line", "sku", "quantity", "ordered_at"]
    shop = write_sheet(tmp_path / "shop", [header, [], [], [1, 1, "LAMP", 3.5, "2026-11-20"]])
    assert read(shop)[1] == ["orders.xlsx:4: quantity: 3.5 is not a whole number above 0"]


def test_a_sheet_without_a_header_row_on_top(tmp_path: Path) -> None:
    shop = write_sheet(tmp_path / "shop", [[], ["order", "line"]])
    assert read(shop)[1] == ["orders.xlsx:1: the first record is blank; it must name the columns"]


def test_a_short_row_is_blank_at_its_end_and_blank_rows_keep_their_number(tmp_path: Path) -> None:
    rows = "1,1,LAMP,2,2026-11-20\n\n , ,\n2,1,LAMP,x,2026-11-20,Ada,\n"
    orders = f"order,line,sku,quantity,ordered_at,customer,\n{rows}"
    folder, faults = read(write_shop(tmp_path / "shop", orders=orders))
    assert folder["orders"].frame["customer"].to_list() == ["", "Ada"]
    assert faults == ["orders.csv:5: quantity: 'x' is not a whole number above 0"]


def test_defaults_fill_what_is_blank(tmp_path: Path) -> None:
    orders = "order,line,sku,quantity,ordered_at,priority,commitment\n1,1,LAMP,2,2026-11-20,,\n"
    shop = write_shop(tmp_path / "shop", orders=orders, stock="sku,location,on_hand,status\nLAMP,main,1,\n")
    folder, faults = read(shop)
    columns = [
        "location",
        "priority",
        "unit_price",
        "ship_policy",
        "minimum_quantity",
        "commitment",
        "promised_on",
    ]
    assert faults == []
    assert folder["orders"].frame.select(columns).row(0) == ("", 100, None, 0, 1, 1, 2**31 - 1)
    assert folder["stock"].frame["status"].to_list() == ["sellable"]


def test_the_plan_in_force_may_name_what_is_gone(tmp_path: Path) -> None:
    current = """\
order,line,sku,location,inbound,inbound_line,quantity,ships_on
9,1,LAMP,nowhere,PO-0,1,4,2026-11-23
8,8,GONE,nowhere,,,1,2026-11-23
"""
    shop = write_shop(tmp_path / "shop", current=current)
    assert run(["plan", str(shop), "--out", str(tmp_path / "plan"), "--as-of", "2026-11-24", "--quiet"]) == 0
    changes = (tmp_path / "plan" / "changes.csv").read_text("utf-8").splitlines()
    assert changes[1:] == ["9,1,later,4,4,2026-11-24,2026-12-13,SUPPLY_CHANGED,,,false"]


def test_rows_of_a_line_that_asks_for_another_item_now_are_ignored(tmp_path: Path) -> None:
    current = """\
order,line,sku,location,quantity,ships_on
1001,2,LAMP,main,1,2026-11-24
SO-7,9,CHAIR,main,2,2026-11-24
SO-7,9,DESK,main,1,2026-11-24
"""
    shop = write_shop(tmp_path / "shop", current=current)
    assert run(["plan", str(shop), "--out", str(tmp_path / "plan"), "--as-of", "2026-11-24", "--quiet"]) == 0
    summary = json.loads((tmp_path / "plan" / "summary.json").read_text("utf-8"))
    assert summary["counts"]["current_rows_ignored"] == 1
