"""Deciding again after an event: what it touches, and of the rest only that for which the decision changes.

Kits and substitutes tie items together: these families are decided whole. A complete order ties items more loosely. Its lines
elsewhere say again what they said before (see `elsewhere`), and only if the order as a whole then says something else to
them are their items decided again too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.allocate import decide, write_plan
from backorder.engine.allocation.elsewhere import find_disagreeing, find_known, link_orders, read_companions
from backorder.engine.allocation.merge import Revision, number_rows
from backorder.engine.allocation.part import take_part
from backorder.engine.allocation.plan import Companions, Plan
from backorder.engine.allocation.policy import Policy
from backorder.engine.allocation.seating.families import join, link_kits, number_roots
from backorder.engine.allocation.seating.rank import find_linking
from backorder.engine.allocation.seating.seat import Seating
from backorder.engine.allocation.snapshot import Snapshot


@dataclass(frozen=True)
class Step:
    """A decision on some items, or the lines without whose items it cannot be made."""

    plan: Plan | None
    joined: NDArray[np.int64]  # rows of lines
    seating: Seating | None = None  # on which the plan was worked out


def again(snapshot: Snapshot, policy: Policy, before: Plan, touched: NDArray[np.bool_]) -> Revision:
    """Decide again the items that an event touched. With the rest of `before` that is the plan of all the facts (law L8).

    `touched` marks all items of which a line, a supply, a kit, a substitute or a row of `current` is not as it was when `before`
    was decided; and if a line of a complete order came, went or changed, the items of all its lines. Rows of `before` are those
    of `snapshot`. Another day or another policy touches every item.
    """
    lines, family, linking = snapshot.lines, link_families(snapshot), find_linking(snapshot)
    items = add_families(touched, family)
    while True:
        inside = items[lines.item]
        line_rows = np.sort(np.concatenate([np.flatnonzero(inside), link_orders(snapshot, linking, inside)]))
        supply_rows = np.flatnonzero(items[snapshot.supplies.item])
        known, _ = find_known(before.companions, line_rows)
        known = replace(known, line=np.searchsorted(line_rows, known.line))
        step = decide_some(
            take_part(snapshot, line_rows, supply_rows), policy, known, np.flatnonzero(~inside[line_rows])
        )
        if step.plan is not None:
            plan = number_rows(step.plan, inside, line_rows, supply_rows)
            return Revision(items, line_rows[inside[line_rows]], supply_rows, plan)
        items[lines.item[line_rows[step.joined]]] = True
        items = add_families(items, family)


def decide_some(part: Snapshot, policy: Policy, before: Companions, outside: NDArray[np.int64]) -> Step:
    """Decide the items of a part, as far as what their complete orders are told elsewhere stays what it was `before`.

    `outside` lists the rows of lines of other items that belong to complete orders with a line inside. The plan has rows for
    them too, which say nothing.
    """
    known, new = find_known(before, outside)
    joined = outside[new] if new.any() else outside[known.tight]
    if len(joined) == 0:
        seating = decide(part, policy, known)
        told = read_companions(seating.desk, seating.rows)
        orders = find_disagreeing(part, before, told, np.unique(part.lines.order[outside]))
        joined = outside[np.isin(part.lines.order[outside], orders)]
        if len(joined) == 0:
            return Step(write_plan(part, policy, seating), joined, seating)
    return Step(None, joined)


def link_families(snapshot: Snapshot) -> NDArray[np.int32]:
    """Give numbers to families of items: a kit with all that it is made of, an item with what is offered in its place."""
    linked = link_kits(snapshot)
    join(linked, snapshot.substitutes.item, snapshot.substitutes.substitute)
    return number_roots(linked)


def add_families(items: NDArray[np.bool_], family: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Mark all items of the families of which one is marked."""
    whole = np.zeros(len(family), bool)
    whole[family[items]] = True
    return whole[family]
