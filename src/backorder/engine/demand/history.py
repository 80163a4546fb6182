"""What was asked of each item, period by period; what stood empty meanwhile shows less than was asked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.grouping import spread_ranges
from backorder.engine.tables import TableError

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class History:
    """Periods of all items, item after item, oldest first; every item ends with the same period.

    start (items + 1): where the periods of an item begin; item i has start[i] … start[i + 1] - 1, at least one.
    asked: units a period, 0 or more; what came back is no demand.
    seen: the share of the period in which the item could be had, 0 to 1.

    A period seen by a share f shows what was asked in that share: it counts as asked / f, with the weight f. One that was not
    seen at all shows nothing: `asked` is 0 there, whatever was given. (Demand counted from orders needs none of this: who ordered
    what was not there counts as well.)
    """

    start: Any
    asked: Any
    seen: Any

    def __post_init__(self) -> None:
        """Give each column its type, and refuse what is no history."""
        for name, kind in (("start", np.int64), ("asked", np.float64), ("seen", np.float64)):
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), kind))
        if not len(self.start) or self.start[0] != 0 or self.start[-1] != len(self.asked):
            message = "History.start must begin with 0 and end with the number of periods"
            raise TableError(message)
        if (np.diff(self.start) < 1).any():
            message = f"History.start: item {int(np.argmax(np.diff(self.start) < 1))} has no period"
            raise TableError(message)
        if len(self.seen) != len(self.asked):
            message = f"History.seen has {len(self.seen)} periods, asked {len(self.asked)}"
            raise TableError(message)
        for name, low, high in (("asked", 0.0, np.inf), ("seen", 0.0, 1.0)):
            column = getattr(self, name)
            bad = ~((column >= low) & (column <= high) & np.isfinite(column))
            if bad.any():
                row = int(np.argmax(bad))
                message = (
                    f"History.{name}[{row}] is {column[row]}: it must be a number from {low:g} to {high:g}"
                )
                raise TableError(message)
        object.__setattr__(self, "asked", np.where(self.seen > 0, self.asked, 0.0))

    @property
    def items(self) -> int:
        """Count the items."""
        return len(self.start) - 1

    def lengths(self) -> Counts:
        """Count the periods of each item."""
        return np.diff(self.start)

    @cached_property
    def rates(self) -> Floats:
        """Say what a whole period would have shown: asked / seen; 0 where nothing was seen."""
        return np.divide(self.asked, self.seen, out=np.zeros_like(self.asked), where=self.seen > 0)

    def until(self, back: int) -> tuple[History, NDArray[np.int64]]:
        """Give what was known `back` periods before the end, and the numbers of the items that had a period by then."""
        kept = np.flatnonzero(self.lengths() > back)
        first, last = self.start[kept], self.start[kept + 1] - back
        rows = spread_ranges(first, last)
        return History(np.append(0, np.cumsum(last - first)), self.asked[rows], self.seen[rows]), kept


def from_table(table: NDArray[Any]) -> History:
    """Make the history of items that all have the same periods: a row an item, seen throughout."""
    items, periods = table.shape
    return History(np.arange(items + 1) * periods, table.ravel(), np.ones(table.size))
