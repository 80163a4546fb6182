"""Reads a CSV file as text, and says where its form is broken before anyone looks at its values."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backorder.faults import SHOWN, Faults

CHUNK = 1 << 20
"""Also the longest record in bytes: a file without line ends is refused after its first chunk."""
LINE_FEED, SPACE, QUOTE, DELETE = 10, 32, 34, 127
FIELD = r'(?:"(?:[^"]|"")*"|[^",]*)'
WELL_QUOTED = re.compile(rf"{FIELD}(?:,{FIELD})*")
MISQUOTED = 'a quotation mark is out of place; a field is quoted as a whole, "" inside it means one'
WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Form:
    """What a first look at the bytes showed.

    Plain: no field holds a control character or a quote. Trim: none begins or ends with a space.
    """

    plain: bool
    trim: bool
    utf8: bool


@dataclass(frozen=True)
class RawTable:
    """Columns of text by the names of the header, and names used twice; row 0 is record 2. Plain and trim as in Form.

    Whoever reads a column takes it out, so that its text does not stay in memory beside its values.
    """

    columns: dict[str, pl.Series]
    twice: tuple[str, ...] = ()
    plain: bool = False
    trim: bool = False


def read_csv(path: Path, faults: Faults) -> RawTable | None:
    """Read all columns as text; None, with the faults noted, if the file has no readable form."""
    form = look_at(path, faults)
    if form is None:
        return None
    header = read_header(path, faults)
    if header is None:
        return None
    source: Path | bytes = path
    if not form.utf8:
        note_encoding(path, faults)
        source = path.read_bytes().decode("utf-8", "replace").encode()
    frame = parse(source, ragged=False)
    if frame is None:
        if not note_broken_records(path, len(header), faults):
            return None
        frame = parse(source, ragged=True)
    if frame is None or frame.width != len(header):
        faults.add(path.name, "cannot be read as comma-separated text")
        return None
    frame.columns = [f"{position}" for position in range(len(header))]
    return RawTable(*name_columns(frame, header), form.plain, form.trim)


def look_at(path: Path, faults: Faults) -> Form | None:
    """Look through the bytes once, in bounded memory."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines = ends = low = quotes = spaces = wide = 0
    utf8, before = True, b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            if not before and chunk.startswith(WIDE_MARKS):
                faults.add(path.name, "is UTF-16; save it as CSV UTF-8")
                return None
            codes = np.frombuffer(chunk, np.uint8)
            line_ends = count(codes == LINE_FEED)
            if line_ends == 0 and len(chunk) == CHUNK:
                faults.add(path.name, f"the record is longer than {CHUNK:,} bytes", record=lines + 1)
                return None
            lines += line_ends
            low += count(codes < SPACE) + count(codes == DELETE) - line_ends
            quotes += count(codes == QUOTE)
            if low:
                ends += chunk.count(b"\r\n") + (before[-1:] == b"\r" and chunk[:1] == b"\n")
            spaces += count(codes == SPACE)
            if int(codes.max()) > DELETE:  # beyond ASCII
                wide = 1
                utf8 = utf8 and decodes(decoder, chunk)
            before = chunk
    if not before:
        faults.add(path.name, "is empty; it needs at least a header")
        return None
    plain = low == ends and quotes == 0 and not wide
    return Form(plain, trim=plain and spaces == 0, utf8=utf8 and decodes(decoder, b"", final=True))


def count(marked: NDArray[np.bool_]) -> int:
    """Count what is marked."""
    return int(np.count_nonzero(marked))


def decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    """Tell whether the bytes go on as UTF-8."""
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def read_header(path: Path, faults: Faults) -> list[str] | None:
    """Read the names of the columns."""
    with path.open("rb") as file:
        line = file.readline(CHUNK).decode("utf-8-sig", "replace").rstrip("\r\n")
    if "\r" in line:
        faults.add(path.name, "the lines end with a carriage return alone; a line feed is needed", record=1)
        return None
    if not WELL_QUOTED.fullmatch(line):
        faults.add(path.name, MISQUOTED, record=1)
        return None
    names = [unquote(field).strip() for field in split(line)]
    if not any(names):
        faults.add(path.name, "the first record is blank; it must name the columns", record=1)
        return None
    for mark, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(names) == 1 and mark in line:
            faults.add(path.name, f"the columns are parted by {word}; commas are needed", record=1)
            return None
    return names


def split(record: str) -> list[str]:
    """Part a well quoted record into its fields, quotes and all."""
    return re.findall(rf"(?:^|,)({FIELD})(?=,|$)", record)


def unquote(field: str) -> str:
    """Read a field."""
    return field[1:-1].replace('""', '"') if field.startswith('"') else field


def name_columns(frame: pl.DataFrame, header: list[str]) -> tuple[dict[str, pl.Series], tuple[str, ...]]:
    """Name the columns by the header, and list names used twice; a column without a name is left out."""
    named: dict[str, pl.Series] = {}
    for column, name in zip(frame, header, strict=True):
        if name:
            named.setdefault(name, column.alias(name))
    return named, tuple(name for name in named if header.count(name) > 1)


def parse(source: Path | bytes, *, ragged: bool) -> pl.DataFrame | None:
    """Parse by polars; None if a record is broken."""
    try:
        return pl.read_csv(source, infer_schema=False, glob=False, truncate_ragged_lines=ragged)
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError):
        return None


def note_encoding(path: Path, faults: Faults) -> None:
    """Name the records that hold bytes which are not UTF-8."""
    found, bad = [], 0
    for record, line in records(path):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            bad += 1
            if bad <= SHOWN:
                found.append(
                    (record, f"byte 0x{line[error.start]:02X} is not UTF-8; save the file as CSV UTF-8")
                )
    faults.add_many(path.name, "", found, bad)


def note_broken_records(path: Path, width: int, faults: Faults) -> bool:
    """Name the records that are too long or badly quoted; false if what follows cannot be told apart."""
    found, bad = [], 0
    readable = True
    for record, line in records(path):
        text = line.decode("utf-8-sig" if record == 1 else "utf-8", "replace").rstrip("\r\n")
        if not WELL_QUOTED.fullmatch(text):
            found.append((record, MISQUOTED))
            bad += 1
            readable = False
            break
        fields = len(split(text)) if '"' in text else 1 + text.count(",")
        if fields > width:
            bad += 1
            if bad <= SHOWN:
                found.append((record, f"has {fields} fields, the header has {width}"))
    if bad == 0:
        found, bad, readable = [(0, "cannot be read as comma-separated text")], 1, False
    faults.add_many(path.name, "", found, bad)
    return readable


def records(path: Path) -> Iterator[tuple[int, bytes]]:
    """Walk the lines with their record numbers."""
    with path.open("rb") as file:
        yield from enumerate(file, 1)
