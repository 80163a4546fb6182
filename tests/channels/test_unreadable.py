"""Folders and files that cannot be read at all: told exactly, with nothing written."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from backorder.cli import run
from tests.channels.shop import SHOP, write_shop

HEADER = SHOP["orders"].splitlines()[0]


def test_two_files_for_one_table_are_a_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop = write_shop(tmp_path / "shop")
    (shop / "orders.xlsx").write_bytes(b"")
    assert run(["plan", str(shop), "--out", str(tmp_path / "plan"), "--quiet"]) == 2
    assert capsys.readouterr().err == "orders.csv: the table is there twice, see orders.xlsx; one must go\n"


@pytest.mark.parametrize(
    ("ending", "message"),
    [
        ("parquet", "stock.parquet: is not a Parquet file that can be read"),
        ("xlsx", "stock.xlsx: is not an XLSX workbook that can be read"),
    ],
)
def test_a_file_that_is_not_what_its_name_says(
    ending: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = write_shop(tmp_path / "shop", stock=None)
    (shop / f"stock.{ending}").write_bytes(b"sku,location,on_hand\n")
    assert run(["plan", str(shop), "--out", str(tmp_path / "plan"), "--quiet"]) == 2
    assert capsys.readouterr().err == f"{message}\n"


def test_a_small_workbook_that_unpacks_to_more_than_256_mb_is_not_unpacked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = write_shop(tmp_path / "shop", stock=None)
    with zipfile.ZipFile(shop / "stock.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        for part in range(2):
            with book.open(f"xl/worksheets/sheet{part}.xml", "w") as sheet:
                for _ in range(129):
                    sheet.write(bytes(2**20))
    assert (shop / "stock.xlsx").stat().st_size < 300_000
    assert run(["plan", str(shop), "--out", str(tmp_path / "plan"), "--quiet"]) == 2
    said = "stock.xlsx: unpacks to 258 MB, and 256 MB are read; save the sheet as CSV or Parquet\n"
    assert capsys.readouterr().err == said


def test_a_table_that_is_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop = write_shop(tmp_path / "shop", stock=None)
    (shop / "stock.csv").mkdir()
    assert run(["plan", str(shop), "--out", str(tmp_path / "plan"), "--quiet"]) == 2
    assert capsys.readouterr().err == "stock.csv: is not a file\n"


def test_a_folder_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", str(tmp_path / "shop"), "--out", str(tmp_path / "plan"), "--quiet"]) == 2
    assert capsys.readouterr().err == f"{tmp_path / 'shop'}: there is no such folder\n"


def test_a_folder_that_is_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "shop").write_text("", "utf-8")
    assert run(["plan", str(tmp_path / "shop"), "--out", str(tmp_path / "plan"), "--quiet"]) == 2
    assert capsys.readouterr().err == f"{tmp_path / 'shop'}: is not a folder\n"


def test_a_line_of_two_gigabytes_is_refused_after_its_first_part(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = write_shop(tmp_path / "shop")
    with (shop / "orders.csv").open("wb") as file:
        file.write(HEADER.encode() + b"\n" + b"x" * 3_000_000)
        file.truncate(2_000_000_000)  # the rest takes no room on the disk
    assert run(["plan", str(shop), "--out", str(tmp_path / "plan"), "--quiet"]) == 2
    assert capsys.readouterr().err == "orders.csv:2: the record is longer than 1,048,576 bytes\n"
