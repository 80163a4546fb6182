"""The one way to a new plan: lock, read, decide, check, apply."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from django.db import transaction

from backorder.allocation.apply import Move, apply_plan
from backorder.allocation.snapshot import read_facts
from backorder.catalog.locks import lock_items
from backorder.catalog.models import Item
from backorder.engine.allocation import Policy, check
from backorder.engine.allocation.again import decide_some
from backorder.orders.models import Line, Order
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write

Seen = TypeVar("Seen")


@dataclass(frozen=True)
class Decision:
    """What an event led to: its entry in the journal, that of the decision, and the lines that stand otherwise than before."""

    event: Entry
    entry: Entry
    moves: list[Move]


class Spread(Exception):  # noqa: N818 - nothing is wrong: more items must be locked, in order, before anything is read
    """A decision reaches items that are not locked yet."""

    def __init__(self, items: set[int]) -> None:
        """Keep the items."""
        super().__init__(f"{len(items)} more items")
        self.items = items


def decide_after(
    items: Iterable[int], change: Callable[[], Entry | None], policy: Policy | None = None
) -> Decision | None:
    """Make a change of facts and decide again what it touches, in one transaction. None if nothing changed.

    `items` are the ids of all items that it touches: of a complete order those of all its lines. Where the change or the
    decision reaches further, everything is undone and made again with those items locked too: locks are taken in one order,
    so nobody waits in a circle.
    """
    wanted = set(items)
    while True:
        try:
            with transaction.atomic():
                lock_items(wanted)
                event = change()
                if event is None:
                    return None
                require(wanted, find_items(event))
                return decide(wanted, event, policy)
        except Spread as spread:
            wanted |= spread.items


def preview(act: Callable[[], Seen]) -> Seen:
    """Let an event happen, and whatever is read of it, and take it back: what it would do."""
    with transaction.atomic():
        seen = act()
        transaction.set_rollback(True)
    return seen


def decide(items: set[int], event: Entry, policy: Policy | None) -> Decision:
    """Decide about items that are locked, and put the plan in force. Raises Spread or LawBroken."""
    rules, cause = policy or Policy(), Cause(event.who, event.at, caused_by=event)
    lock_complete_orders(items)
    facts = read_facts(items, cause.day, rules)
    require(items, set(facts.items.tolist()))  # kits and substitutes of theirs
    step = decide_some(facts.snapshot, rules, facts.told, np.flatnonzero(~facts.inside))
    if step.plan is None:
        raise Spread(set(facts.line_items[step.joined].tolist()))
    check(facts.snapshot, rules, step.plan)
    skus = Item.objects.filter(pk__in=items).order_by("pk").values_list("sku", flat=True)
    entry = write(
        cause,
        "plan.decided",
        [("item", sku) for sku in skus],
        {"as_of": cause.day.isoformat(), "lines": int(facts.inside.sum()), "plan": step.plan.hash()},
    )
    return Decision(event, entry, apply_plan(facts, step.plan, entry))


def require(locked: set[int], items: set[int]) -> None:
    """Raise Spread for items that are not locked."""
    if more := items - locked:
        raise Spread(more)


def find_items(entry: Entry) -> set[int]:
    """Name the items that an entry of the journal touches: those it is about, and all of complete orders that it is about."""
    keys: dict[str, list[str]] = {"item": [], "order": []}
    for kind, key in entry.subjects.filter(kind__in=keys).values_list("kind", "key"):
        keys[kind].append(key)
    named = Item.objects.filter(sku__in=keys["item"]).values_list("id", flat=True)
    orders = Line.objects.filter(order__number__in=keys["order"], order__ship_policy="complete")
    return {*named, *orders.values_list("item_id", flat=True)}


def lock_complete_orders(items: set[int]) -> None:
    """Lock the complete orders that tie these items to others: what their lines tell one another is read and written by one at a time.

    Items are always locked before orders, so nobody waits in a circle.
    """
    lines = Line.objects.filter(item__in=items, quantity_open__gt=0, order__ship_policy="complete")
    orders = Order.objects.select_for_update(no_key=True).filter(pk__in=lines.values("order_id"))
    list(orders.order_by("pk").values_list("pk"))
