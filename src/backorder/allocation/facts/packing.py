"""The facts of a decision as bytes and back: names, types and lengths first, then the columns, compressed."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from backorder.allocation.facts.snapshot import Facts
from backorder.engine.allocation.plan import Companions
from backorder.engine.allocation.settle import Basis
from backorder.engine.allocation.snapshot import (
    Attribute,
    ClosedDays,
    Current,
    Kits,
    Lines,
    Locations,
    Snapshot,
    Substitutes,
    Supplies,
)
from backorder.engine.tables import Table

Kind = TypeVar("Kind", bound=Table)
LEVEL = 1
"""Of compression: higher ones make a decision slower and gain little."""
TABLES: Mapping[str, type[Table]] = {
    "lines": Lines,
    "supplies": Supplies,
    "locations": Locations,
    "kits": Kits,
    "substitutes": Substitutes,
    "current": Current,
    "closed": ClosedDays,
}
ROWS = tuple(
    field.name for field in fields(Facts) if field.name not in {"snapshot", "told", "in_force", "newcomers"}
)


def pack(facts: Facts, basis: Basis) -> bytes:
    """Write facts, and what the decision about them stands on, as bytes."""
    columns = {**dict(list_columns(facts)), **dict(list_basis(basis))}
    snapshot = facts.snapshot
    head = {
        "as_of": snapshot.as_of,
        "items": snapshot.items,
        "attributes": {
            name: [attribute.kind, list(attribute.labels)] for name, attribute in snapshot.attributes.items()
        },
        "columns": [[name, values.dtype.str, len(values)] for name, values in columns.items()],
    }
    said = json.dumps(head).encode()
    data = b"".join(
        (len(said).to_bytes(8, "little"), said, *(values.tobytes() for values in columns.values()))
    )
    return zlib.compress(data, LEVEL)


def list_columns(facts: Facts) -> Iterator[tuple[str, NDArray[Any]]]:
    """List every column of the facts, each under one name."""
    for table in TABLES:
        for name, values in getattr(facts.snapshot, table).columns().items():
            yield f"{table}.{name}", values
    for name, values in facts.told.columns().items():
        yield f"told.{name}", values
    for name in ROWS:
        yield f"rows.{name}", getattr(facts, name)
    for name, attribute in facts.snapshot.attributes.items():
        yield f"attribute.{name}", np.asarray(attribute.values, np.int64)


def list_basis(basis: Basis) -> Iterator[tuple[str, NDArray[Any]]]:
    """List the columns of the plan and the promises in force, and of what lines told their orders."""
    yield "basis.promised_on", np.asarray(basis.promised_on, np.int64)
    for name, table in (("basis.current", basis.current), ("basis.told", basis.told)):
        for column, values in table.columns().items():
            yield f"{name}.{column}", values


def unpack(packed: bytes) -> tuple[Facts, Basis]:
    """Read back what was packed."""
    data = zlib.decompress(packed)
    start = 8 + int.from_bytes(data[:8], "little")
    head = json.loads(data[8:start])
    columns: dict[str, NDArray[Any]] = {}
    for name, kind, count in head["columns"]:
        columns[name] = np.frombuffer(data, np.dtype(kind), count, start)
        start += columns[name].nbytes
    tables: dict[str, Any] = {name: build_table(table, name, columns) for name, table in TABLES.items()}
    snapshot = Snapshot(
        as_of=head["as_of"],
        items=head["items"],
        attributes={
            name: Attribute(kind, columns[f"attribute.{name}"], labels)
            for name, (kind, labels) in head["attributes"].items()
        },
        **tables,
    )
    rows: dict[str, Any] = {name: columns[f"rows.{name}"] for name in ROWS}
    basis = Basis(
        build_table(Current, "basis.current", columns),
        columns["basis.promised_on"],
        build_table(Companions, "basis.told", columns),
    )
    return Facts(snapshot=snapshot, told=build_table(Companions, "told", columns), **rows), basis


def build_table(table: type[Kind], name: str, columns: Mapping[str, NDArray[Any]]) -> Kind:
    """Build a table from the columns under its name."""
    return table(**{field.name: columns[f"{name}.{field.name}"] for field in fields(table)})
