"""Holding an order back by hand."""

from __future__ import annotations

from django.db import transaction

from backorder.fulfilment.models import Block, BlockLift
from backorder.fulfilment.refusal import refuse
from backorder.orders.models import Order
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write


@transaction.atomic
def block(order: Order, reason: str, cause: Cause) -> Entry:
    """Hold an order back until somebody lifts the block: nothing of it is released or shipped. Raises FulfilmentError.

    Nobody holds it back twice for one reason.
    """
    refuse(not reason.strip(), f"order {order.number}: a block says why")
    order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    refuse(
        Block.objects.filter(order=order, reason=reason, lift=None).exists(),
        f"order {order.number} is held back for that already: {reason}",
    )
    entry = write(cause, "order.blocked", [("order", order.number)], {"reason": reason})
    Block.objects.create(order=order, reason=reason, entry=entry)
    return entry


@transaction.atomic
def lift(block: Block, cause: Cause) -> Entry:
    """Lift a block. Raises FulfilmentError if it is lifted already."""
    block = (
        Block.objects.select_for_update(of=("self",), no_key=True).select_related("order").get(pk=block.pk)
    )
    refuse(
        BlockLift.objects.filter(block=block).exists(),
        f"order {block.order.number}: this block is lifted already",
    )
    entry = write(cause, "order.unblocked", [("order", block.order.number)], {"reason": block.reason})
    BlockLift.objects.create(block=block, entry=entry)
    return entry
