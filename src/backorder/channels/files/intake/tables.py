"""Reads what is handed in for an import, and says what of it is wrong before anybody looks at the database."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from backorder.channels.files.circles import note_circles
from backorder.channels.files.intake.schemas import COMPLETED, IMPORTED
from backorder.channels.files.keys import encode, sort_rows
from backorder.channels.files.numbering import note_duplicates
from backorder.channels.files.sums import note_sums
from backorder.channels.files.tables import READERS, Folder, TableFile, list_files, read_tables
from backorder.faults import LONGEST_VALUE, SHOWN, Faults, FaultyInputError, show, suggest
from backorder.keys import AMBIGUOUS, MAIL, MOST_CHARACTERS, UNSEEN, say_ambiguous

CURRENCY = r"^[A-Z]{3}$"
NAMES = frozenset(
    {
        *("order", "line", "sku", "component", "substitute", "location", "parent", "inbound", "inbound_line"),
        *("supplier", "customer", "customer_class", "channel"),
    }
)
"""Columns whose texts name things, see `keys`."""
REFUSED = f"[{UNSEEN}]|{AMBIGUOUS}"
ONE_OF_AN_ORDER = (
    "ordered_at",
    "customer",
    "customer_class",
    "channel",
    "priority",
    "ship_policy",
)
"""A file has these on each line, and the database on the order."""


@dataclass(frozen=True)
class Tables:
    """What was handed in, with the faults that can be seen without the database."""

    folder: Folder
    faults: Faults
    complete: frozenset[str] = frozenset()  # tables that list everything
    left_out: frozenset[str] = frozenset()  # numbers of holds, which are no orders

    @property
    def files(self) -> list[str]:
        """Name the files."""
        return [self.folder[name].file for name in IMPORTED if name in self.folder.given]


def read_paths(
    paths: Sequence[Path], complete: Collection[str] = (), tell: Callable[[str], None] = lambda _: None
) -> Tables:
    """Read folders and single files. Raises OSError, and FaultyInputError for what is no table at all."""
    refuse_unknown(complete)
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += list_files(path, IMPORTED)
        else:
            refuse_stranger(path)
            files.append(path)
    if not files:
        raise FaultyInputError([f"{paths[0]}: holds no table; an import reads {', '.join(IMPORTED)}"])
    faults = Faults()
    for path in sorted(files, key=lambda path: list(IMPORTED).index(path.stem)):
        faults.add_many(path.name, "", [], 0)  # they are listed in this order
    folder, left_out = leave_out_holds(read_tables(files, IMPORTED, ((), tell), faults))
    folder = sort_tables(folder)
    note_form(folder, faults)
    for name in sorted(set(complete) - folder.given):
        faults.add("--complete", f"{name} is not among the files")
    return Tables(folder, faults, frozenset(complete), left_out)


def read_uploads(uploads: Mapping[str, bytes], complete: Collection[str] = ()) -> Tables:
    """Read files as they came with their names. Raises OSError, and FaultyInputError for what is no table at all."""
    with TemporaryDirectory(prefix="backorder-upload-") as top:
        paths = []
        for name, content in uploads.items():
            path = Path(top) / Path(name).name
            refuse_stranger(path)
            path.write_bytes(content)
            paths.append(path)
        if not paths:
            raise FaultyInputError(["no file was handed in"])
        return read_paths(paths, complete)


def sort_tables(folder: Folder) -> Folder:
    """Put the rows of each table in the order of its key: the order of rows in a file changes nothing (law L7)."""
    tables = {}
    for name, table in folder.tables.items():
        keys = [encode(table.frame[key].cast(pl.String))[0] for key in table.schema.key]
        rows = sort_rows(keys) if keys and table.rows else slice(None)
        tables[name] = table if isinstance(rows, slice) else replace(table, frame=table.frame[rows])
    return replace(folder, tables=tables)


def leave_out_holds(folder: Folder) -> tuple[Folder, frozenset[str]]:
    """Leave out the lines that an export wrote of holds: a hold is no order, and no file makes it one. Gives their numbers too."""
    orders = folder["orders"]
    held = orders.frame["held_until"] != ""
    count = int(held.sum())
    if not count:
        return folder, frozenset()
    note = (
        f"{orders.file}: left out {count:,} {'line' if count == 1 else 'lines'} of holds, which are no orders"
    )
    tables = {**folder.tables, "orders": replace(orders, frame=orders.frame.filter(~held))}
    left_out = frozenset(orders.frame.filter(held)["order"].to_list())
    return replace(folder, tables=tables, notes=(*folder.notes, note)), left_out


def refuse_unknown(complete: Collection[str]) -> None:
    """Raise FaultyInputError for tables that cannot be said to list everything."""
    for name in complete:
        if name not in COMPLETED:
            why = (
                "nothing of it is ever removed"
                if name in IMPORTED
                else f"there is no such table{suggest(name, COMPLETED)}"
            )
            raise FaultyInputError([f"--complete: {name}: {why}; it can be {', '.join(COMPLETED)}"])


def refuse_stranger(path: Path) -> None:
    """Raise FaultyInputError for a file that is not named as a table."""
    if not path.stem or path.stem not in IMPORTED or path.suffix not in READERS:
        near = suggest(path.stem, IMPORTED)
        known = f"name it after one of {', '.join(IMPORTED)}, with {', '.join(READERS)} at the end{near}"
        raise FaultyInputError([f"{path.name}: is no table; {known}"])


def note_form(folder: Folder, faults: Faults) -> None:
    """Note what is wrong within the files: keys that are there twice, circles, sums, addresses, orders that disagree."""
    for table in folder.tables.values():
        if table.schema.key and table.schema.name != "calendar":  # whose rows may repeat
            keys = [encode(table.frame[key].cast(pl.String))[0] for key in table.schema.key]
            note_duplicates(table, keys, faults)
        note_names(table, faults)
    note_circles(folder, faults)
    note_sums(folder, faults)
    texts = folder["customers"].frame["email"]
    wrong = ~texts.str.contains(MAIL) & (texts != "")
    note(folder["customers"], "email", wrong, lambda value: f"{show(value)} is no e-mail address", faults)
    codes = folder["items"].frame["currency"]
    wrong = ~codes.str.contains(CURRENCY)
    note(folder["items"], "currency", wrong, lambda value: f"{show(value)} is no currency like EUR", faults)
    note_rules(folder["acceptance"], faults)
    note_disagreements(folder["orders"], "order", ONE_OF_AN_ORDER, faults)
    note_disagreements(folder["inbound"], "inbound", ("supplier",), faults)


def note(
    table: TableFile, column: str, wrong: pl.Series, say: Callable[[object], str], faults: Faults
) -> None:
    """Note the marked values of a column, the first of them spelled out."""
    marked = wrong.fill_null(value=False)
    count = int(marked.sum())
    if count:
        rows = table.frame.filter(marked).head(SHOWN)
        found = zip(rows["record"].to_list(), map(say, rows[column].to_list()), strict=True)
        faults.add_many(table.file, column, found, count)


def note_names(table: TableFile, faults: Faults) -> None:
    """Note names that are too long, that nobody could tell from others, or that addresses cannot hold."""
    for column in (column.name for column in table.schema.columns if column.name in NAMES):
        text = table.frame[column]
        named = text.unique()
        if not (named.str.len_chars() > MOST_CHARACTERS).any() and not named.str.contains(REFUSED).any():
            continue
        long, unseen = text.str.len_chars() > MOST_CHARACTERS, text.str.contains(f"[{UNSEEN}]")
        note(table, column, long, say_long, faults)
        note(table, column, unseen & ~text.str.contains(r"\p{Cc}"), say_unseen, faults)
        note(
            table,
            column,
            text.str.contains(AMBIGUOUS),
            lambda value: f"{show(value)}: {say_ambiguous(str(value))}",
            faults,
        )


def say_long(value: object) -> str:
    """Say that a name is too long."""
    return f"{show(value)} has {len(str(value)):,} characters, and a name has at most {MOST_CHARACTERS}"


def say_unseen(value: object) -> str:
    """Say that a name holds what nobody sees, and which character that is."""
    found = re.findall(f"[{UNSEEN}]", str(value))
    return f"{str(value)[:LONGEST_VALUE]!a} holds a character that nobody sees, U+{ord(found[0]):04X}; leave it out"


def note_rules(table: TableFile, faults: Faults) -> None:
    """Note rules of acceptance with a cap or a horizon where none belongs, or without where one does."""
    choices = table.schema.column("rule").choices
    for column, owner in (("cap", "capped"), ("horizon_days", "inbound_only")):
        own = table.frame["rule"] == choices.index(owner)
        given = table.frame[column].is_not_null()
        for wrong, message in (
            (own & ~given, f"is blank, and {owner} needs one"),
            (~own & given, f"only {owner} has one"),
        ):
            note(table, column, wrong, partial(say_so, message), faults)


def say_so(message: str, _: object) -> str:
    """Say the same of every value."""
    return message


def note_disagreements(table: TableFile, key: str, columns: Sequence[str], faults: Faults) -> None:
    """Note lines that say something else of their order than its first line that says it; a blank text says nothing."""
    for column in columns:
        value = pl.col(column)
        said = value != "" if table.schema.column(column).kind == "text" else pl.lit(value=True)
        if column == "ship_policy":  # one line that ships with the others is enough
            complete = table.schema.column(column).choices.index("complete")
            said = ~(value == complete).any().over(key)
        first, told = (name.filter(said).first().over(key) for name in (value, pl.col("record")))
        rows = table.frame.with_columns(first.alias("first"), told.alias("told")).filter(
            said & (value != pl.col("first"))
        )
        found = (
            (record, f"differs from record {before}, and an order has one")
            for record, before in rows.select("record", "told").head(SHOWN).iter_rows()
        )
        if rows.height:
            faults.add_many(table.file, column, found, rows.height)
