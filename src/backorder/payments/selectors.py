"""Reading what came in, what goes back, and what is stuck."""

from __future__ import annotations

from django.db.models import F, Prefetch, QuerySet
from django.db.models.functions import Coalesce

from backorder.payments.models import BY_HAND, Payment, Refund, RefundPart, Transfer


def read_payments() -> QuerySet[Payment]:
    """Read payments, with whose they are and who noted them."""
    return Payment.objects.select_related("order", "entry")


def read_refunds() -> QuerySet[Refund]:
    """Read what was decided to go back, with each transfer and what it is for."""
    transfers = Prefetch("transfers", Transfer.objects.select_related("payment", "entry").order_by("id"))
    parts = Prefetch("parts", RefundPart.objects.select_related("cancellation__line__item").order_by("id"))
    return Refund.objects.select_related("entry", "order").prefetch_related(transfers, parts)


def list_to_pay() -> QuerySet[Transfer]:
    """List what a person is to send, what is due first at the front."""
    return with_orders(Transfer.objects.filter(state="waiting", way=BY_HAND)).order_by("refund__due_by", "id")


def list_going() -> QuerySet[Transfer]:
    """List what providers are asked for, and have not sent yet."""
    return with_orders(
        Transfer.objects.filter(state__in=("waiting", "handed", "pending")).exclude(way=BY_HAND)
    ).order_by("id")


def list_ended(most: int) -> QuerySet[Transfer]:
    """List what was sent, or failed, last."""
    ended = with_orders(Transfer.objects.filter(state__in=("sent", "failed")))
    return ended.order_by(Coalesce("failed_at", "sent_at").desc(), "-id")[:most]


def list_stuck() -> QuerySet[Refund]:
    """List the refunds of which something failed and nobody sent it otherwise, what is due first at the front."""
    stuck = Refund.objects.filter(moved__lt=F("amount"))
    return stuck.select_related("order__customer", "entry").order_by("due_by", "id")


def with_orders(transfers: QuerySet[Transfer]) -> QuerySet[Transfer]:
    """Read transfers with what people look at."""
    return transfers.select_related("refund__order__customer", "refund__entry", "payment")


def find_transfer(number: int) -> Transfer | None:
    """Find a transfer; None: there is none."""
    return with_orders(Transfer.objects.all()).filter(pk=number).first()
