"""Writes a table as CSV, XLSX or Parquet. No text is ever a formula."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import polars as pl

from backorder.channels.files.outgoing.tables import Sheet
from backorder.faults import FaultyInputError

FORMULA = r"^[=+\-@]"
"""A spreadsheet takes text that begins so for something to work out."""
MOST_ROWS = 1_048_575
"""A sheet holds so many rows below its header."""
MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook says when it was made; ours always the same, so that bytes are the same
EXACT = 10**15
"""A sheet keeps numbers as binary fractions: larger ones go in as text."""


def write_csv(sheet: Sheet, path: Path) -> None:
    """Write CSV. A tab stands before text that could be a formula: a spreadsheet shows text then, and who trims reads it as it was."""
    texts = [
        name for name, kind in sheet.frame.schema.items() if kind == pl.String and name not in sheet.amounts
    ]
    safe = [
        pl.when(pl.col(name).str.contains(FORMULA))
        .then("\t" + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name in texts
    ]
    sheet.frame.with_columns(safe).write_csv(path)


def write_parquet(sheet: Sheet, path: Path) -> None:
    """Write Parquet; amounts are decimals."""
    sheet.frame.with_columns(pl.col(name).cast(pl.Decimal(38, 6)) for name in sheet.amounts).write_parquet(
        path
    )


def write_xlsx(sheet: Sheet, path: Path) -> None:
    """Write a workbook with one sheet; text is text, numbers are numbers, dates are dates. Raises FaultyInputError."""
    import xlsxwriter  # noqa: PLC0415 - only who wants a workbook waits for it

    if sheet.frame.height > MOST_ROWS:
        message = f"{sheet.name}: {sheet.frame.height:,} rows are more than a sheet holds; use --format csv or parquet"
        raise FaultyInputError([message])
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        book.set_properties({"created": MADE})
        page = book.add_worksheet(sheet.name)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for place, name in enumerate(sheet.frame.columns):
            page.write_string(0, place, name)
        for row, cells in enumerate(sheet.frame.iter_rows(), 1):
            for place, (name, cell) in enumerate(zip(sheet.frame.columns, cells, strict=True)):
                if cell is None:
                    continue
                if isinstance(cell, date):
                    page.write_datetime(row, place, datetime.combine(cell, datetime.min.time()), day)
                elif name in sheet.amounts or isinstance(cell, int):
                    write_number(page, (row, place), cell)
                else:
                    page.write_string(row, place, cell)


def write_number(page: object, place: tuple[int, int], cell: int | str) -> None:
    """Write a number that a sheet can hold exactly, else its digits."""
    value = float(cell)
    if abs(value) < EXACT / 10**6 or (isinstance(cell, int) and abs(value) < EXACT):
        page.write_number(*place, value)  # type: ignore[attr-defined]
    else:
        page.write_string(*place, str(cell))  # type: ignore[attr-defined]


FORMS: dict[str, Callable[[Sheet, Path], None]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "parquet": write_parquet,
}
