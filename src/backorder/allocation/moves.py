"""How lines stood and stand: the difference between two plans in force."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np

from backorder.allocation.days import read_day
from backorder.columns import Columns
from backorder.engine.allocation.plan import Reason

STANDING = (
    *("allocated_on_hand", "allocated_inbound", "unallocated", "first_ships_on", "planned_on", "in_time"),
    *("units_ahead", "lines_ahead", "reason", "whole", "pins", "ready_on", "last_on", "tight"),
)
UNTOLD = 2**40
"""Stands for none where a line tells its order nothing; larger than any day."""
REASONS = [reason.name for reason in Reason]
TOLD = ("whole", "pins", "ready_on", "last_on", "tight")


@dataclass(frozen=True)
class Move:
    """How a line stood and how it stands, by the names of Standing; none before if it is new, none after if it is not open."""

    line: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class Moves(Sequence[Move]):
    """The lines that stand otherwise than before, by id. Each is spelled out when it is asked for."""

    def __init__(self, before: Columns, after: Columns) -> None:
        """Keep the columns of Standing, with `line` first, of before and after."""
        self.before, self.after = before, after
        self.lines = np.unique(np.concatenate([before["line"], after["line"]])).tolist()
        self._rows = [
            {line: row for row, line in enumerate(columns["line"].tolist())} for columns in (before, after)
        ]

    def __len__(self) -> int:
        """Count the lines."""
        return len(self.lines)

    @overload
    def __getitem__(self, at: int) -> Move: ...
    @overload
    def __getitem__(self, at: slice) -> list[Move]: ...
    def __getitem__(self, at: int | slice) -> Move | list[Move]:
        """Spell out one line, or some."""
        if isinstance(at, slice):
            return [self[row] for row in range(*at.indices(len(self)))]
        line = self.lines[at]
        was, now = (rows.get(line) for rows in self._rows)
        return Move(
            line,
            None if was is None else spell_out(self.before, was),
            None if now is None else spell_out(self.after, now),
        )

    def __iter__(self) -> Iterator[Move]:
        """Spell out line after line."""
        return (self[row] for row in range(len(self)))


def spell_out(columns: Columns, row: int) -> dict[str, Any]:
    """Write a row as Standing holds it."""
    values: dict[str, Any] = {name: int(columns[name][row]) for name in STANDING}
    for name in TOLD:
        values[name] = None if values[name] == UNTOLD else values[name]
    for name in ("whole", "pins", "tight"):
        values[name] = None if values[name] is None else bool(values[name])
    return {
        **values,
        "first_ships_on": read_day(values["first_ships_on"]),
        "planned_on": read_day(values["planned_on"]),
        "in_time": bool(values["in_time"]),
        "reason": REASONS[values["reason"]],
    }
