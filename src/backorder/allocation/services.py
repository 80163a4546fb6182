"""The one way to a new plan: lock, read, decide, check, apply."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import numpy as np
from django.db import transaction

from backorder.allocation.apply import apply_plan
from backorder.allocation.snapshot import read_facts
from backorder.catalog.models import Item
from backorder.engine.allocation import Policy, check
from backorder.engine.allocation.again import decide_some
from backorder.orders.models import Line, Order
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write


class Spread(Exception):  # noqa: N818 - nothing is wrong: more items must be locked, in order, before anything is read
    """A decision reaches items that are not locked yet."""

    def __init__(self, items: set[int]) -> None:
        """Keep the items."""
        super().__init__(f"{len(items)} more items")
        self.items = items


def decide_after(
    items: Iterable[int], change: Callable[[], Entry | None], as_of: date, policy: Policy | None = None
) -> Entry | None:
    """Make a change of facts and decide again what it touches, in one transaction. None if nothing changed.

    `items` are the ids of all items that it touches: of a complete order those of all its lines. Where the decision reaches
    further along complete orders, everything is undone and made again with those items locked too: locks are taken in one
    order, so nobody waits in a circle.
    """
    wanted = set(items)
    while True:
        try:
            with transaction.atomic():
                lock(wanted)
                entry = change()
                if entry is None:
                    return None
                return decide(wanted, Cause(entry.who, entry.at, caused_by=entry), as_of, policy)
        except Spread as spread:
            wanted |= spread.items


def decide(items: set[int], cause: Cause, as_of: date, policy: Policy | None) -> Entry:
    """Decide about items that are locked, and put the plan in force. Raises Spread or LawBroken."""
    rules = policy or Policy()
    lock_complete_orders(items)
    facts = read_facts(items, as_of, rules)
    if more := set(facts.items.tolist()) - items:
        raise Spread(more)  # kits and substitutes of theirs
    step = decide_some(facts.snapshot, rules, facts.told, np.flatnonzero(~facts.inside))
    if step.plan is None:
        raise Spread(set(facts.line_items[step.joined].tolist()))
    check(facts.snapshot, rules, step.plan)
    skus = Item.objects.filter(pk__in=items).order_by("pk").values_list("sku", flat=True)
    entry = write(
        cause,
        "plan.decided",
        [("item", sku) for sku in skus],
        {"as_of": as_of.isoformat(), "lines": int(facts.inside.sum()), "plan": step.plan.hash()},
    )
    apply_plan(facts, step.plan, entry)
    return entry


def lock(items: set[int]) -> None:
    """Lock items in one order; whoever decides about one of them waits. New orders and movements may still refer to them."""
    list(Item.objects.select_for_update(no_key=True).filter(pk__in=items).order_by("pk").values_list("pk"))


def lock_complete_orders(items: set[int]) -> None:
    """Lock the complete orders that tie these items to others: what their lines tell one another is read and written by one at a time.

    Items are always locked before orders, so nobody waits in a circle.
    """
    lines = Line.objects.filter(item__in=items, quantity_open__gt=0, order__ship_policy="complete")
    orders = Order.objects.select_for_update(no_key=True).filter(pk__in=lines.values("order_id"))
    list(orders.order_by("pk").values_list("pk"))
