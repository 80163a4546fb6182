"""More of an order that stands: units and lines that are added go through the gate as a new order would."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from backorder.allocation.acceptance.admitting import Admission, admit
from backorder.allocation.acceptance.answer import Answer
from backorder.allocation.acceptance.express import withdraw_express
from backorder.allocation.acceptance.gate import HAND_ONLY
from backorder.allocation.acceptance.taking import conclude, look_out, turn_away
from backorder.allocation.models import Standing
from backorder.allocation.services import Decision, decide_on, hold_items
from backorder.orders import services as orders
from backorder.orders.models import Line, Order
from backorder.orders.selectors import find_items_of_order, find_touched_items
from backorder.orders.services import LineChange, Told, Wanted
from backorder.orders.services.allowed import check_change, count_wanted, refuse_over
from backorder.orders.services.changing import check_new_line, lock_line, save_line
from backorder.orders.services.records import disclose, note_refusals
from backorder.orders.services.wanted import refuse
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause


def amend_line(line: Line, change: LineChange, cause: Cause, told: Told | None = None) -> Answer:
    """Change a line; more units are let in by the gate as if they were ordered now. Raises OrderError.

    The answer is about the units that are added, and has no line if none are. It has no decision if nothing changed.
    """

    def act(locked: set[int]) -> Answer:
        found = lock_line(line)
        refuse_over(found.order, cause)
        check_change(found, change)
        more = change.get("quantity", 0) - count_wanted(found)
        if more > 0:
            return add_units(locked, found, change, cause, told)
        event = orders.amend_line(found, change, cause)
        return Answer(found.order.number, (), decide_on(event, locked) if event else None)

    if "ship_set" in change:  # it may join any of them, while each of them is changed likewise
        return hold_items(partial(find_items_of_order, line.order), act)
    return hold_items(partial(find_touched_items, line), act)


def add_units(locked: set[int], line: Line, change: LineChange, cause: Cause, told: Told | None) -> Answer:
    """Let more units of a line in, and change what else is to change."""
    before = Standing.objects.filter(line=line.pk).first()
    wanted = count_wanted(line)
    more = build_more(line, change)
    kept_from_hand = line.commitment_once_confirmed is not None  # what is added does not wait either
    asked = admit(locked, [more], cause, HAND_ONLY if kept_from_hand else None)
    split = asked.splits[0]
    more.express = line.express and not split.to_wait
    change = {**change, "quantity": wanted + split.accepted}
    event = orders.amend_line(line, change, cause, split.from_hand)
    if event is None:
        return turn_away([(asked, cause)], "line.refused")[0]
    if split.to_wait:
        withdraw_express(line)
    note_refusals((each, event) for each in asked.list_refused())
    decision = decide_on(event, locked)
    stand = Standing.objects.filter(line=line.pk).first()
    return answer_more(asked, (before, stand), (event, decision), (line, told))


def answer_more(
    asked: Admission,
    stands: tuple[Standing | None, Standing | None],
    happened: tuple[Entry, Decision],
    about: tuple[Line, Told | None],
) -> Answer:
    """Say what becomes of units that were added, and keep what the customer was told of the whole line."""
    (before, after), (event, decision), (line, told), split = stands, happened, about, asked.splits[0]
    if after is None:
        return Answer(line.order.number, (), decision)
    gained = after.allocated_on_hand - (before.allocated_on_hand if before else 0)
    now = min(max(gained, 0), split.accepted)
    if split.accepted:
        disclose([look_out(line, after)], told, event)
    answer = asked.answer({})[0]
    answer = replace(
        answer,
        quantity_now=now,
        quantity_later=split.accepted - now,
        first_ships_on=after.first_ships_on,
        promised_on=after.planned_on,
    )
    return Answer(line.order.number, (answer,), decision)


def add_line(order: Order, wanted: Wanted, cause: Cause, told: Told | None = None) -> Answer:
    """Add a line to an order, as far as the gate lets it in. Raises OrderError."""

    def act(locked: set[int]) -> Answer:
        found = lock_row(order)
        refuse(
            found.held_until is not None,
            f"order {found.number} is a hold; confirm it, or hold the line apart",
        )
        line = check_new_line(found, wanted)
        asked = admit(locked, [line], cause)
        if not asked.keep():
            return turn_away([(asked, cause)], "line.refused")[0]
        event = save_line(found, line, cause, asked.splits[0].refused)
        if asked.splits[0].to_wait:
            withdraw_express(line)
        return conclude([(asked, event, told)], lambda: decide_on(event, locked))[0]

    return hold_items(lambda: find_items_of_order(order) | {wanted.item.pk}, act)


def build_more(line: Line, change: LineChange) -> Line:
    """Build the units that are added as a line of their own, which is never saved."""
    return Line(
        order=line.order,
        number=line.number,
        item=line.item,
        location=change.get("location", line.location),
        quantity_ordered=change["quantity"] - count_wanted(line),
        unit_price=line.unit_price,
        requested_on=change.get("requested_on", line.requested_on),
        needed_by=change.get("needed_by", line.needed_by),
        commitment=line.commitment
        if line.commitment_once_confirmed
        else change.get("commitment", line.commitment),
        ship_set=change.get("ship_set", line.ship_set),
    )


def lock_row(order: Order) -> Order:
    """Read an order so that nobody else changes it before this transaction ends."""
    rows = Order.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("customer", "customer_class", "channel").get(pk=order.pk)
