"""The decision: lay the desk, hold, admit needs, serve, and write down what came of it."""

from __future__ import annotations

import numpy as np

from backorder.engine.allocation.desk import COUNT_FULL, COUNT_NEEDS, NODE, Desk, records
from backorder.engine.allocation.elsewhere import read_companions
from backorder.engine.allocation.outcome.ahead import count_ahead
from backorder.engine.allocation.outcome.compare import compare_plans, find_exceptions
from backorder.engine.allocation.outcome.offers import find_offers, find_shortages
from backorder.engine.allocation.outcome.pegs import collect_pegs
from backorder.engine.allocation.outcome.reasons import find_reasons
from backorder.engine.allocation.outcome.sums import list_outcomes, sum_takes
from backorder.engine.allocation.plan import Companions, Plan
from backorder.engine.allocation.policy import Policy
from backorder.engine.allocation.seating.days import available_days
from backorder.engine.allocation.seating.seat import Seating, lay_desk
from backorder.engine.allocation.serving.admit import admit_lines
from backorder.engine.allocation.serving.hold import hold_all
from backorder.engine.allocation.serving.needs import KEEP_ALWAYS, KEEP_BY_RANK, KEEP_NEVER, write_needs
from backorder.engine.allocation.serving.now import note_held, read_current
from backorder.engine.allocation.serving.serve import serve_all
from backorder.engine.allocation.serving.trees import fill_slack, plant_trees
from backorder.engine.allocation.snapshot import Snapshot
from backorder.engine.grouping import list_by_code

KEEP = {"always": KEEP_ALWAYS, "by_rank": KEEP_BY_RANK, "never": KEEP_NEVER}


def allocate(snapshot: Snapshot, policy: Policy) -> Plan:
    """Decide who gets which unit, and when. Pure: equal facts and policy give an equal plan.

    Raises PolicyError if the policy mentions a column that the snapshot lacks, or a value that is not of its kind.
    """
    seating = decide(snapshot, policy, Companions.empty())
    return write_plan(snapshot, policy, seating)


def decide(snapshot: Snapshot, policy: Policy, elsewhere: Companions) -> Seating:
    """Work the decision out on a desk; a desk with too little room for takes is laid again, larger.

    Lines `elsewhere` take no part but tell their complete orders what is known of them.
    """
    room = 1
    while True:
        seating = lay_desk(snapshot, policy, room, elsewhere)
        desk = serve_desk(seating, KEEP[policy.keep], snapshot.as_of + policy.freeze_days)
        if not desk.counts[COUNT_FULL]:
            return Seating(**{**vars(seating), "desk": desk})
        room *= 2


def serve_desk(seating: Seating, keep: int, frozen_before: int) -> Desk:
    """Hold, admit needs, serve: the three steps of the decision."""
    desk = prepare_desk(seating, keep, frozen_before)
    serve_all(desk, keep)
    return desk


def prepare_desk(seating: Seating, keep: int, frozen_before: int) -> Desk:
    """Hold what stays, then admit what is owed."""
    desk = seating.desk
    if len(desk.current):
        read_current(desk)
    hold_all(desk, frozen_before)
    note_held(desk)
    write_needs(desk, keep)
    if desk.counts[COUNT_NEEDS]:
        desk = plant(desk)
        admit_lines(desk, 0, len(desk.lines), keep == KEEP_ALWAYS)
    return desk


def plant(desk: Desk) -> Desk:
    """Give the desk the trees of places that needs name, and their slack."""
    desk = desk._replace(nodes=records(int(desk.counts[COUNT_NEEDS]) + len(desk.items), NODE))
    by_item, _ = list_by_code(desk.lines.of_item, len(desk.items))
    plant_trees(desk, by_item, np.full(len(desk.parent), -1, np.int32))
    owed = desk.items[desk.items.owed > 0]
    size = int(((owed.node_last - owed.node_first).astype(np.int64) * owed.groups).sum())
    desk = desk._replace(slack=np.zeros(size, np.int64))
    fill_slack(desk)
    return desk


def write_plan(snapshot: Snapshot, policy: Policy, seating: Seating) -> Plan:
    """Write the plan down, line by line, with its reasons and the difference to the plan in force."""
    desk = seating.desk
    sum_takes(desk)
    find_reasons(desk)
    count_ahead(desk, *list_by_code(desk.lines.of_item, snapshot.items))
    outcomes = list_outcomes(desk, seating.seat)
    changes = compare_plans(snapshot, seating)
    free = np.empty(len(snapshot.supplies), np.int64)
    free[seating.supply_rows] = desk.supplies.free
    return Plan(
        lines=outcomes,
        pegs=collect_pegs(desk, snapshot.supplies.position),
        shortages=find_shortages(snapshot, seating, outcomes),
        changes=changes,
        offers=find_offers(snapshot, seating, available_days(snapshot, policy)),
        exceptions=find_exceptions(seating, policy, outcomes, changes),
        companions=read_companions(desk, seating.rows),
        free=free,
    )
