"""Taking in units, and sending on at once what somebody waits for."""

from __future__ import annotations

from backorder.allocation.services import Decision, decide_on, hold_items, list_by_rank
from backorder.fulfilment.readiness import Scope
from backorder.fulfilment.services.release import Lists, release_ranked
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
    """Hand over what a decision gave from this place to lines that waited for it, in the order of service.

    What waits for something else stays; `release_ready` says for what.
    """
    gained = {
        move.line
        for move in decision.moves
        if move.after and move.after["allocated_on_hand"] > (move.before or move.after)["allocated_on_hand"]
    }
    if not gained:
        return
    ranked = [line for line in list_by_rank(locked, cause.day) if line in gained]
    because = Cause(cause.who, cause.at, caused_by=decision.entry)
    release_ranked(ranked, Scope(frozenset(gained), frozenset([place]), cause.day), Lists(), locked, because)
