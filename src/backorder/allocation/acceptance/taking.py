"""Taking orders: lock, read, let in, write, decide, tell. One screen, one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from backorder.allocation.acceptance.answer import (
    Alternative,
    Answer,
    LineAnswer,
    Stand,
    answer_line,
    find_alternatives,
)
from backorder.allocation.acceptance.gate import Split, let_in
from backorder.allocation.facts.newcomers import add_lines
from backorder.allocation.facts.snapshot import Facts
from backorder.allocation.models import Standing
from backorder.allocation.policies.publications import read_terms
from backorder.allocation.policies.terms import Terms
from backorder.allocation.services import Decision, decide_about, decide_on, hold_items, read_locked, require
from backorder.catalog.models import Acceptance
from backorder.orders.models import Line, Order
from backorder.orders.selectors import find_items_of_order, list_holds_over
from backorder.orders.services.holding import check_hold, expire, keep_from_hand
from backorder.orders.services.placing import build_lines, build_order, list_subjects, save_order
from backorder.orders.services.records import Outlook, Refused, disclose, note_refusals
from backorder.orders.services.wanted import Buyer, Told, Wanted, check_order, refuse
from backorder.orders.together import name_group
from backorder.outbox.models import Entry
from backorder.outbox.services import CLOCK, Cause, write

HAND_ONLY = Acceptance(rule=Acceptance.NONE)
"""The rule of a hold that is not to wait."""


@dataclass(frozen=True)
class Admission:
    """Asked lines and what becomes of them."""

    order: Order
    lines: Sequence[Line]  # their quantities are as asked, or as accepted once `keep` was called
    asked: Sequence[int]
    splits: Sequence[Split]
    alternatives: Mapping[int, tuple[Alternative, ...]]
    facts: Facts
    terms: Terms

    def keep(self) -> list[Line]:
        """Keep of the lines what is accepted."""
        kept = []
        for line, split in zip(self.lines, self.splits, strict=True):
            line.quantity_ordered, line.quantity_from_hand = split.accepted, split.from_hand
            if split.accepted:
                kept.append(line)
        return kept

    def list_refused(self) -> list[Refused]:
        """List what is refused."""
        pairs = zip(self.lines, self.splits, strict=True)
        return [Refused(line, split.refused, split.reason) for line, split in pairs if split.refused]

    def answer(self, stands: Mapping[int, Stand | None]) -> tuple[LineAnswer, ...]:
        """Say what becomes of each line as it stands in the plan that follows, by id of the line."""
        return tuple(
            answer_line((line, units, split), stands.get(line.pk or 0), self.alternatives.get(number, ()))
            for number, (line, units, split) in enumerate(
                zip(self.lines, self.asked, self.splits, strict=True)
            )
        )


@dataclass(frozen=True)
class Hold:
    """Until when units are kept for a customer who has not ordered yet; without leave to wait only what is on hand."""

    until: datetime
    may_wait: bool = False


def place_order(
    number: str, lines: Sequence[Wanted], cause: Cause, buyer: Buyer | None = None, told: Told | None = None
) -> Answer:
    """Take an order as far as the rules of acceptance let it in; `told`: what else the customer was told. Raises OrderError."""
    buyer = buyer or Buyer()
    check_order(number, lines, buyer)

    def act(locked: set[int]) -> Answer:
        order = build_order(number, buyer, cause)
        asked = admit(locked, order, build_lines(order, lines), cause)
        return take(asked, cause, buyer, told)

    return hold_items(lambda: {line.item.pk for line in lines}, act)


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
        held = build_lines(order, lines)
        if keep.may_wait:
            asked = admit(locked, order, held, cause)
        else:
            asked = admit(locked, order, [keep_from_hand(line) for line in held], cause, HAND_ONLY)
        return take(asked, cause, buyer, None)

    return hold_items(lambda: {line.item.pk for line in lines}, act)


def keep_free(locked: set[int], order: Order, line: Wanted, cause: Cause, buyer: Buyer) -> Answer | None:
    """Keep units for a hold, inside `hold_items`, if all of them are free on hand; else None, and nothing is written.

    Raises Spread or OrderError.
    """
    check_order(order.number, [line], buyer)
    held = [keep_from_hand(each) for each in build_lines(order, [line])]
    asked = admit(locked, order, held, cause, HAND_ONLY)
    return None if asked.list_refused() else take(asked, cause, buyer, None)


def admit(
    locked: set[int], order: Order, lines: Sequence[Line], cause: Cause, rule: Acceptance | None = None
) -> Admission:
    """Ask the gate about lines whose items are locked; a rule that is given stands before those of the items. Raises Spread.

    Holds of these items that are over give back their units first: nobody waits for the clock to come by.
    """
    give_back(locked, cause)
    terms = read_terms()
    facts = read_locked(locked, cause.day, terms)
    asked = [line.quantity_ordered for line in lines]
    admitted = let_in((facts, terms.policy), order, lines, rule)
    late = any(split.to_wait or split.refused for split in admitted.splits)
    instead = find_alternatives(facts, admitted, asked) if late else {}
    return Admission(order, lines, asked, admitted.splits, instead, facts, terms)


def give_back(locked: set[int], cause: Cause) -> None:
    """End the holds of locked items that are over, and decide again what they kept. Raises Spread."""
    for order in list_holds_over(cause.at).filter(lines__item__in=locked):
        require(
            locked, set(find_items_of_order(order))
        )  # all its items are locked, or two would wait in a circle
        event = expire(order, Cause(CLOCK, cause.at))
        if event:
            decide_on(event, locked)


def take(asked: Admission, cause: Cause, buyer: Buyer, told: Told | None) -> Answer:
    """Write an order as far as it is let in, and decide. Of an order of which nothing is let in only that is written."""
    order, refused = asked.order, asked.list_refused()
    if refused:
        taken = Order.objects.filter(number=order.number).exists()
        refuse(taken, f"there is an order {order.number} already")
    lines = asked.keep()
    if not lines:
        return turn_away(asked, cause)
    grant_express(buyer, order, asked.splits, asked.lines)
    facts = {"refused": sum(each.quantity for each in refused)} if refused else {}
    event = save_order(order, lines, cause, buyer, facts)
    return conclude(
        asked, event, told, lambda: decide_about(add_lines(asked.facts, order, lines), asked.terms, event)
    )


def turn_away(asked: Admission, cause: Cause, what: str = "order.refused") -> Answer:
    """Write that nothing of what was asked is let in."""
    refused = asked.list_refused()
    facts = {
        "units": sum(each.quantity for each in refused),
        "reasons": sorted({each.reason for each in refused}),
    }
    entry = write(cause, what, list_subjects(asked.order, asked.lines), facts)
    note_refusals(asked.order, refused, entry)
    return Answer(asked.order.number, asked.answer({}), None)


def conclude(asked: Admission, event: Entry, told: Told | None, act: Callable[[], Decision]) -> Answer:
    """Decide, and keep what was refused and what the customer is told."""
    note_refusals(asked.order, asked.list_refused(), event)
    decision = act()
    lines = [line for line, split in zip(asked.lines, asked.splits, strict=True) if split.accepted]
    new = {line.pk for line in lines}
    answers = asked.answer({move.line: move.after for move in decision.moves if move.line in new})
    by_number = {line.number: line for line in lines}
    disclose(
        (
            Outlook(by_number[each.number], each.quantity_now, each.quantity_later, each.promised_on)
            for each in answers
            if each.number in by_number
        ),
        told,
        event,
    )
    return Answer(asked.order.number, answers, decision)


def disclose_plan(number: str, told: Told | None, entry: Entry) -> None:
    """Keep what the customer of an order that no gate let in is told: how its lines stand in the plan in force."""
    stands = Standing.objects.filter(line__order__number=number).select_related("line").order_by("line")
    disclose((look_out(stand.line, stand) for stand in stands), told, entry)


def look_out(line: Line, stand: Standing) -> Outlook:
    """Say what a line is to get, and when, as it stands."""
    later = stand.allocated_inbound + stand.unallocated
    return Outlook(line, stand.allocated_on_hand, later, stand.planned_on)


def grant_express(buyer: Buyer, order: Order, splits: Sequence[Split], lines: Sequence[Line]) -> None:
    """Grant paid express shipping to lines of which nothing waits; lines that ship together wait for the last of them."""
    pairs = list(zip(lines, splits, strict=True))
    waiting = {name_group(order, line) for line, split in pairs if split.to_wait} - {None}
    for line, split in pairs:
        line.express = buyer.express and not (split.to_wait or name_group(order, line) in waiting)


def withdraw_express(line: Line) -> None:
    """Take express shipping back from a line of which units wait now, and from those that ship together with it."""
    group, granted = name_group(line.order, line), Line.objects.filter(order=line.order, express=True)
    if group is None and not line.express:
        return
    with_it = {each.pk for each in granted if group is not None and name_group(line.order, each) == group}
    granted.filter(pk__in=with_it | {line.pk}).update(express=False)
