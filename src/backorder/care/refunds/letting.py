"""Decides that what is owed goes back, if it is still so."""

from __future__ import annotations

from django.db import transaction

from backorder.care.refunds.owed import list_owed
from backorder.orders.models import Order
from backorder.orders.services.wanted import refuse
from backorder.outbox.services import Cause
from backorder.payments.models import Refund
from backorder.payments.services import Back, let_back, lock


@transaction.atomic
def let_owed_back(order: Order, mark: str, cause: Cause, amount: int | None = None) -> Refund:
    """Let go what is owed of an order, as whoever lets it go has read it, or another amount of it, with a reason. Raises OrderError.

    The amount is in minor units.
    """
    lock(order)
    about = f"order {order.number}"
    found = [each for each in list_owed(cause.at, [order]) if each.mark == mark]
    refuse(not found, f"{about}: what is owed has changed since you read it; read it again")
    (owed,) = found
    wanted = owed.amount if amount is None else amount
    refuse(wanted is None, f"{about}: say how much goes back; its prices do not say it")
    assert wanted is not None
    refuse(wanted != owed.amount and not cause.why.strip(), f"{about}: say why another amount goes back")
    return let_back(order, Back(wanted, owed.currency, owed.cancellations, owed.due_by, owed.amount), cause)
