"""The least work that could be called a decision: lines in order of service, and one look where each supply ends."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation import Snapshot


def sort_and_sum(facts: Snapshot) -> NDArray[np.int64]:
    """Sort lines by item and the default rank keys, sum demand and supply, and search one sum in the other."""
    lines, supplies = facts.lines, facts.supplies
    rows = np.lexsort((lines.ordered_at, lines.requested_on, lines.priority, lines.item))
    return np.searchsorted(np.cumsum(lines.quantity[rows]), np.cumsum(supplies.quantity))
