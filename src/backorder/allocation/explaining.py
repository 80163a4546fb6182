"""Why a line of the database gets what it gets: the engine's explanation, asked about the plan in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from backorder.allocation.facts.snapshot import Facts, read_facts
from backorder.allocation.policies.publications import read_terms
from backorder.allocation.services import read_steadily
from backorder.engine.allocation import Explanation, Plan, Policy, allocate, explain
from backorder.orders.models import Line


@dataclass(frozen=True)
class Explained:
    """An explanation, and the facts, rules and plan that it is about."""

    facts: Facts
    policy: Policy
    plan: Plan
    found: Explanation


def explain_line(line: Line, today: date) -> Explained | None:
    """Explain an open line; None if it is not open. Reads all items that are linked with its own, and changes nothing."""
    policy = read_terms().policy
    with read_steadily():
        facts = read_linked({line.item_id}, today, policy)
    rows = np.flatnonzero(facts.lines == line.pk)
    if len(rows) == 0:
        return None
    plan = allocate(facts.snapshot, policy)
    return Explained(facts, policy, plan, explain(facts.snapshot, policy, plan, int(rows[0])))


def read_linked(items: set[int], day: date, policy: Policy) -> Facts:
    """Read items, and all that complete orders, kits and substitutes link with them, however far."""
    while True:
        facts = read_facts(items, day, policy)
        if facts.inside.all():
            return facts
        items = {*facts.items.tolist(), *facts.line_items.tolist()}
