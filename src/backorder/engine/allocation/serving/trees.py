"""The tree of places that needs name, item by item, and its slack before any need is admitted."""

from __future__ import annotations

import numpy as np

from backorder.engine.allocation.desk import Desk
from backorder.engine.compiled import kernel


@kernel
def plant_trees(desk: Desk, by_item: np.ndarray, node_of: np.ndarray) -> None:
    """Write, for each item with needs, the tree of the places that they name, parents first; "anywhere" is the root.

    `by_item` lists the lines item by item. `node_of` gives room to note the node of each location; all are -1 before and after.
    """
    at, slack, start = 0, 0, 0
    while start < len(by_item):
        end = start
        item = desk.lines[by_item[start]].of_item
        owed = False
        while end < len(by_item) and desk.lines[by_item[end]].of_item == item:
            line = desk.lines[by_item[end]]
            owed = owed or (line.need_first < line.need_last and not line.kit and not line.on_hand_only)
            end += 1
        stock = desk.items[item]
        stock.owed = owed and stock.first < stock.last
        if stock.owed:
            first = at
            desk.nodes[at].place = -1
            desk.nodes[at].parent = -1
            at += 1
            deepest = 0
            for seat in range(start, end):
                deepest = max(deepest, desk.lines[by_item[seat]].depth)
            for depth in range(1, deepest + 1):
                for seat in range(start, end):
                    line = desk.lines[by_item[seat]]
                    if line.depth == depth and line.need_first < line.need_last and node_of[line.place] < 0:
                        desk.nodes[at].place = line.place
                        desk.nodes[at].parent = find_node(desk, node_of, desk.parent[line.place], first)
                        node_of[line.place] = at
                        at += 1
            for seat in range(start, end):
                desk.lines[by_item[seat]].node = find_node(
                    desk, node_of, desk.lines[by_item[seat]].place, first
                )
            for k in range(stock.first, stock.last):
                desk.supplies[k].node = find_node(desk, node_of, desk.supplies[k].location, first)
            stock.node_first, stock.node_last = first, at
            for node in range(first, at):
                desk.nodes[node].slack = slack
                slack += stock.groups
                if node > first:
                    node_of[desk.nodes[node].place] = -1
        start = end


@kernel
def find_node(desk: Desk, node_of: np.ndarray, place: int, root: int) -> int:
    """Find the innermost node that holds a place."""
    while place >= 0:
        if node_of[place] >= 0:
            return int(node_of[place])
        place = desk.parent[place]
    return root


@kernel
def fill_slack(desk: Desk) -> None:
    """Write the slack without any need: the free units of each place by each ship day, its inner places included."""
    for item in range(len(desk.items)):
        stock = desk.items[item]
        if not stock.owed:
            continue
        for k in range(stock.first, stock.last):
            desk.slack[desk.nodes[desk.supplies[k].node].slack + desk.supplies[k].group] += desk.supplies[
                k
            ].free
        for node in range(stock.node_last - 1, stock.node_first - 1, -1):
            first = desk.nodes[node].slack
            for g in range(1, stock.groups):
                desk.slack[first + g] += desk.slack[first + g - 1]
        for node in range(stock.node_last - 1, stock.node_first, -1):
            first, above = desk.nodes[node].slack, desk.nodes[desk.nodes[node].parent].slack
            for g in range(stock.groups):
                desk.slack[above + g] += desk.slack[first + g]
