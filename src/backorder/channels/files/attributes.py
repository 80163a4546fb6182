"""The columns that the policy mentions and the lines themselves do not hold as numbers."""

from __future__ import annotations

import numpy as np
import polars as pl

from backorder.channels.files.keys import Rows, encode, take
from backorder.channels.files.parse import UNREADABLE, read_values
from backorder.channels.files.tables import Folder, TableFile
from backorder.engine.allocation.snapshot import Attribute, Kind
from backorder.engine.tables import NEVER
from backorder.faults import Faults
from backorder.policy_text.columns import Column, day, money
from backorder.policy_text.columns import Kind as ColumnKind
from backorder.policy_text.fit import note_value_order
from backorder.policy_text.read import PolicyFile

HELD_BY_LINES = {
    "quantity",
    "priority",
    "minimum_quantity",
    "unit_price",
    "requested_on",
    "needed_by",
    "promised_on",
    "ordered_at",
}
"""The snapshot's lines hold these themselves."""
BLANK = 2**62
"""A blank number or amount: larger than any that is given."""
FLAG = Column("", "choice", choices=("false", "true"))
WHOLE = Column("", "number", lowest=-(2**53))
KINDS: tuple[tuple[Kind, Column], ...] = (
    ("number", WHOLE),
    ("money", money("")),
    ("day", day("")),
    ("flag", FLAG),
)


def build_attributes(folder: Folder, policy: PolicyFile, rows: Rows, faults: Faults) -> dict[str, Attribute]:
    """Build each column that the policy names, from orders, else items."""
    found: dict[str, Attribute] = {}
    for name in policy.policy.columns():
        if name in HELD_BY_LINES:
            continue
        for table in ("orders", "items"):
            if has(folder[table], name):
                found[name] = build_attribute(folder, table, name, rows)
                if name in folder[table].extra:
                    note_value_order(policy, found[name].kind, name, faults)
                break
    return found


def has(table: TableFile, name: str) -> bool:
    """Tell whether a table has the column: by the contract, or because its file has it."""
    return name in table.extra or any(column.name == name for column in table.schema.columns)


def build_attribute(folder: Folder, table: str, name: str, rows: Rows) -> Attribute:
    """Give the column's value for each line."""
    values = folder[table].frame[name]
    kind = kind_of(folder[table], name)
    if table == "items":
        values = look_up(folder, values)
    values = take(values, rows)
    if kind == "number" or kind == "money":  # noqa: PLR1714 - as mypy narrows
        return Attribute(kind, values.fill_null(BLANK).to_numpy())
    if kind == "choice":
        choices = pl.Series(folder[table].schema.column(name).choices)
        values = choices.gather(values)
    if name not in folder[table].extra:
        codes, labels = encode(values.fill_null(""))
        return Attribute("text", codes, labels.to_list())
    return infer(values.fill_null(""))


def kind_of(table: TableFile, name: str) -> ColumnKind:
    """Tell how the contract holds a column; further columns are text."""
    return "text" if name in table.extra else table.schema.column(name).kind


def look_up(folder: Folder, values: pl.Series) -> pl.Series:
    """Give each order line the value of its item."""
    items = pl.DataFrame([folder["items"].frame["sku"], values.alias("value")])
    return (
        folder["orders"].frame.select("sku").join(items, on="sku", how="left", maintain_order="left")["value"]
    )


def infer(text: pl.Series) -> Attribute:
    """Read a column that only the policy knows: as numbers, amounts, days or flags if all are, else text."""
    blank = (text == "").to_numpy()
    for kind, column in KINDS:
        values = read_values(column, text)
        if not blank.all() and not bool(((values == UNREADABLE) & ~blank).any()):
            nothing = {"day": NEVER, "flag": 0}.get(kind, BLANK)
            return Attribute(kind, np.where(blank, nothing, values))
    codes, labels = encode(text)
    return Attribute("text", codes, labels.to_list())
