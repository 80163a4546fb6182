"""Holds: units kept for somebody who has not ordered yet, until an instant."""

from __future__ import annotations

from typing import Annotated

from ninja import Query
from pydantic import Field

from backorder.allocation import events
from backorder.allocation.acceptance.taking import Hold
from backorder.allocation.selectors import list_orders as read_orders
from backorder.api.endpoints.orders import tell_placed
from backorder.api.endpoints.outcome import Outcome, tell
from backorder.api.endpoints.show_answer import Placed
from backorder.api.endpoints.show_order import Waiting, show_orders
from backorder.api.endpoints.wanted import Purchase, ToldWhenBuying, read_buyer, read_lines, read_told
from backorder.api.nouns import Act, Noun, quote
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import require
from backorder.api.values import Flag, Key, Reason, Sent, SentInstant
from backorder.orders.selectors import find_order

holds = Noun("holds", "orders")


class NewHold(Purchase):
    """Units to keep."""

    until: Annotated[SentInstant, Field(description="The instant at which it is over.")]
    may_wait: Annotated[
        Flag, Field(description="It may wait for what is to come; else only what is on hand is kept.")
    ] = False


class Confirmed(Sent):
    """A hold is ordered."""

    told: ToldWhenBuying = None
    why: Reason = ""


@holds.reads("/holds", Page[Waiting])
def list_holds(asked: Query[Asked]) -> Page[Waiting]:
    """List the holds that keep units, the last one first. One that is confirmed is an order."""
    held = read_orders().filter(held_until__isnull=False, lines__quantity_open__gt=0).values("pk")
    return take_page(read_orders().filter(pk__in=held), "-id", asked, show_orders)


@holds.changes(
    "/holds", Placed, at=lambda placed: f"orders/{quote(placed.order.number)}" if placed.order else None
)
def hold_units(act: Act, hold: NewHold) -> Placed:
    """Keep units for a customer until an instant. They count against everybody else until then."""
    cause = act.cause(hold.why)
    lines, buyer = read_lines(hold.lines, cause.day), read_buyer(hold)
    keep = Hold(hold.until, hold.may_wait)
    return tell_placed(act, events.hold(hold.number, lines, keep, cause, buyer))


@holds.changes("/holds/{path:number}/confirmations", Outcome)
def confirm_hold(act: Act, number: Key, confirmed: Confirmed) -> Outcome:
    """Make a hold an order, which may wait like any other from now on."""
    return tell(
        act, events.confirm(require(find_order(number)), act.cause(confirmed.why), read_told(confirmed.told))
    )
