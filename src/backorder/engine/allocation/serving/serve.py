"""The order of service: tier by tier, floors first, then each line in its turn."""

from __future__ import annotations

from backorder.engine.allocation.desk import Desk
from backorder.engine.allocation.policy import FAIR_SHARE, FILL, GAIN, IMPROVE, LOSE
from backorder.engine.allocation.serving.admit import admit, release
from backorder.engine.allocation.serving.fair import share_segment, takes_parts
from backorder.engine.allocation.serving.fill import fill
from backorder.engine.allocation.serving.needs import KEEP_BY_RANK, end_of_order
from backorder.engine.allocation.serving.turn import serve_in_floor, serve_line, serve_order
from backorder.engine.compiled import kernel


@kernel
def serve_all(desk: Desk, keep: int) -> None:
    """Serve every tier."""
    first = 0
    while first < len(desk.lines):
        last = first
        while last < len(desk.lines) and same_tier(desk, first, last):
            last += 1
        if desk.lines[first].rank > 0:
            serve_tier(desk, first, last, keep)
        first = last


@kernel
def same_tier(desk: Desk, first: int, i: int) -> bool:
    """Tell whether two lines are in one tier."""
    a, b = desk.lines[first], desk.lines[i]
    return (a.rank > 0) == (b.rank > 0) and a.strategy == b.strategy


@kernel
def serve_tier(desk: Desk, first: int, last: int, keep: int) -> None:
    """Serve the lines `first` … `last` of one tier."""
    tier = desk.lines[first].strategy
    if tier == LOSE:
        return
    if tier != FILL and desk.guarded:
        by_rank = keep == KEEP_BY_RANK and tier != GAIN and tier != IMPROVE
        i = first
        while i < last:
            end = end_of_order(desk, i)
            if is_open(desk, i, end):
                serve_in_floor(desk, i, end)
            if by_rank and is_open(desk, i, end):
                admit(desk, i, end)  # what lower ranks take in their floors must leave its promise possible
            i = end
        if by_rank:
            for i in range(first, last):
                release(desk, i, False)
    while first < last:
        end = first
        while end < last and (tier != FAIR_SHARE or desk.lines[end].segment == desk.lines[first].segment):
            end += 1
        serve_side_by_side(desk, first, end, keep)
        first = end


@kernel
def serve_side_by_side(desk: Desk, first: int, last: int, keep: int) -> None:
    """Serve the lines of one tier, in fair shares of one segment, after the floors."""
    tier = desk.lines[first].strategy
    shared = tier == FAIR_SHARE
    if shared:
        share_segment(desk, first, last, keep == KEEP_BY_RANK)
    i = first
    while i < last:
        end = end_of_order(desk, i)
        if is_open(desk, i, end) and not (shared and takes_parts(desk, i)):
            if tier == FILL:
                fill(desk, i, end)
            elif desk.lines[i].order >= 0:
                serve_order(desk, i, end)
            else:
                serve_line(desk, i, desk.lines[i].left)
        i = end


@kernel
def is_open(desk: Desk, first: int, last: int) -> bool:
    """Tell whether any of the lines still wants units."""
    for i in range(first, last):
        if desk.lines[i].left > 0:
            return True
    return False
