"""What becomes of money that goes back: noted by whoever sends it by hand, or as a provider says."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from backorder.orders.services.wanted import OrderError, refuse
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write
from backorder.payments.models import BY_HAND, Transfer
from backorder.payments.services import lock


@transaction.atomic
def note_sent(transfer: Transfer, at: datetime, cause: Cause, reference: str = "", label: str = "") -> Entry:
    """Note that a person sent what was to be sent by hand. Raises OrderError."""
    transfer, about = lock_transfer(transfer)
    refuse(transfer.way != BY_HAND, f"{about}: {transfer.way} sends it")
    refuse(transfer.state != "waiting", f"{about}: that money is {transfer.state} already")
    refuse(at > cause.at, f"{about}: {at:%Y-%m-%d %H:%M} is still to come")
    ordered_at = transfer.refund.order.ordered_at
    refuse(
        at < ordered_at,
        f"{about} was placed on {ordered_at:%Y-%m-%d %H:%M}, which is after {at:%Y-%m-%d %H:%M}",
    )
    refuse(
        bool(reference) and Transfer.objects.filter(way=BY_HAND, reference=reference).exists(),
        f"{about}: {reference} is another transfer's",
    )
    transfer.reference, transfer.label = reference, label
    try:
        with transaction.atomic():
            return end_sent(transfer, at, cause)
    except IntegrityError as error:  # another order was locked at the same time
        said = f"{about}: {reference} is another transfer's"
        raise OrderError(said) from error


@transaction.atomic
def note_returned(transfer: Transfer, said: str, cause: Cause) -> Entry:
    """Note that money which a person sent came back, or cannot be sent; or call off what no provider was asked for.

    Raises OrderError.
    """
    transfer, about = lock_transfer(transfer)
    asked = transfer.way != BY_HAND and transfer.state != "waiting"
    refuse(asked, f"{about}: {transfer.way} says what becomes of it")
    refuse(transfer.state == "failed", f"{about}: that is known")
    refuse(not said.strip(), f"{about}: say why it came back")
    return end_failed(transfer, said, cause)


def lock_transfer(transfer: Transfer) -> tuple[Transfer, str]:
    """Lock a transfer behind its order; with the words that say whose it is."""
    order = lock(transfer.refund.order)
    found = Transfer.objects.select_for_update(of=("self",)).select_related("refund__entry", "refund__order")
    return found.get(pk=transfer.pk), f"order {order.number}"


def end_sent(transfer: Transfer, at: datetime, cause: Cause) -> Entry:
    """Note that money left, in the caller's transaction."""
    transfer.state, transfer.sent_at, transfer.said, transfer.try_at = "sent", at, "", None
    transfer.save()
    return tell(transfer, "refund.sent", cause)


def end_failed(transfer: Transfer, said: str, cause: Cause) -> Entry:
    """Note that money did not leave, or came back, in the caller's transaction."""
    transfer.state, transfer.failed_at, transfer.said, transfer.try_at = "failed", cause.at, said, None
    transfer.save()
    return tell(transfer, "refund.failed", cause)


def tell(transfer: Transfer, what: str, cause: Cause) -> Entry:
    """Tell the journal what became of a transfer."""
    facts = {
        "transfer": transfer.pk,
        "amount": transfer.amount,
        "currency": transfer.refund.currency,
        "way": transfer.way,
    }
    return write(cause, what, [("order", transfer.refund.order.number)], facts)
