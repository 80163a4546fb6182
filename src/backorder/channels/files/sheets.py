"""Reads Parquet files and spreadsheets as the text that a CSV file of the same table would hold."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from backorder.channels.files.csv_text import RawTable, name_columns
from backorder.faults import SHOWN, Faults

DIGITS = 15
"""A spreadsheet shows so many digits of a number; what lies behind them is the noise of binary fractions."""
EXACT = 10**DIGITS
MOST_UNPACKED = 256 * 1024 * 1024
"""Bytes of a workbook once it is unpacked: a small file may hold a thousand times its size, and all of it is read at once."""
NOISY = r"^-?[0-9]{1,15}\.[0-9]{1,17}$"
FIRST_SHEET = re.compile(rb'<(?:\w+:)?sheet [^>]*?r:id="([^"]+)"')
RELATION = re.compile(rb"<(?:\w+:)?Relationship [^>]*>")
RELATION_ID = re.compile(rb' Id="([^"]+)"')
RELATION_TARGET = re.compile(rb' Target="([^"]+)"')
ERROR_CELL = re.compile(rb'<c [^>]*?r="([A-Z]+)([0-9]+)"[^>]*?t="e"|<c [^>]*?t="e"[^>]*?r="([A-Z]+)([0-9]+)"')


def read_parquet(path: Path, faults: Faults) -> RawTable | None:
    """Read a Parquet file; every column becomes text."""
    try:
        frame = pl.read_parquet(path, glob=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        faults.add(path.name, "is not a Parquet file that can be read")
        return None
    header = [name.strip() for name in frame.columns]
    frame.columns = [f"{position}" for position in range(frame.width)]
    columns = []
    for name, column in zip(header, frame, strict=True):
        text = to_text(column)
        if text is None:
            faults.add(path.name, f"holds {column.dtype}, and a column holds plain values", column=name)
            text = pl.Series(column.name, [None] * frame.height, pl.String)
        columns.append(text)
    return RawTable(*name_columns(pl.DataFrame(columns), header))


def to_text(column: pl.Series) -> pl.Series | None:
    """Write values as a CSV file would show them; None for lists and other things that are no values."""
    kind = column.dtype
    name = pl.col(column.name)
    if kind == pl.String:
        return column
    if kind.is_float():
        whole = (name == name.round()) & (name.abs() < EXACT)
        digits = name.cast(pl.Float64).round_sig_figs(DIGITS).cast(pl.String)
        text = pl.when(whole).then(name.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(digits)
    elif isinstance(kind, pl.Datetime):
        text = datetime_text(name.dt.cast_time_unit("us"), zoned=kind.time_zone is not None)
    elif kind.is_decimal():
        text = name.cast(pl.String).str.replace(r"(\.[0-9]*?)0+$", "$1").str.strip_suffix(".")
    elif kind.is_integer() or kind in (pl.Boolean, pl.Date, pl.Time, pl.Null, pl.Categorical, pl.Enum):
        text = name.cast(pl.String)
    else:
        return None
    return pl.DataFrame(column).select(text).to_series()


def datetime_text(moment: pl.Expr, *, zoned: bool) -> pl.Expr:
    """Write instants with their zone; midnight without a zone is a date."""
    if zoned:
        return moment.dt.strftime("%Y-%m-%dT%H:%M:%S%.6f%:z")
    whole_day = moment.dt.time() == pl.time(0, 0, 0)
    return (
        pl.when(whole_day)
        .then(moment.dt.strftime("%Y-%m-%d"))
        .otherwise(moment.dt.strftime("%Y-%m-%dT%H:%M:%S%.6f"))
    )


def read_xlsx(path: Path, faults: Faults) -> RawTable | None:
    """Read the first sheet of a workbook; its first row is the header: record numbers are sheet rows."""
    import fastexcel  # noqa: PLC0415 - only who brings a workbook waits for it

    try:
        size = measure_unpacked(path)
        if size > MOST_UNPACKED:
            most = MOST_UNPACKED >> 20
            message = (
                f"unpacks to {size >> 20:,} MB, and {most} MB are read; save the sheet as CSV or Parquet"
            )
            faults.add(path.name, message)
            return None
        sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, skip_rows=0, dtypes="string")
        frame = sheet.to_polars()
        failed = list(find_error_cells(path))
    except (fastexcel.FastExcelError, zipfile.BadZipFile, zlib.error, EOFError, KeyError):
        faults.add(path.name, "is not an XLSX workbook that can be read")
        return None
    if frame.height == 0:
        faults.add(path.name, "is empty; it needs at least a header")
        return None
    header = ["" if name is None else str(name).strip() for name in frame.row(0)]
    if not any(header):
        faults.add(path.name, "the first record is blank; it must name the columns", record=1)
        return None
    found = [
        (row, f"{header[at]}: the formula of this cell failed") for row, at in failed if named(header, at)
    ]
    faults.add_many(path.name, "", found[:SHOWN], len(found))
    frame.columns = [f"{position}" for position in range(frame.width)]
    # A cell that is a date comes as its first moment.
    rows = frame[1:].with_columns(pl.all().str.replace(r"^([0-9]{4}-[0-9]{2}-[0-9]{2}) 00:00:00$", "$1"))
    return RawTable(*name_columns(rows.select(drop_noise(name) for name in rows.columns), header))


def measure_unpacked(path: Path) -> int:
    """Sum what the files in a workbook take once they are unpacked, as its directory says. Raises BadZipFile."""
    with zipfile.ZipFile(path) as book:
        return sum(entry.file_size for entry in book.infolist())


def drop_noise(name: str) -> pl.Expr:
    """Take off what the reader of workbooks adds to a number with a fraction: it may miss 19.9 by the last of 17 digits."""
    text = pl.col(name)
    noisy = text.str.contains(NOISY) & (text.str.replace_all(r"^[-0.]+|\.", "").str.len_bytes() > DIGITS)
    return (
        pl.when(noisy)
        .then(text.cast(pl.Float64, strict=False).round_sig_figs(DIGITS).cast(pl.String))
        .otherwise(text)
    )


def named(header: list[str], position: int) -> bool:
    """Tell whether the header names the column."""
    return position < len(header) and header[position] != ""


def find_error_cells(path: Path) -> Iterator[tuple[int, int]]:
    """Find row and column of each cell whose formula failed: it would read as blank."""
    with zipfile.ZipFile(path) as book:
        data = book.read(first_sheet(book))
    for match in ERROR_CELL.finditer(data):
        letters, row = (match[1], match[2]) if match[1] else (match[3], match[4])
        yield int(row), column_position(letters.decode())


def first_sheet(book: zipfile.ZipFile) -> str:
    """Find the file of the first sheet, by way of the list of sheets. Raises KeyError."""
    listed = FIRST_SHEET.search(book.read("xl/workbook.xml"))
    for entry in RELATION.findall(book.read("xl/_rels/workbook.xml.rels")):
        key, target = RELATION_ID.search(entry), RELATION_TARGET.search(entry)
        if listed and key and target and key[1] == listed[1]:
            name = target[1].decode()
            return name.removeprefix("/") if name.startswith("/") else f"xl/{name}"
    message = "the workbook lists no sheet"
    raise KeyError(message)


def column_position(letters: str) -> int:
    """Turn the letters of a sheet column into a position from 0."""
    position = 0
    for letter in letters:
        position = position * 26 + ord(letter) - ord("A") + 1
    return position - 1
