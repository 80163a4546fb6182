"""A shop of any size, the same for the same seed: few items sell much, places stand in a forest, supply comes late."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation import Condition, Guarantee, Plan, Policy, Segment, Snapshot
from backorder.engine.allocation.part import pegs_as_current
from backorder.engine.allocation.policy import FAIR_SHARE, GAIN, IMPROVE
from backorder.engine.allocation.snapshot import (
    ANYWHERE,
    AS_READY,
    COMPLETE,
    MILLION,
    NEVER,
    SOFT,
    Attribute,
    Lines,
    Locations,
    Supplies,
)

AS_OF = 20_781  # 2026-11-24
DAY = 86_400 * MILLION
PLACES = tuple(f"{region}{place}" for region in ("EAST", "NORTH", "SOUTH") for place in ("", 1, 2, 3, 4))
REGIONS = np.arange(0, len(PLACES), 5)
WAREHOUSES = np.setdiff1d(np.arange(len(PLACES)), REGIONS)
WITH_DEADLINE, URGENT, OVERDUE = 0.05, 0.1, 0.03  # shares of orders, orders, inbound
CLASSES = ("contract", "guest", "trade")
CHANNELS = ("marketplace", "shop", "web")

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Size:
    """How large the shop is. 50 lines an item and three supplies for ten lines, unless `items` says otherwise."""

    lines: int
    seed: int = 1
    items: int = 0
    complete_orders: float = 0.0  # share of the orders
    line_each: bool = False  # an order has one line; otherwise about four

    @property
    def item_count(self) -> int:
        """How many items there are."""
        return self.items or max(10, self.lines // 50)


def make_facts(size: Size) -> Snapshot:
    """Make orders, stock and inbound supply that cover about nine units in ten, item by item more or less."""
    chance = np.random.default_rng(size.seed)
    popularity = 1 / (np.arange(size.item_count) + 20) ** 0.9  # the best seller has one line in two hundred
    popularity = chance.permutation(popularity / popularity.sum())
    order = np.arange(size.lines)
    if not size.line_each:
        drawn = np.sort(chance.integers(0, max(1, size.lines // 4), size.lines))
        order = np.unique(drawn, return_inverse=True)[1]
    lines = make_lines(chance, order, popularity, size.complete_orders)
    demand = np.bincount(lines.item, lines.quantity, size.item_count)
    orders = int(order.max()) + 1
    return Snapshot(
        as_of=AS_OF,
        items=size.item_count,
        lines=lines,
        supplies=make_supplies(chance, size.lines * 3 // 10, demand, popularity),
        locations=Locations(
            parent=np.where(
                np.isin(np.arange(len(PLACES)), REGIONS), ANYWHERE, np.arange(len(PLACES)) // 5 * 5
            ),
            rank=np.full(len(PLACES), NEVER),
        ),
        attributes={
            "customer_class": Attribute("text", chance.choice(3, orders, p=(0.1, 0.6, 0.3))[order], CLASSES),
            "channel": Attribute("text", chance.choice(3, orders, p=(0.2, 0.3, 0.5))[order], CHANNELS),
        },
    )


def make_lines(
    chance: np.random.Generator, order: Numbers, popularity: NDArray[np.float64], complete: float
) -> Lines:
    """Make order lines: about four an order, three units each, ordered in the last weeks, some due already."""
    count, orders = len(order), int(order.max()) + 1
    age = np.minimum(90, chance.exponential(12, orders)).astype(np.int64)
    ordered_on = AS_OF - age
    ordered_at = ordered_on * DAY + chance.integers(0, 86_400, orders) * MILLION
    requested_on = ordered_on + chance.integers(0, 45, orders)
    ship_policy = np.where(chance.random(orders) < complete, COMPLETE, AS_READY)
    item = chance.choice(len(popularity), count, p=popularity)
    price = chance.integers(99, 20_000, len(popularity)) * (MILLION // 100)
    kind = chance.choice(3, count, p=(0.4, 0.3, 0.3))
    location = np.choose(
        kind, (np.full(count, ANYWHERE), chance.choice(REGIONS, count), chance.choice(WAREHOUSES, count))
    )
    return Lines(
        order=order,
        item=item,
        location=location,
        quantity=chance.geometric(0.35, count),
        ordered_at=ordered_at[order],
        ordered_on=ordered_on[order],
        requested_on=requested_on[order],
        needed_by=np.where(chance.random(orders) < WITH_DEADLINE, requested_on + 30, NEVER)[order],
        priority=np.where(chance.random(orders) < URGENT, 50, 100)[order],
        unit_price=price[item],
        ship_policy=ship_policy[order],
        minimum_quantity=np.ones(count),
        commitment=np.full(count, SOFT),
        promised_on=np.full(count, NEVER),
    )


def make_supplies(
    chance: np.random.Generator, count: int, demand: NDArray[Any], popularity: NDArray[np.float64]
) -> Supplies:
    """Make half the supplies stock, half inbound within two months, a few overdue; more of what sells more."""
    pairs = len(demand) * len(WAREHOUSES)
    stock = np.sort(chance.choice(pairs, min(count // 2, pairs), replace=False))
    inbound = count - len(stock)
    weight = np.sqrt(popularity)
    item = np.concatenate(
        (stock // len(WAREHOUSES), chance.choice(len(demand), inbound, p=weight / weight.sum()))
    )
    location = WAREHOUSES[
        np.concatenate((stock % len(WAREHOUSES), chance.integers(0, len(WAREHOUSES), inbound)))
    ]
    is_inbound = np.arange(count) >= len(stock)
    rows = np.bincount(item + len(demand) * is_inbound, minlength=2 * len(demand))
    share = demand[item] * 0.45 / rows[item + len(demand) * is_inbound]
    expected = AS_OF + np.where(
        chance.random(count) < OVERDUE, -chance.integers(1, 10, count), chance.integers(1, 60, count)
    )
    position = np.empty(count, np.int64)
    position[np.lexsort((item, np.arange(count) * is_inbound, location))] = np.arange(count)
    return Supplies(
        item=item,
        location=location,
        inbound=is_inbound,
        quantity=np.ceil(share * chance.uniform(0.2, 1.8, count)),
        available_on=np.where(is_inbound, expected, AS_OF),
        position=position,
    )


def put_in_force(facts: Snapshot, plan: Plan) -> Snapshot:
    """Let a plan be in force and its days be promised, and then one inbound supply in fifty come a week later."""
    supplies = facts.supplies
    late = supplies.inbound & (np.arange(len(supplies)) % 50 == 0)
    return replace(
        facts,
        lines=replace(facts.lines, promised_on=plan.lines.promised_on),
        supplies=replace(supplies, available_on=supplies.available_on + 7 * late),
        current=pegs_as_current(facts, plan),
    )


def make_policy() -> Policy:
    """Make a policy with three segments and one guarantee."""
    contract = (Condition("customer_class", one_of=("contract",)),)
    return Policy(
        segments=(
            Segment("contract", contract, GAIN),
            Segment("trade", (Condition("customer_class", one_of=("trade",)),), IMPROVE),
            Segment("marketplace", (Condition("channel", one_of=("marketplace",)),), FAIR_SHARE),
        ),
        guarantees=(
            Guarantee(
                "contract", contract, floor_share=MILLION // 5, ceiling_share=MILLION * 3 // 5, period="month"
            ),
        ),
    )
