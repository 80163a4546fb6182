"""Parts of the shop that processes of their own decide give, put together, the plan of the whole."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from backorder.engine.allocation import Policy, Snapshot, allocate, partition
from backorder.engine.allocation.part import take_items
from backorder.engine.allocation.plan import Plan
from tests.engine.run_kernels import read_sample

OF_THE_WHOLE_SHOP = {"rank"}
"""Counts all lines, so a part numbers its own anew."""


def decide(part: tuple[Snapshot, Policy]) -> Plan:
    return allocate(*part)


def test_parts_decided_in_two_processes_equal_the_whole(tmp_path: Path) -> None:
    snapshot, policy = read_sample(tmp_path / "shop")
    whole, part_of = allocate(snapshot, policy), partition(snapshot)
    assert part_of.max() > 20
    halves = [take_items(snapshot, part_of % 2 == half) for half in (0, 1)]
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as workers:
        plans = list(workers.map(decide, [(part, policy) for part, _, _ in halves]))
    together = {name: np.array(column) for name, column in whole.lines.columns().items()}
    pegs = []
    for plan, (_, line_rows, supply_rows) in zip(plans, halves, strict=True):
        for name, column in plan.lines.columns().items():
            together[name][line_rows] = column
        columns = {
            **plan.pegs.columns(),
            "line": line_rows[plan.pegs.line],
            "supply": supply_rows[plan.pegs.supply],
        }
        pegs += list(zip(*(columns[name].tolist() for name in whole.pegs.columns()), strict=True))
        assert plan.free.tolist() == whole.free[supply_rows].tolist()
        ranks = whole.lines.rank[line_rows]
        assert (
            np.argsort(plan.lines.rank, kind="stable").tolist() == np.argsort(ranks, kind="stable").tolist()
        )
    for name, column in whole.lines.columns().items():
        if name not in OF_THE_WHOLE_SHOP:
            assert together[name].tolist() == column.tolist(), name
    assert sorted(pegs) == sorted(
        zip(*(column.tolist() for column in whole.pegs.columns().values()), strict=True)
    )
