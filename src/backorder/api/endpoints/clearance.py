"""What keeps an order from leaving: blocks, payment, and the consent of a customer who waits longer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from ninja import Query
from pydantic import Field

from backorder.api.endpoints.noted import Noted, note
from backorder.api.nouns import Act, Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import require
from backorder.api.values import Given, Instant, Key, Number, Reason, Sent, Shown, Switch
from backorder.fulfilment import services as fulfilment
from backorder.fulfilment.models import Block
from backorder.fulfilment.selectors import read_blocks
from backorder.orders.clearance import set_consent, set_payment_state
from backorder.orders.selectors import find_line, find_order

blocks = Noun("blocks", "fulfilment")
clearance = Noun("orders", "orders")


class ShownBlock(Shown):
    """An order held back by somebody, for a reason, until it is lifted."""

    block: int
    order: str
    reason: str
    at: Instant
    who: str
    lifted_at: Instant | None
    lifted_by: str | None


class Chosen(Asked):
    """Which blocks."""

    order: Annotated[Key | None, Field(description="Only of this order.")] = None
    lifted: Annotated[Switch | None, Field(description="False: only those that stand.")] = None


class NewBlock(Sent):
    """Why an order is held back."""

    reason: Given


class Lifted(Sent):
    """Why a block is lifted."""

    why: Reason = ""


class Payment(Sent):
    """How far an order is paid."""

    state: Literal["not_needed", "unpaid", "chargeable", "paid"]
    why: Reason = ""


class Consent(Sent):
    """Whether the customer agreed to wait longer."""

    state: Literal["not_needed", "waiting", "given"]
    why: Reason = ""


@blocks.reads("/blocks", Page[ShownBlock])
def list_blocks(chosen: Query[Chosen]) -> Page[ShownBlock]:
    """List the orders that are held back, or were, the last one first."""
    rows = read_blocks()
    if chosen.order is not None:
        rows = rows.filter(order__number=chosen.order)
    if chosen.lifted is not None:
        rows = rows.filter(lift__isnull=not chosen.lifted)
    return take_page(rows, "-id", chosen, show_blocks)


@blocks.changes("/orders/{path:number}/blocks", Noted)
def block_order(act: Act, number: Key, block: NewBlock) -> Noted:
    """Hold an order back until somebody lifts the block: nothing of it is released or shipped."""
    return note(act, fulfilment.block(require(find_order(number)), block.reason, act.cause()))


@blocks.changes("/blocks/{block}/lifts", Noted)
def lift_block(act: Act, block: Number, lifted: Lifted) -> Noted:
    """Lift a block, once and for good."""
    found = require(read_blocks().filter(pk=block).first())
    return note(act, fulfilment.lift(found, act.cause(lifted.why)))


@clearance.changes("/orders/{path:number}/lines/{path:line}/consent", Noted, method="PUT")
def put_consent(act: Act, number: Key, line: Key, consent: Consent) -> Noted:
    """Note whether the customer agreed to wait longer for a line; one who was asked and has not answered gets nothing yet."""
    return note(act, set_consent(require(find_line(number, line)), consent.state, act.cause(consent.why)))


@clearance.changes("/orders/{path:number}/payment", Noted, method="PUT")
def put_payment(act: Act, number: Key, payment: Payment) -> Noted:
    """Note how far an order is paid; one that is unpaid does not leave."""
    return note(act, set_payment_state(require(find_order(number)), payment.state, act.cause(payment.why)))


def show_blocks(rows: Sequence[Block]) -> list[ShownBlock]:
    """Show blocks."""
    found = []
    for row in rows:
        lift = getattr(row, "lift", None)
        found.append(
            ShownBlock(
                block=row.pk,
                order=row.order.number,
                reason=row.reason,
                at=row.entry.at,
                who=row.entry.who,
                lifted_at=lift.entry.at if lift else None,
                lifted_by=lift.entry.who if lift else None,
            )
        )
    return found
