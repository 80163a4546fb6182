"""The proof over what came in, what is charged and what goes back."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from backorder.allocation.selectors import Difference
from backorder.money import say_amount
from backorder.payments.models import Attempt, Charge, Means, Payment, Refund, Transfer

COUNTS = ~Q(transfers__state="failed")
"""What failed goes back no more."""
TRIED = ~Q(attempts__state="failed")
"""What failed is not taken."""


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


def compare_charges() -> Iterator[Difference]:
    """Compare what is asked for of each charge, and of what is held, with its attempts; and what was taken with its payment."""
    summed = Charge.objects.annotate(tried=Coalesce(Sum("attempts__amount", filter=TRIED), 0))
    wrong = ~Q(moved=F("tried")) | Q(moved__gt=F("amount"))
    for charge in summed.filter(wrong).select_related("order").order_by("pk"):
        about = f"charge {charge.pk} of order {charge.order.number}"
        yield Difference(about, "what is asked for is the sum of its attempts", charge.moved, charge.tried)
    held = Means.objects.annotate(tried=Coalesce(Sum("attempts__amount", filter=TRIED), 0))
    beyond = ~Q(used=F("tried")) | Q(amount__isnull=False, used__gt=F("amount"))
    for means in held.filter(beyond).select_related("order").order_by("pk"):
        about = f"{means.kind} {means.pk} of order {means.order.number}"
        yield Difference(about, "what is used is the sum of its attempts", means.used, means.tried)
    same = Q(payment__order=F("charge__order"), payment__currency=F("charge__currency"))
    taken = Attempt.objects.filter(state="taken").exclude(same, payment__amount=F("amount"))
    for attempt in taken.select_related("charge__order", "payment").order_by("pk"):
        assert attempt.payment is not None
        about = f"attempt {attempt.pk} of order {attempt.charge.order.number}"
        is_now = say_amount(attempt.payment.amount, attempt.payment.currency)
        should_be = say_amount(attempt.amount, attempt.charge.currency)
        yield Difference(about, "what was taken is a payment of its order", is_now, should_be)
