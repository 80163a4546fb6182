"""The proof over what came in and what goes back."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from backorder.allocation.selectors import Difference
from backorder.money import say_amount
from backorder.payments.models import Payment, Refund, Transfer

COUNTS = ~Q(transfers__state="failed")
"""What failed goes back no more."""


def compare_payments() -> Iterator[Difference]:
    """Compare what goes back of each payment with its transfers (law L10)."""
    summed = Payment.objects.annotate(sent=Coalesce(Sum("transfers__amount", filter=COUNTS), 0))
    wrong = ~Q(refunded=F("sent")) | Q(refunded__gt=F("amount"))
    for payment in summed.filter(wrong).select_related("order"):
        about = f"payment {payment.pk} of order {payment.order.number}"
        yield Difference(about, "what goes back is the sum of its transfers", payment.refunded, payment.sent)


def compare_refunds() -> Iterator[Difference]:
    """Compare what was sent of each refund with its transfers, and its currency with that of the payments that they are of."""
    summed = Refund.objects.annotate(sent=Coalesce(Sum("transfers__amount", filter=COUNTS), 0))
    wrong = ~Q(moved=F("sent")) | Q(moved__gt=F("amount"))
    for refund in summed.filter(wrong).select_related("order"):
        about = f"refund {refund.pk} of order {refund.order.number}"
        yield Difference(about, "what is sent is the sum of its transfers", refund.moved, refund.sent)
    strange = ~Q(payment__currency=F("refund__currency")) | ~Q(payment__order=F("refund__order"))
    for transfer in Transfer.objects.filter(strange, payment__isnull=False).select_related(
        "payment", "refund__order"
    ):
        assert transfer.payment is not None
        about = f"transfer {transfer.pk} of order {transfer.refund.order.number}"
        came, goes = transfer.payment, transfer.refund
        yield Difference(
            about,
            "it goes back of a payment of its order, in its currency",
            say_amount(transfer.amount, goes.currency),
            f"{say_amount(came.amount, came.currency)} for another order"
            if came.order_id != goes.order_id
            else came.currency,
        )
