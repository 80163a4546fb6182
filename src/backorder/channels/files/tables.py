"""Reads a folder into typed tables, or says everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from backorder.channels.files.csv_text import RawTable, read_csv
from backorder.channels.files.parse import UNREADABLE, Values, complain, read_shown_days, read_values
from backorder.channels.files.schemas import SCHEMAS, Schema
from backorder.channels.files.sheets import read_parquet, read_xlsx
from backorder.engine.tables import NEVER
from backorder.faults import SHOWN, Faults, suggest
from backorder.policy_text.columns import Column

READERS: dict[str, Callable[[Path, Faults], RawTable | None]] = {
    ".csv": read_csv,
    ".parquet": read_parquet,
    ".xlsx": read_xlsx,
}


@dataclass(frozen=True)
class TableFile:
    """One table as read: typed columns, `record` beside them, and the file's name for faults.

    Texts are strings, blank is "". Numbers, millionths, days, instants and positions of choices are whole
    numbers; null is blank, a blank day is NEVER. `extra` are columns that only the policy knows, as text.
    `given` are the columns of the schema that the file has.
    """

    schema: Schema
    file: str
    frame: pl.DataFrame
    extra: tuple[str, ...] = ()
    given: frozenset[str] = frozenset()

    @property
    def rows(self) -> int:
        """Count the rows."""
        return self.frame.height

    def shuffled(self, seed: int) -> TableFile:
        """Give the same rows in another order."""
        frame = self.frame.sample(fraction=1.0, shuffle=True, seed=seed)
        return replace(self, frame=frame)


@dataclass(frozen=True)
class Folder:
    """The tables of a folder by name, and what its owner should know although it is no fault."""

    tables: Mapping[str, TableFile]
    notes: tuple[str, ...] = ()
    given: frozenset[str] = field(default_factory=frozenset)  # names of tables that have a file
    unread: frozenset[str] = field(
        default_factory=frozenset
    )  # of those that should be there and could not be read

    def __getitem__(self, name: str) -> TableFile:
        """Find a table; one without a file is empty."""
        return self.tables[name]

    def integers(self, table: str, column: str, blank: int = 0) -> Values:
        """Take a column as whole numbers."""
        return self[table].frame[column].fill_null(blank).to_numpy()

    def shuffled(self, seed: int) -> Folder:
        """Give the same facts with the rows of every table in another order."""
        tables = {
            name: table.shuffled(seed + place) for place, (name, table) in enumerate(self.tables.items())
        }
        return Folder(tables, self.notes, self.given, self.unread)


def read_folder(folder: Path, wanted: Sequence[str], faults: Faults, tell: Callable[[str], None]) -> Folder:
    """Read every table of the contract that the folder holds; `wanted` are further columns to keep."""
    return read_tables(list_files(folder, SCHEMAS), SCHEMAS, (wanted, tell), faults)


def list_files(folder: Path, schemas: Mapping[str, Schema]) -> list[Path]:
    """List the files of a folder that are named as tables."""
    paths = (folder / f"{name}{ending}" for name in schemas for ending in READERS)
    return [path for path in paths if path.exists()]


def read_tables(
    files: Sequence[Path],
    schemas: Mapping[str, Schema],
    options: tuple[Sequence[str], Callable[[str], None]],
    faults: Faults,
) -> Folder:
    """Read the table of each schema, if one of the files holds it. Options: further columns to keep, and whom to tell."""
    tables: dict[str, TableFile] = {}
    notes: list[str] = []
    given, unread = set(), set()
    for schema in schemas.values():
        path = find_file(files, schema, faults)
        table = None
        if path is not None:
            given.add(schema.name)
            table, ignored = read_file(path, schema, options, faults)
            notes += ignored
        if table is None:
            if path or schema.required:
                unread.add(schema.name)
            table = TableFile(schema, path.name if path else schema.name, empty_frame(schema))
        tables[schema.name] = table
    return Folder(tables, tuple(notes), frozenset(given), frozenset(unread))


def read_file(
    path: Path, schema: Schema, options: tuple[Sequence[str], Callable[[str], None]], faults: Faults
) -> tuple[TableFile | None, list[str]]:
    """Read one file as the table of a schema: None if it cannot be read; and what was ignored in it."""
    wanted, tell = options
    tell(f"reading {path.name}")
    raw = READERS[path.suffix](path, faults)
    if raw is None:
        return None, []
    extra = tuple(name for name in wanted if name in raw.columns and not has_column(schema, name))
    known = frozenset(name for name in raw.columns if has_column(schema, name))
    frame = read_table(schema, raw, extra, (path.name, faults))
    ignored = list(raw.columns)  # what nobody took
    word = "column" if len(ignored) == 1 else "columns"
    notes = [f"{path.name}: ignored {word}: {', '.join(ignored)}"] if ignored else []
    return TableFile(schema, path.name, frame, extra, known), notes


def find_file(files: Sequence[Path], schema: Schema, faults: Faults) -> Path | None:
    """Find the one file of a table."""
    found = [path for path in files if path.stem == schema.name]
    names = [path.name for path in found]
    if len(found) > 1:
        faults.add(names[0], f"the table is there twice, see {' and '.join(names[1:])}; one must go")
        return None
    if not found:
        if schema.required:
            faults.add(
                f"{schema.name}.csv", "is missing, and there is no .parquet or .xlsx of that name either"
            )
        return None
    if not found[0].is_file():
        faults.add(names[0], "is not a file")
        return None
    return found[0]


def has_column(schema: Schema, name: str) -> bool:
    """Tell whether the contract knows the column."""
    return any(column.name == name for column in schema.columns)


def empty_frame(schema: Schema) -> pl.DataFrame:
    """Build the table without rows."""
    columns = [
        pl.Series(column.name, [], pl.String if column.kind == "text" else pl.Int64)
        for column in schema.columns
    ]
    shown = [pl.Series(shown_day(c.name), [], pl.Int64) for c in schema.columns if c.kind == "instant"]
    return pl.DataFrame([pl.Series("record", [], pl.Int64), *columns, *shown])


def shown_day(name: str) -> str:
    """Name the column that holds the day which the text of an instant shows."""
    return f"{name}.day"


def read_table(
    schema: Schema, raw: RawTable, extra: Sequence[str], place: tuple[str, Faults]
) -> pl.DataFrame:
    """Read the columns that contract or policy name; rows that are blank in all of them are left out."""
    file, faults = place
    ignored = [name for name in raw.columns if not has_column(schema, name) and name not in extra]
    names = [name for name in raw.columns if name not in ignored]
    for name in names:
        if name in raw.twice:
            faults.add(file, "the header names this column twice", record=1, column=name)
    texts = {name: raw.columns.pop(name) for name in names}
    rows = drop_blank_rows(texts)
    checked = Checked(rows, raw, file, faults)
    columns: list[pl.Series] = [rows]
    for column in schema.columns:
        if column.name in texts:
            columns += read_column(column, checked.clean(texts.pop(column.name)), checked)
            continue
        columns += blank_column(column, len(rows))
        if column.required:
            hint = suggest(column.name, ignored, "; is {!r} meant?")
            faults.add(file, f"the column is missing{hint}", record=1, column=column.name)
    return pl.DataFrame([*columns, *(checked.clean(texts[name]) for name in extra)])


def drop_blank_rows(texts: dict[str, pl.Series]) -> pl.Series:
    """Leave out the rows that are blank in all columns; gives the record numbers of the others."""
    rows = len(next(iter(texts.values()), pl.Series()))
    records = pl.int_range(2, rows + 2, dtype=pl.Int64, eager=True).alias("record")
    blank = pl.repeat(True, rows, dtype=pl.Boolean, eager=True)  # noqa: FBT003 - a column of true
    for text in texts.values():
        blank &= text.is_null() | (text.str.strip_chars() == "")
        if not blank.any():
            return records
    for name, text in texts.items():
        texts[name] = text.filter(~blank)
    return records.filter(~blank)


@dataclass(frozen=True)
class Checked:
    """The rows of one file, by their records, and where their faults go."""

    records: pl.Series
    raw: RawTable
    file: str
    faults: Faults

    def clean(self, text: pl.Series) -> pl.Series:
        """Trim a column, make its blanks "", and note control characters."""
        text = text.fill_null("") if self.raw.trim else text.str.strip_chars().fill_null("")
        if not self.raw.plain:
            self.note(
                text, text.str.contains(r"\p{Cc}"), lambda value: f"{value[:60]!r} holds a control character"
            )
        return text

    def note(self, text: pl.Series, bad: pl.Series, say: Callable[[str], str]) -> None:
        """Name the marked values, the first of them spelled out."""
        count = int(bad.sum())
        if count:
            rows = bad.arg_true().head(SHOWN)
            found = zip(self.records.gather(rows), text.gather(rows), strict=True)
            self.faults.add_many(
                self.file, text.name, ((record, say(value)) for record, value in found), count
            )


def read_column(column: Column, text: pl.Series, checked: Checked) -> Iterator[pl.Series]:
    """Read one column, and note what cannot be read; an instant gives its shown day as a second one."""
    blank = text == ""
    if column.kind == "text":
        if column.required:
            checked.note(text, blank, lambda value: complain(column, value))
        yield text.replace("", str(column.default)) if column.default else text
        return
    values = read_values(column, text)
    bad = pl.Series(values == UNREADABLE)
    # A blank is unreadable as a number; as a day it reads as NEVER.
    checked.note(
        text, (bad | blank) if column.required else (bad & ~blank), lambda value: complain(column, value)
    )
    yield fill_blanks(column, values, bad | blank)
    if column.kind == "instant":
        yield fill_blanks(column, read_shown_days(text), bad | blank).alias(shown_day(column.name))


def fill_blanks(column: Column, values: Values, missing: pl.Series) -> pl.Series:
    """Put the default where there is no value."""
    found = pl.Series(column.name, values)
    if not missing.any():
        return found
    return (
        pl.select(pl.when(missing).then(pl.lit(default_value(column), pl.Int64)).otherwise(found))
        .to_series()
        .alias(column.name)
    )


def default_value(column: Column) -> int | None:
    """Give what a blank means, as the column holds it."""
    if column.kind == "day":
        return NEVER
    if column.kind == "choice":
        return column.choices.index(str(column.default))
    return None if column.default is None else int(column.default)


def blank_column(column: Column, rows: int) -> list[pl.Series]:
    """Build a column that the file lacks."""
    if column.kind == "text":
        return [pl.repeat(column.default or "", rows, dtype=pl.String, eager=True).alias(column.name)]
    value = default_value(column)
    names = [column.name, shown_day(column.name)] if column.kind == "instant" else [column.name]
    return [pl.repeat(value, rows, dtype=pl.Int64, eager=True).alias(name) for name in names]
