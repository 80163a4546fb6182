"""Compile all kernels once, so that the first decision does not wait: `python -m backorder.engine.warm`."""

from __future__ import annotations

import shutil
import time
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from backorder.engine.allocation import (
    Plan,
    Policy,
    Request,
    Snapshot,
    again,
    allocate,
    check,
    partition,
    quote,
)
from backorder.engine.allocation.allocate import prepare_desk, write_plan
from backorder.engine.allocation.plan import Companions
from backorder.engine.allocation.seating.seat import Seating, lay_desk
from backorder.engine.allocation.serving.needs import KEEP_ALWAYS
from backorder.engine.allocation.serving.serve import serve_all
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
from backorder.engine.arrival import Purchases, predict
from backorder.engine.compiled import cache_folder
from backorder.engine.demand import History, forecast


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
    compile_demand()
    facts, policy = make_facts(), Policy()
    plan = allocate(facts, policy)
    check(facts, policy, plan)
    partition(facts)
    again(facts, policy, plan, np.ones(facts.items, bool))
    quote(facts, policy, plan, Request(item=0, quantity=1, requested_on=0))
    learn_arrivals()
    return plan


def compile_demand() -> None:
    """Reach the kernels of demand: an item with a season, long enough to be cut."""
    asked = np.tile([4.0, 1.0, 1.0, 2.0], 4)
    forecast(History([0, len(asked)], asked, np.ones(len(asked))), 1, np.array([0.5]), season=4)


def learn_arrivals() -> None:
    """Reach the kernels that say when what was bought arrives."""
    known = {"ordered_on": [0, 0], "quoted_on": [3, NEVER], "delivered_on": [5, NEVER]}
    purchases = Purchases(**known, supplier=[0, 0], lane=[0, 1], item=[0, 0])
    predict(purchases, np.arange(2), np.full(2, 4), np.array([0.5]))


def compile_service() -> None:
    """Reach the half of the kernels that serve the lines."""
    seating = lay_desk(make_facts(), Policy(), 1, Companions.empty())
    serve_all(seating.desk, KEEP_ALWAYS)


def compile_rest() -> None:
    """Reach most of the kernels before and after service: an unserved desk makes a plan too."""
    facts, policy = make_facts(), Policy()
    seating = lay_desk(facts, policy, 1, Companions.empty())
    desk = prepare_desk(seating, KEEP_ALWAYS, facts.as_of)
    write_plan(facts, policy, Seating(**{**vars(seating), "desk": desk}))


def remove_old(folder: Path, kept: int = 8) -> None:
    """Remove the compiled kernels of older sources, but for the newest few: other checkouts may use them."""
    older = sorted(folder.parent.glob("kernels-*"), key=lambda path: path.stat().st_mtime, reverse=True)[
        kept:
    ]
    for path in older:
        if path != folder:
            shutil.rmtree(path, ignore_errors=True)


if __name__ == "__main__":
    began = time.perf_counter()
    other = get_context("spawn").Process(target=compile_rest)  # two halves side by side, each a minute alone
    other.start()
    compile_service()
    other.join()
    warm()
    remove_old(cache_folder())
    print(f"kernels ready in {time.perf_counter() - began:.1f} s")  # noqa: T201 - a set-up step that a person watches
