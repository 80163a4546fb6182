"""Decides that what is owed goes back, if it is still so: of one order, or of some that are locked and read together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import transaction

from backorder.care.refunds.owed import Owed, list_owed
from backorder.orders.models import Order
from backorder.orders.services.wanted import OrderError, refuse
from backorder.outbox.services import Cause
from backorder.payments.models import Refund
from backorder.payments.services import Back, let_back, lock

AT_ONCE = 25
"""So many orders are locked at once: nobody waits long for one of them."""
Chosen = tuple[Order, str]
"""An order, and the mark of what is owed as it was read."""


@transaction.atomic
def let_owed_back(order: Order, mark: str, cause: Cause, amount: int | None = None) -> Refund:
    """Let go what is owed of an order, as whoever lets it go has read it, or another amount of it, with a reason. Raises OrderError.

    The amount is in minor units.
    """
    lock(order)
    found = [each for each in list_owed(cause.at, [order]) if each.mark == mark]
    return let_back(order, say_back(order, found, amount, cause.why), cause)


def list_batches(chosen: Sequence[Chosen]) -> Iterator[Sequence[Chosen]]:
    """List what is let go at once, one after the other, by the ids of orders."""
    in_turn = sorted(chosen, key=lambda each: each[0].pk)
    for begin in range(0, len(in_turn), AT_ONCE):
        yield in_turn[begin : begin + AT_ONCE]


def let_batch_back(chosen: Sequence[Chosen], cause: Cause) -> list[Refund | OrderError]:
    """Let go what is owed of some orders, each as it was read: gives of each what goes back, or why nothing does.

    What somebody else is changing just now goes by itself, behind the others.
    """
    return [
        made or let_one_back(each, cause)
        for each, made in zip(chosen, let_free_back(chosen, cause), strict=True)
    ]


def let_one_back(chosen: Chosen, cause: Cause) -> Refund | OrderError:
    """Let go what is owed of one order, or give why not."""
    try:
        return let_owed_back(*chosen, cause)
    except OrderError as error:
        return error


@transaction.atomic
def let_free_back(chosen: Sequence[Chosen], cause: Cause) -> list[Refund | OrderError | None]:
    """Let go what is owed of those orders that nobody else is changing; None for the others.

    They are locked without waiting: who decides about one order locks those that ship together after it, in no order of ids, and
    would wait in a circle with whoever holds some and waits for more. What is owed is read once behind the locks. Each is decided by
    itself, and has an entry of its own.
    """
    keys = [order.pk for order, _ in chosen]
    rows = Order.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    locked = {order.pk: order for order in rows.filter(pk__in=keys)}
    owed = list_owed(cause.at, list(locked.values()))
    made = list[Refund | OrderError | None]()
    for order, mark in chosen:
        if order.pk not in locked:
            made.append(None)
            continue
        found = [each for each in owed if (each.order.pk, each.mark) == (order.pk, mark)]
        try:
            with transaction.atomic():
                made.append(let_back(order, say_back(order, found, None, cause.why), cause))
        except OrderError as error:
            made.append(error)
    return made


def say_back(order: Order, found: Sequence[Owed], amount: int | None, why: str) -> Back:
    """Say what goes back of what was found of an order that is locked, or another amount of it. Raises OrderError."""
    about = f"order {order.number}"
    refuse(not found, f"{about}: what is owed has changed since you read it; read it again")
    (owed,) = found
    wanted = owed.amount if amount is None else amount
    refuse(wanted is None, f"{about}: say how much goes back; its prices do not say it")
    assert wanted is not None
    refuse(wanted != owed.amount and not why.strip(), f"{about}: say why another amount goes back")
    return Back(wanted, owed.currency, owed.cancellations, owed.due_by, owed.amount)
