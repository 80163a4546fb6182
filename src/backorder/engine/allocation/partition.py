"""Which items must be decided together: only complete orders and kits link items."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.seating.families import join, link_kits, number_roots
from backorder.engine.allocation.seating.rank import find_linking
from backorder.engine.allocation.snapshot import Snapshot


def partition(snapshot: Snapshot) -> NDArray[np.int32]:
    """Give numbers to the items so that items with different numbers share no decision; numbers follow the items' order.

    Parts can be decided apart, in any order or on other machines, and together are the whole plan.
    """
    lines = snapshot.lines
    linked = link_kits(snapshot)
    rows = np.flatnonzero(find_linking(snapshot))
    same = np.flatnonzero(np.diff(lines.order[rows]) == 0)  # lines are sorted by order
    join(linked, lines.item[rows[same]], lines.item[rows[same + 1]])
    return number_roots(linked)
