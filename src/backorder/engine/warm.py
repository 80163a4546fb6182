"""Compile all kernels once, so that the first decision does not wait: `python -m backorder.engine.warm`."""

from __future__ import annotations

import time

import numpy as np

from backorder.engine.allocation import Plan, Policy, Request, Snapshot, again, allocate, check, quote
from backorder.engine.allocation.snapshot import (
    NEVER,
    RESERVED,
    SOFT,
    Current,
    Kits,
    Lines,
    Locations,
    Substitutes,
    Supplies,
)


def make_facts() -> Snapshot:
    """Make the smallest facts that reach every kernel."""
    lines = Lines(
        order=[0, 0],
        item=[0, 1],
        location=[-1, 0],
        quantity=[2, 1],
        ordered_at=[0, 0],
        ordered_on=[0, 0],
        requested_on=[0, 0],
        needed_by=[NEVER, NEVER],
        priority=[0, 0],
        unit_price=[0, 0],
        ship_policy=[1, 0],
        minimum_quantity=[1, 1],
        commitment=[RESERVED, SOFT],
        promised_on=[0, NEVER],
    )
    supplies = Supplies(item=[1], location=[0], inbound=[False], quantity=[1], available_on=[0], position=[0])
    return Snapshot(
        as_of=0,
        items=2,
        lines=lines,
        supplies=supplies,
        locations=Locations(parent=[-1], rank=[NEVER]),
        kits=Kits(kit=[0], component=[1], quantity=[1]),
        substitutes=Substitutes(item=[0], substitute=[1], kind=[0], ratio=[1]),
        current=Current(line=[0], supply=[0], item=[1], location=[0], quantity=[1], ships_on=[0]),
    )


def warm() -> Plan:
    """Reach every kernel."""
    facts, policy = make_facts(), Policy()
    plan = allocate(facts, policy)
    check(facts, policy, plan)
    again(facts, policy, plan, np.ones(facts.items, bool))
    quote(facts, policy, plan, Request(item=0, quantity=1, requested_on=0))
    return plan


if __name__ == "__main__":
    began = time.perf_counter()
    warm()
    print(f"kernels ready in {time.perf_counter() - began:.1f} s")  # noqa: T201 - a set-up step that a person watches
