"""Taking in units, and sending on at once what somebody waits for."""

from __future__ import annotations

from backorder.allocation.services import Decision, decide_on, hold_items, list_by_rank, require
from backorder.fulfilment.readiness import Chosen, Scope, choose_units
from backorder.fulfilment.refusal import FulfilmentError
from backorder.fulfilment.selectors import find_touched_items
from backorder.fulfilment.services.release import Lists, hand_over
from backorder.orders.models import Line, Order
from backorder.outbox.services import Cause
from backorder.supply import services as supply
from backorder.supply.models import SELLABLE, InboundLine


def receive(line: InboundLine, quantity: int, cause: Cause, *, status: str = SELLABLE) -> Decision | None:
    """Take in units of an inbound line; those for waiting lines go onto a pick list at once, if their place does so.

    Gives the decision on the receipt. What was released is an entry that it caused. Raises SupplyError.
    """

    def act(locked: set[int]) -> Decision:
        decision = decide_on(supply.receive(line, quantity, cause, status=status), locked)
        if line.location.releases_at_once and status == SELLABLE:
            release_waiting(decision, line.location_id, locked, cause)
        return decision

    return hold_items(lambda: {line.item_id}, act)


def release_waiting(decision: Decision, place: int, locked: set[int], cause: Cause) -> None:
    """Hand over what a decision gave from this place to lines that waited for it, in the order of service."""
    gained = {
        move.line
        for move in decision.moves
        if move.after and move.after["allocated_on_hand"] > (move.before or move.after)["allocated_on_hand"]
    }
    if not gained:
        return
    ranked = [line for line in list_by_rank(locked, cause.day) if line in gained]
    order_of = dict(Line.objects.filter(pk__in=gained).values_list("pk", "order_id"))
    orders = Order.objects.in_bulk(order_of.values())
    scope = Scope(frozenset(gained), frozenset([place]), cause.day)
    chosen: Chosen = []
    for number in dict.fromkeys(order_of[line] for line in ranked):
        require(locked, find_touched_items(orders[number]))
        try:
            chosen += choose_units(orders[number], scope)
        except FulfilmentError:
            continue  # it waits for something else, and `release_ready` says for what
    if chosen:
        position = {line: at for at, line in enumerate(ranked, 1)}
        because = Cause(cause.who, cause.at, caused_by=decision.entry)
        decide_on(hand_over(chosen, position, Lists(), because), locked)
