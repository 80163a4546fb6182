"""Rows to facts: what a decision is made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from backorder.allocation.facts.attributes import build_attributes
from backorder.allocation.facts.reading import LINE_COLUMNS, read_rows
from backorder.allocation.facts.ties import find_together
from backorder.allocation.moves import TOLD, UNTOLD
from backorder.columns import Columns
from backorder.engine.allocation.plan import Companions
from backorder.engine.allocation.policy import Policy
from backorder.engine.allocation.snapshot import (
    ANYWHERE,
    GONE,
    ClosedDays,
    Current,
    Kits,
    Lines,
    Locations,
    Snapshot,
    Substitutes,
    Supplies,
)
from backorder.money import USUAL_MILLIONTHS

NOTHING = 0  # no row has this id
ANY_ITEM = -1  # of a line that is not decided: nobody looks what it holds


OF_ITEM = {
    **dict.fromkeys(("lines", "levels", "inbound", "substitutes"), "item"),
    **dict.fromkeys(("held", "stood", "waiting"), "line_item"),
    "kits": "kit",
}
"""The tables whose rows are each of one item, and what names it. Who ties a new item to another one waits for the other's lock."""


@dataclass(frozen=True)
class InForce:
    """The rows of the plan in force of the items that are decided, whether their lines are still open or not."""

    held: Columns  # allocations, with their ids
    stood: Columns  # how lines stand
    waiting: NDArray[np.int64]  # ids of lines whose record of waiting is open


@dataclass(frozen=True)
class Facts:
    """What a decision is made from, and the rows that its numbers stand for."""

    snapshot: Snapshot
    items: NDArray[np.int64]  # ids of the items that are decided, families whole
    lines: NDArray[np.int64]  # id of each line
    inside: NDArray[np.bool_]  # which of them are of these items
    line_items: NDArray[np.int64]  # id of the item of each line
    levels: NDArray[np.int64]  # ids: the first supplies
    inbound: NDArray[np.int64]  # ids: the supplies after them
    known: NDArray[np.int64]  # id of each item of the snapshot
    places: NDArray[np.int64]  # id of each location
    told_on: NDArray[np.int64]  # the day that was told last for each line; NEVER: none
    told: Companions  # what lines told their complete orders when they were decided last
    in_force: InForce | None = None  # none: the facts of a decision that was kept
    newcomers: int = 0  # so many lines at the end are of orders that are written with this decision


def read_facts(items: Iterable[int], day: date, policy: Policy, *, all_items: bool = False) -> Facts:
    """Read what decides about some items on a day, or the last that was decided for.

    That is: their lines and supplies, and lines of other items in complete orders with them. `all_items` says that these are all;
    what is of an item that was made since is left out.
    """
    wanted = sorted(items) if all_items else find_together(items)
    rows = read_rows(wanted, day, all_items=all_items)
    if all_items:
        rows |= {
            name: choose(rows[name], np.isin(rows[name][item], wanted)) for name, item in OF_ITEM.items()
        }
    lines, supplies, places = (
        stand_together(rows["lines"]),
        (rows["levels"], rows["inbound"]),
        rows["places"],
    )
    known = np.unique(np.concatenate([np.array(wanted, np.int64), lines["item"]]))
    inside = np.isin(lines["item"], wanted)
    millionths = find_millionths(lines["item"], rows["unusual"])
    today = int(rows["today"]["day"][0])
    kits = build_kits(rows["kits"], known)
    held = choose(rows["held"], find_rows(rows["held"]["line"], lines["id"]) >= 0)
    current = build_current((lines, *supplies, held), known, places["id"])
    snapshot = Snapshot(
        as_of=today,
        items=len(known),
        lines=build_lines(lines, millionths, known, places["id"]),
        supplies=build_supplies(supplies, known, places["id"], today),
        locations=Locations(parent=find_rows(places["parent"], places["id"]), rank=places["rank"]),
        kits=kits,
        substitutes=build_substitutes(rows["substitutes"], known),
        current=drop_strangers(current, np.where(inside, find_rows(lines["item"], known), ANY_ITEM), kits),
        closed=build_closed_days(rows["closed"], places["id"]),
        attributes=build_attributes(lines, millionths, policy),
    )
    return Facts(
        snapshot,
        np.array(wanted, np.int64),
        lines["id"],
        inside,
        lines["item"],
        rows["levels"]["id"],
        rows["inbound"]["id"],
        known,
        places["id"],
        lines["told_on"],
        read_told(lines["id"], rows["stood"]),
        read_in_force(rows, wanted),
    )


def read_in_force(rows: dict[str, Columns], items: list[int]) -> InForce:
    """Take of the rows those of lines of these items."""
    held, stood, waiting = (
        choose(rows[name], np.isin(rows[name]["line_item"], items)) for name in ("held", "stood", "waiting")
    )
    return InForce(held, stood, waiting["line"])


def choose(columns: Columns, rows: NDArray[np.bool_] | NDArray[np.int64]) -> Columns:
    """Take some rows of a table: those that are marked, or these in this order."""
    return {name: values[rows] for name, values in columns.items()}


def find_rows(ids: Iterable[int], known: NDArray[np.int64]) -> NDArray[np.int64]:
    """Find the row of each id among the known ones; -1 if it is none of them."""
    wanted = np.array(list(ids) if not isinstance(ids, np.ndarray) else ids, np.int64)
    if len(known) == 0:
        return np.full(len(wanted), -1)
    order = np.argsort(known)
    at = np.minimum(np.searchsorted(known[order], wanted), len(known) - 1)
    return np.where(known[order][at] == wanted, order[at], -1)


def find_millionths(items: NDArray[np.int64], unusual: Columns) -> NDArray[np.int64]:
    """Find for each line, by its item, how many millionths the smallest unit of its currency has."""
    rows = find_rows(items, unusual["item"])
    return np.append(unusual["millionths"], USUAL_MILLIONTHS)[rows]  # -1, none of them, is the last


def build_lines(
    lines: Columns, millionths: NDArray[np.int64], items: NDArray[np.int64], places: NDArray[np.int64]
) -> Lines:
    """Build the order lines. Prices are in millionths, of which a minor unit of each line's currency has so many."""
    others = {"id", "told_on", "customer_class", "channel", "set"}
    held = {name: lines[name] for name in LINE_COLUMNS if name not in others}
    return Lines(
        **{
            **held,
            "order": number_orders(lines),
            "item": find_rows(lines["item"], items),
            "location": find_rows(lines["location"], places),
            "unit_price": lines["unit_price"] * millionths,
        }
    )


def stand_together(lines: Columns) -> Columns:
    """Sort the lines of each order set by set, those of none first: to the engine a set is a complete order of its own.

    A set stands where its first line is, and goes by its number from here.
    """
    rows = np.flatnonzero(lines["set"])
    if len(rows) == 0:
        return lines
    both = np.stack([lines["order"][rows], lines["set"][rows]])
    _, first, of = np.unique(both, axis=1, return_index=True, return_inverse=True)
    of_set = np.zeros(len(lines["set"]), np.int64)
    of_set[rows] = lines["id"][rows][first][of.ravel()]
    return choose({**lines, "set": of_set}, np.lexsort((of_set, lines["order"])))


def number_orders(lines: Columns) -> NDArray[np.int64]:
    """Give a number to each order, and one of its own to each set, in the order in which the lines are sorted."""
    same = [np.diff(lines[name], prepend=lines[name][:1]) == 0 for name in ("order", "set")]
    return np.cumsum(~(same[0] & same[1]))


def build_supplies(
    rows: tuple[Columns, Columns], items: NDArray[np.int64], places: NDArray[np.int64], as_of: int
) -> Supplies:
    """Build levels, then inbound lines."""
    levels, inbound = rows
    both = {name: np.concatenate([levels[name], inbound[name]]) for name in ("item", "location", "quantity")}
    count = len(levels["id"])
    return Supplies(
        item=find_rows(both["item"], items),
        location=find_rows(both["location"], places),
        inbound=np.arange(len(both["item"])) >= count,
        quantity=both["quantity"],
        available_on=np.concatenate([np.full(count, as_of), inbound["expected_on"]]),
        position=np.arange(len(both["item"])),
    )


def build_current(
    rows: tuple[Columns, Columns, Columns, Columns], items: NDArray[np.int64], places: NDArray[np.int64]
) -> Current:
    """Build the plan in force of the lines; of items that are not decided the supply counts as gone."""
    lines, *supplies, now = rows
    line = find_rows(now["line"], lines["id"])
    by_line = np.argsort(line, kind="stable")  # lines that ship together stand together, whatever their ids
    now, line = choose(now, by_line), line[by_line]
    level, inbound = find_rows(now["level"], supplies[0]["id"]), find_rows(now["inbound"], supplies[1]["id"])
    there = np.where(level >= 0, level, np.where(inbound >= 0, inbound + len(supplies[0]["id"]), GONE))
    of_item = find_rows(now["item"], items)
    own = find_rows(lines["item"], items)[line]
    return Current(
        line=line,
        supply=there,
        item=np.where(of_item >= 0, of_item, own),
        location=find_rows(now["location"], places),
        quantity=now["quantity"],
        ships_on=now["ships_on"],
    )


def drop_strangers(current: Current, asked: NDArray[np.int64], kits: Kits) -> Current:
    """Drop units of an item that is no part of what a line asks for any more: a kit was made otherwise since."""
    wanted = asked[current.line]
    other = np.flatnonzero((wanted != ANY_ITEM) & (wanted != current.item))
    parts = {kit: list_parts(kits, kit) for kit in set(wanted[other].tolist())}
    strange = [row for row in other.tolist() if int(current.item[row]) not in parts[int(wanted[row])]]
    return current.take(np.setdiff1d(np.arange(len(wanted)), strange)) if strange else current


def list_parts(kits: Kits, kit: int) -> set[int]:
    """List what a kit holds, all levels down."""
    parts: set[int] = set()
    ahead = {kit}
    while ahead:
        ahead = set(kits.component[np.isin(kits.kit, list(ahead))].tolist()) - parts
        parts |= ahead
    return parts


def build_kits(rows: Columns, items: NDArray[np.int64]) -> Kits:
    """Build the bills of kits, whole families."""
    return Kits(find_rows(rows["kit"], items), find_rows(rows["item"], items), rows["quantity"])


def build_substitutes(rows: Columns, items: NDArray[np.int64]) -> Substitutes:
    """Build what can be offered in the place of these items."""
    item, substitute = (find_rows(rows[name], items) for name in ("item", "substitute"))
    return Substitutes(item, substitute, rows["kind"], rows["ratio"])


def build_closed_days(rows: Columns, places: NDArray[np.int64]) -> ClosedDays:
    """Build the closed days that still matter."""
    place = np.where(rows["location"] == NOTHING, ANYWHERE, find_rows(rows["location"], places))
    return ClosedDays(rows["day"], place)


def read_told(lines: NDArray[np.int64], stood: Columns) -> Companions:
    """Read what lines told their complete orders, by row of the line; lines that are not open any more tell nothing."""
    row = find_rows(stood["line"], lines)
    told = np.flatnonzero((row >= 0) & (stood["whole"] != UNTOLD))
    told = told[np.argsort(row[told])]
    return Companions(line=row[told], **{name: stood[name][told] for name in TOLD})
