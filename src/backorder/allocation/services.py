"""The one way to a new plan: lock, read, decide, check, apply."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TypeVar

import numpy as np
from django.db import connection, transaction

from backorder.allocation.days import find_last_whole_day
from backorder.allocation.facts.snapshot import Facts, read_facts
from backorder.allocation.facts.ties import find_together
from backorder.allocation.models import Run
from backorder.allocation.moves import Move
from backorder.allocation.plan.apply import apply_plan
from backorder.allocation.plan.promises import Ledger, name_promises
from backorder.allocation.policies.publications import read_terms
from backorder.allocation.policies.terms import Terms
from backorder.allocation.runs import Worked, write_run
from backorder.catalog.locks import lock_all_items, lock_items
from backorder.catalog.models import Item
from backorder.engine.allocation import check, settle
from backorder.engine.allocation.seating.rank import rank_lines
from backorder.orders.models import Line, Order
from backorder.orders.selectors import find_tied_items
from backorder.orders.together import TOGETHER
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, name_subjects, write

WHOLE = ("plan", "whole")
"""The subject of what is about everything."""

T = TypeVar("T")
Named = Callable[[], Iterable[int]]
"""Names by id the items that an act touches, as they are when it is asked."""


@dataclass(frozen=True)
class Decision:
    """What an event led to: its entry in the journal, that of the decision, and the lines that stand otherwise than before."""

    event: Entry
    entry: Entry
    moves: Sequence[Move]
    run: Run
    worked: Worked


class Spread(Exception):  # noqa: N818 - nothing is wrong: more items must be locked, in order, before anything is read
    """A decision reaches items that are not locked yet."""

    def __init__(self, items: set[int]) -> None:
        """Keep the items."""
        super().__init__(f"{len(items)} more items")
        self.items = items


def decide_after(
    items: Named, change: Callable[[], Entry | None], then: Callable[[Entry], None] | None = None
) -> Decision | None:
    """Make a change of facts and decide again what it touches, in one transaction; `then` keeps more of it. None if nothing changed.

    `items` names all items that it touches: of lines that ship together those of all. Where the change or the decision
    reaches further, everything is undone and made again with those items locked too: locks are taken in one order, so nobody
    waits in a circle.
    """

    def act(locked: set[int]) -> Decision | None:
        event = change()
        if event is None:
            return None
        decision = decide_on(event, locked)
        if then is not None:
            then(event)
        return decision

    return hold_items(items, act)


def hold_items(items: Named, act: Callable[[set[int]], T]) -> T:
    """Act in one transaction with items locked, which the act is given. On Spread all is undone and done again with more.

    They are named again once they are locked: until then others may have added to what the act is about. What is tied to them
    is locked with them from the start, as the decision will ask for it.
    """
    wanted = set(find_together(items()))
    while True:
        try:
            with transaction.atomic():
                lock_items(wanted)
                require(wanted, set(items()))
                return act(wanted)
        except Spread as spread:
            wanted |= spread.items


@contextmanager
def read_steadily() -> Iterator[None]:
    """Read everything as it is at one moment, without a lock; inside another transaction as that one reads."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def preview(act: Callable[[], T]) -> T:
    """Let an event happen and take it back: what it would do."""
    with transaction.atomic():
        found = act()
        transaction.set_rollback(True)
    return found


def decide_on(event: Entry, locked: set[int]) -> Decision:
    """Decide again what an event touches, inside `hold_items`. Raises Spread or LawBroken."""
    touched = find_items(event)
    later = {item for item in touched if item > max(locked, default=0)}
    lock_items(later)  # made by the change, or behind all that are locked: in order
    require(locked | later, touched)
    return decide(locked | later, event)


def decide(items: set[int], event: Entry) -> Decision:
    """Decide about items that are locked, by the policy in force, and put the plan in force. Raises Spread or LawBroken."""
    terms = read_terms()
    return decide_about(read_locked(items, day_of(event), terms), terms, event)


def decide_about(facts: Facts, terms: Terms, event: Entry) -> Decision:
    """Decide about facts that were read under a lock and hold the event. Raises Spread or LawBroken."""
    items = Item.objects.filter(pk__in=facts.items.tolist())
    skus = items.order_by("pk").values_list("sku", flat=True)
    return put_in_force(work_out(facts, terms), event, [("item", sku) for sku in skus])


def read_locked(items: set[int], day: date, terms: Terms) -> Facts:
    """Read the facts about items that are locked, for a day or the last that was decided. Raises Spread."""
    lock_tying_orders(items)
    facts = read_facts(items, day, terms.policy)
    require(items, set(facts.items.tolist()))  # kits and substitutes of theirs
    return facts


def decide_all(items: set[int], event: Entry) -> Decision:
    """Decide about all items, which are locked. The journal names the items of which a line stands otherwise than before."""
    terms = read_terms()
    return put_in_force(work_out(read_all(items, day_of(event), terms), terms, whole=True), event, [WHOLE])


@transaction.atomic
def plan_all(cause: Cause) -> Decision:
    """Decide about everything because somebody wants it."""
    return decide_all(lock_all_items(), write(cause, "plan.asked", [WHOLE]))


def pass_day(cause: Cause) -> Decision | None:
    """Decide again what a new day touches: everything. Once for each day however often it is called; days missed are one."""
    if is_decided(cause.day):
        return None
    with transaction.atomic():
        items = lock_all_items()
        if is_decided(cause.day):  # by somebody who was faster
            return None
        last = find_last_whole_day(cause.day)
        days = {"from": last and last.isoformat(), "to": cause.day.isoformat()}
        return decide_all(items, write(cause, "day.passed", [WHOLE], days))


def is_decided(day: date) -> bool:
    """Tell whether everything was decided for a day, or a later one."""
    last = find_last_whole_day(day)
    return last is not None and last >= day


def read_all(items: Iterable[int], day: date, terms: Terms) -> Facts:
    """Read what decides about all items on a day."""
    return read_facts(items, day, terms.policy, all_items=True)


def work_out(facts: Facts, terms: Terms, *, whole: bool = False) -> Worked:
    """Decide until it stands, and hold the plan to the laws; nothing is written. Raises Spread or LawBroken."""
    ledger, outside = Ledger(facts, terms), np.flatnonzero(~facts.inside)
    settled = settle(facts.snapshot, terms.policy, facts.told, outside, partial(name_promises, ledger))
    if settled.plan is None:
        raise Spread(set(facts.line_items[settled.joined].tolist()))
    check(facts.snapshot, terms.policy, settled.plan)
    return Worked(ledger, settled.plan, settled.basis, whole)


def put_in_force(worked: Worked, event: Entry, subjects: list[tuple[str, str]]) -> Decision:
    """Put what was worked out in force: the journal, the rows that differ, and the run."""
    facts = worked.facts
    entry = write(
        Cause(event.who, event.at, caused_by=event),
        "plan.decided",
        subjects,
        {
            "as_of": worked.as_of.isoformat(),
            "lines": int(facts.inside.sum()),
            "plan": worked.plan.hash(),
        },
    )
    applied = apply_plan(worked.plan, entry, worked.ledger)
    if worked.whole:
        moved = np.unique(facts.line_items[np.isin(facts.lines, applied.moves.after["line"])])
        name_subjects(entry, "item", Item.objects.filter(pk__in=moved.tolist()).values_list("sku", flat=True))
    run = write_run(entry, worked, applied.promises, in_force=True)
    return Decision(event, entry, applied.moves, run, worked)


def day_of(event: Entry) -> date:
    """Name the shop's day of an event."""
    return Cause(event.who, event.at).day


def require(locked: set[int], items: set[int]) -> None:
    """Raise Spread for items that are not locked."""
    if more := items - locked:
        raise Spread(more)


def find_items(entry: Entry) -> set[int]:
    """Name the items that an entry of the journal touches: those it is about, and of orders that it is about those of tied lines."""
    keys: dict[str, list[str]] = {"item": [], "order": []}
    for kind, key in entry.subjects.filter(kind__in=keys).values_list("kind", "key"):
        keys[kind].append(key)
    named = Item.objects.filter(sku__in=keys["item"]).values_list("id", flat=True)
    return {*named, *find_tied_items(keys["order"])}


def lock_tying_orders(items: set[int]) -> None:
    """Lock the orders of which lines ship together and that tie these items to others.

    What their lines tell one another is read and written by one at a time. Items are always locked before orders, so nobody waits in
    a circle.
    """
    lines = Line.objects.filter(TOGETHER, item__in=items, quantity_open__gt=0)
    orders = Order.objects.select_for_update(no_key=True).filter(pk__in=lines.values("order_id"))
    list(orders.order_by("pk").values_list("pk"))


def list_by_rank(items: Iterable[int], day: date) -> list[int]:
    """List the lines of these items, and of complete orders with them, by id, in the order in which they are served."""
    rules = read_terms().policy
    facts = read_facts(items, day, rules)
    lines: list[int] = facts.lines[rank_lines(facts.snapshot, rules).rows].tolist()
    return lines
