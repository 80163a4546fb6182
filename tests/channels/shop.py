"""A small shop for the tests of files: what each table holds, and how to write it in every format."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path

import polars as pl
import xlsxwriter

Rows = list[list[str]]
SHOP: dict[str, str] = {
    "orders": """\
order,line,sku,quantity,ordered_at,requested_on,location,customer,customer_class,unit_price,promised_on
1001,1,LAMP,5,2026-11-20T09:30:00Z,2026-11-24,,Ada,retail,19.90,2026-11-30
1001,2,DESK,1,2026-11-20T09:30:00Z,2026-12-01,,Ada,retail,250,
9,1,LAMP,4,2026-11-21,,main,Bo,contract,19.90,
SO-7,10,LAMP,2,2026-11-22T23:30:00-05:00,2026-12-24,,Cy,retail,,
SO-7,9,SET,1,2026-11-22T23:30:00-05:00,2027-02-01,,Cy,retail,,
""",
    "stock": """\
sku,location,on_hand,status
LAMP,main,3,
LAMP,shop,1,sellable
LAMP,shop,7,damaged
DESK,main,0,
CHAIR,main,4,
""",
    "inbound": """\
inbound,line,sku,location,quantity,expected_on,supplier
PO-7,2,LAMP,main,10,2026-12-12,Bright
12,1,DESK,main,5,2026-11-29,Oak
""",
    "items": """\
sku,description,price,pack_size
LAMP,"Lamp, ""tall"" Ø 30",19.90,1
DESK,Desk,250,
CHAIR,Chair,80,
SET,Desk and two chairs,400,
STOOL,Stool,40.5,
""",
    "locations": """\
location,parent,rank
main,,1
shop,main,
""",
    "kits": """\
sku,component,quantity
SET,DESK,1
SET,CHAIR,2
""",
    "substitutes": """\
sku,substitute,kind,ratio
LAMP,CHAIR,equivalent,1
""",
    "current": """\
order,line,sku,location,inbound,inbound_line,quantity,available_on,ships_on
1001,1,LAMP,main,,,3,2026-11-23,2026-11-23
1001,1,LAMP,main,PO-6,1,2,2026-11-28,2026-11-28
77,1,LAMP,main,,,1,2026-11-23,2026-11-23
""",
    "calendar": """\
closed_on,location
2026-12-12,
2026-12-25,main
""",
}
DATES = {"ordered_at", "requested_on", "promised_on", "expected_on", "available_on", "ships_on", "closed_on"}
NUMBERS = {"quantity", "on_hand", "rank", "pack_size", "price", "unit_price", "ratio"}


def write_shop(folder: Path, **changed: str | bytes | None) -> Path:
    """Write the shop as CSV files; a table may be given other text, or None to leave it out."""
    folder.mkdir(exist_ok=True)
    for name, text in {**SHOP, **changed}.items():
        if text is not None:
            content = text.encode() if isinstance(text, str) else text
            (folder / f"{name}.csv").write_bytes(content)
    return folder


def read_rows(text: str) -> Rows:
    """Read CSV text as rows, the header first."""
    return list(csv.reader(text.splitlines()))


def write_parquet(folder: Path) -> Path:
    """Write the shop as Parquet files with native dates, numbers and instants."""
    folder.mkdir()
    for name, text in SHOP.items():
        frame = pl.read_csv(text.encode(), infer_schema=False)
        casts = [pl.col(column).cast(pl.Float64) for column in frame.columns if column in NUMBERS]
        casts += [pl.col(c).str.to_date() for c in frame.columns if c in DATES and c != "ordered_at"]
        frame.with_columns(casts).write_parquet(folder / f"{name}.parquet")
    return folder


def write_xlsx(folder: Path) -> Path:
    """Write the shop as workbooks whose cells are numbers and dates where they can be."""
    folder.mkdir()
    for name, text in SHOP.items():
        with xlsxwriter.Workbook(folder / f"{name}.xlsx") as book:
            sheet = book.add_worksheet()
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            header, *rows = read_rows(text)
            sheet.write_row(0, 0, header)
            for number, row in enumerate(rows, 1):
                for place, (column, value) in enumerate(zip(header, row, strict=True)):
                    if value and column in DATES and len(value) == len("2026-11-24"):
                        noon = datetime.combine(date.fromisoformat(value), datetime.min.time())
                        sheet.write_datetime(number, place, noon, day)
                    elif value and (column in NUMBERS or value.isdigit()):
                        sheet.write_number(number, place, float(value))
                    elif value:
                        sheet.write_string(number, place, value)
    return folder
