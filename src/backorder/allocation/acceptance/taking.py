"""Taking orders: lock, read, let in, write, decide, tell. One screen, one transaction.

Orders that come at once for the same items are taken in together, in the order in which they came: see `turns`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from backorder.allocation.acceptance.admitting import Admission, Known, admit_all
from backorder.allocation.acceptance.answer import Answer
from backorder.allocation.acceptance.express import grant_express
from backorder.allocation.acceptance.gate import HAND_ONLY
from backorder.allocation.acceptance.turns import Counter, Gather
from backorder.allocation.facts.newcomers import add_lines
from backorder.allocation.models import Standing
from backorder.allocation.policies.publications import read_terms
from backorder.allocation.services import Decision, decide_about, hold_items
from backorder.orders.models import Line, Order
from backorder.orders.services.holding import check_hold, keep_from_hand
from backorder.orders.services.placing import (
    Placing,
    build_lines,
    build_order,
    list_subjects,
    save_orders,
)
from backorder.orders.services.records import Outlook, disclose, disclose_each, note_refusals
from backorder.orders.services.wanted import Buyer, Told, Wanted, check_order, refuse
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, Happened, write, write_each

GATE = "gate"
"""Who decides on orders of several at once."""


@dataclass(frozen=True)
class Purchase:
    """Who orders, why, and what else the customer was told.

    `then` keeps more of the answer in the transaction of the order; it is asked again if that has to be made anew.
    """

    cause: Cause
    buyer: Buyer
    told: Told | None = None
    then: Callable[[Answer], object] | None = None


@dataclass(frozen=True)
class Hold:
    """Until when units are kept for a customer who has not ordered yet; without leave to wait only what is on hand."""

    until: datetime
    may_wait: bool = False


def place_order(
    number: str, lines: Sequence[Wanted], cause: Cause, buyer: Buyer | None = None, told: Told | None = None
) -> Answer:
    """Take an order as far as the rules of acceptance let it in; `told`: what else the customer was told. Raises OrderError."""
    return buy(number, lines, Purchase(cause, buyer or Buyer(), told))


def buy(number: str, lines: Sequence[Wanted], purchase: Purchase) -> Answer:
    """Take an order as `place_order` does, and keep more of the answer beside it. Raises OrderError."""
    check_order(number, lines, purchase.buyer)
    items = frozenset(line.item.pk for line in lines)
    return COUNTER.take_turn((items, purchase.cause.day), (number, lines, purchase), partial(take_in, items))


Asked = tuple[str, Sequence[Wanted], Purchase]
"""An order that is asked: its number, its lines, and who orders."""
COUNTER: Counter[tuple[frozenset[int], date], Asked, Answer] = Counter()
"""Where those queue who order the same items on the same day."""


def take_in(items: Iterable[int], gather: Gather[Asked]) -> list[Answer]:
    """Take orders of the same items in one transaction, each behind those before it; `gather` lists them once the items are locked.

    Raises OrderError if one of them cannot be taken; then none is.
    """

    def act(locked: set[int]) -> list[Answer]:
        asked = gather()
        refuse_twice([number for number, _, _ in asked])
        if len(asked) > 1 and read_terms().policy.guarantees:
            # a floor serves who stands behind first, so the units of one would be counted as another's
            return [answer for one in asked for answer in take_together(locked, [one])]
        return take_together(locked, asked)

    return hold_items(lambda: items, act)


def take_together(locked: set[int], asked: Sequence[Asked]) -> list[Answer]:
    """Take orders in whose items are locked, and decide once. Raises Spread or OrderError."""
    bought = [purchase for _, _, purchase in asked]
    orders = [(build_order(number, who.buyer, who.cause), lines) for number, lines, who in asked]
    latest = max((who.cause for who in bought), key=lambda cause: cause.at)
    admitted, known = admit_all(locked, build_lines(orders), latest)
    return take_all(list(zip(admitted, bought, strict=True)), known)


def hold(
    number: str, lines: Sequence[Wanted], keep: Hold, cause: Cause, buyer: Buyer | None = None
) -> Answer:
    """Keep units for a customer until an instant. They count against everybody else until then. Raises OrderError."""
    buyer = buyer or Buyer()
    check_order(number, lines, buyer)
    check_hold(number, keep.until, cause)

    def act(locked: set[int]) -> Answer:
        order = build_order(number, buyer, cause)
        order.held_until = keep.until
        (held,) = build_lines([(order, lines)])
        if keep.may_wait:
            admitted, known = admit_all(locked, [held], cause)
        else:
            admitted, known = admit_all(locked, [[keep_from_hand(line) for line in held]], cause, HAND_ONLY)
        return take_all([(admitted[0], Purchase(cause, buyer))], known)[0]

    return hold_items(lambda: {line.item.pk for line in lines}, act)


def keep_free(locked: set[int], order: Order, line: Wanted, cause: Cause, buyer: Buyer) -> Answer | None:
    """Keep units for a hold, inside `hold_items`, if all of them are free on hand; else None, and nothing is written.

    Raises Spread or OrderError.
    """
    check_order(order.number, [line], buyer)
    (held,) = build_lines([(order, [line])])
    (asked,), known = admit_all(locked, [[keep_from_hand(each) for each in held]], cause, HAND_ONLY)
    return None if asked.list_refused() else take_all([(asked, Purchase(cause, buyer))], known)[0]


def take_all(asked: Sequence[tuple[Admission, Purchase]], known: Known) -> list[Answer]:
    """Write orders as far as they are let in, and decide once. Of an order of which nothing is let in only that is written.

    Raises OrderError if a number is taken.
    """
    refuse_taken([one.order for one, _ in asked if one.list_refused()])
    away = turn_away([(one, who.cause) for one, who in asked if one.is_refused])
    kept = [(one, who, one.keep()) for one, who in asked if not one.is_refused]
    for one, who, _ in kept:
        grant_express(who.buyer, one.order, one.splits, one.lines)
    events = save_orders(
        [Placing(lines, who.cause, who.buyer, tell_refused(one)) for one, who, lines in kept]
    )
    taken = conclude(
        [(one, event, who.told) for (one, who, _), event in zip(kept, events, strict=True)],
        lambda: decide_on_orders([lines for _, _, lines in kept], events, known),
    )
    answers = iter(taken), iter(away)
    found = [next(answers[one.is_refused]) for one, _ in asked]
    for answer, (_, who) in zip(found, asked, strict=True):
        if who.then is not None:
            who.then(answer)
    return found


def refuse_twice(numbers: Sequence[str]) -> None:
    """Raise OrderError if a number is asked twice at once: the lines of both would be split as those of one order."""
    refuse(len(set(numbers)) < len(numbers), "orders that come at once have the same number")


def refuse_taken(orders: Sequence[Order]) -> None:
    """Raise OrderError if there is an order of one of these numbers: of what is refused no row would say so."""
    numbers = [order.number for order in orders]
    taken = (
        Order.objects.filter(number__in=numbers).values_list("number", flat=True).first() if numbers else None
    )
    refuse(taken is not None, f"there is an order {taken} already")


def tell_refused(asked: Admission) -> dict[str, int]:
    """Say for the journal how many units were refused, if any."""
    units = sum(each.quantity for each in asked.list_refused())
    return {"refused": units} if units else {}


def decide_on_orders(orders: Sequence[Sequence[Line]], events: Sequence[Entry], known: Known) -> Decision:
    """Decide about orders that were just written, from what the gate read. Of several the journal says that they came at once."""
    facts, terms = known
    event = events[0] if len(events) == 1 else note_together(orders, events)
    return decide_about(add_lines(facts, [line for lines in orders for line in lines]), terms, event)


def note_together(orders: Sequence[Sequence[Line]], events: Sequence[Entry]) -> Entry:
    """Tell the journal that orders came at once and are decided on together; by whom, if by one."""
    who = {event.who for event in events}
    subjects = [subject for lines in orders for subject in list_subjects(lines[0].order, lines)]
    cause = Cause(who.pop() if len(who) == 1 else GATE, max(event.at for event in events))
    return write(cause, "plan.shared", subjects, {"orders": len(orders)})


def turn_away(asked: Sequence[tuple[Admission, Cause]], what: str = "order.refused") -> list[Answer]:
    """Write that nothing of what was asked is let in, of each order."""
    if not asked:
        return []
    refused = [one.list_refused() for one, _ in asked]
    told = [
        {"units": sum(each.quantity for each in some), "reasons": sorted({each.reason for each in some})}
        for some in refused
    ]
    entries = write_each(
        [
            (cause, Happened(what, list_subjects(one.order, one.lines), facts))
            for (one, cause), facts in zip(asked, told, strict=True)
        ]
    )
    note_refusals((each, entry) for some, entry in zip(refused, entries, strict=True) for each in some)
    return [Answer(one.order.number, one.answer({}), None) for one, _ in asked]


def conclude(
    asked: Sequence[tuple[Admission, Entry, Told | None]], act: Callable[[], Decision]
) -> list[Answer]:
    """Decide, and keep what was refused and what customers are told; of each order its event, and what else its customer was told."""
    if not asked:
        return []
    note_refusals((each, event) for one, event, _ in asked for each in one.list_refused())
    decision = act()
    found, shown = [], []
    for one, event, told in asked:
        mine = decision if len(asked) == 1 else pick_own(decision, event, one, asked)
        lines = {
            line.number: line for line, split in zip(one.lines, one.splits, strict=True) if split.accepted
        }
        new = {line.pk for line in lines.values()}
        answers = one.answer({move.line: move.after for move in mine.moves if move.line in new})
        for each in answers:
            if each.number in lines:
                days = each.quantity_now, each.quantity_later, each.promised_on
                shown.append((Outlook(lines[each.number], *days), told, event))
        found.append(Answer(one.order.number, answers, mine))
    disclose_each(shown)
    return found


def pick_own(
    decision: Decision,
    event: Entry,
    own: Admission,
    all_asked: Sequence[tuple[Admission, Entry, Told | None]],
) -> Decision:
    """Pick of a decision on several orders what one of them led to: all that moved, but for the lines of the others."""
    others = {line.pk for one, _, _ in all_asked if one is not own for line in one.lines}
    return replace(decision, event=event, moves=[move for move in decision.moves if move.line not in others])


def disclose_plan(number: str, told: Told | None, entry: Entry) -> None:
    """Keep what the customer of an order that no gate let in is told: how its lines stand in the plan in force."""
    stands = Standing.objects.filter(line__order__number=number).select_related("line").order_by("line")
    disclose((look_out(stand.line, stand) for stand in stands), told, entry)


def look_out(line: Line, stand: Standing) -> Outlook:
    """Say what a line is to get, and when, as it stands."""
    later = stand.allocated_inbound + stand.unallocated
    return Outlook(line, stand.allocated_on_hand, later, stand.planned_on)
