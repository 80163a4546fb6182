"""Money that came in for orders, what of it is to go back, and each way on which it goes. Amounts are in minor units."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from backorder.orders.models import MOST_MONEY, Cancellation, Order
from backorder.outbox.models import Entry, append_only, is_erasing, is_marked, written_by_triggers

BY_HAND, STRIPE = "by_hand", "stripe"
WAYS = (BY_HAND, STRIPE)
"""How money comes in and goes back: a person sees to it, or a provider."""
STATES = ("waiting", "handed", "pending", "sent", "failed")
"""`waiting`: nobody was asked to send it. `handed`: a provider was asked, and may have sent it. `pending`: it is on its way to the
bank. `sent`: it left. `failed`: it did not, or came back; for good, so that it takes another transfer."""
CURRENCY = "^[A-Z]{3}$"
COUNT = """
more := CASE WHEN NEW.state = 'failed' THEN 0 ELSE NEW.amount END;
IF TG_OP = 'UPDATE' AND OLD.state <> 'failed' THEN more := more - OLD.amount; END IF;
IF more <> 0 THEN
    UPDATE payments_refund SET moved = moved + more WHERE id = NEW.refund_id;
    UPDATE payments_payment SET refunded = refunded + more WHERE id = NEW.payment_id;
END IF;
RETURN NULL;
"""
"""What failed counts no more: of a payment no more goes back than came in, whoever asks for it at the same time."""
KEPT = ("id", "refund_id", "payment_id", "way", "amount", "key", "entry_id")


def is_changed() -> str:
    """Ask whether a transfer becomes another one, or goes on after it failed."""
    changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in KEPT)
    return f"OLD.state = 'failed' OR {changed}"


class Payment(models.Model):
    """Money that came in for an order."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="payments")
    way = models.TextField()
    reference = models.TextField(blank=True)  # as the provider, or the bank, knows it
    label = models.TextField(blank=True)  # what the customer knows it by, as "Visa ending in 4242"
    currency = models.TextField()
    amount = models.BigIntegerField()
    refunded = models.BigIntegerField(default=0, db_default=0)  # the sum of what goes back of it
    paid_twice = models.BigIntegerField(
        default=0, db_default=0
    )  # so much of it was more than the order cost when it came in
    paid_at = models.DateTimeField()
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(way__in=("by_hand", "stripe")), name="payment_way"),
            models.CheckConstraint(condition=Q(currency__regex=CURRENCY), name="payment_currency"),
            models.CheckConstraint(condition=Q(amount__range=(1, MOST_MONEY)), name="payment_amount_from_1"),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunded__lte=F("amount")), name="payment_refunded_of_amount"
            ),
            models.CheckConstraint(
                condition=Q(paid_twice__gte=0, paid_twice__lte=F("amount")), name="payment_twice_of_amount"
            ),
            models.UniqueConstraint(
                fields=["way", "reference"], condition=~Q(reference=""), name="payment_once"
            ),
        ]
        indexes = [models.Index(fields=["order"], condition=Q(paid_twice__gt=0), name="payment_twice")]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            written_by_triggers(
                "refunded",
                key=(
                    *("id", "order_id", "way", "reference", "currency", "amount", "paid_twice"),
                    *("paid_at", "entry_id"),
                ),
            ),
        ]


class Refund(models.Model):
    """So much of an order is to go back, as somebody or a rule decided."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="refunds")
    currency = models.TextField()
    amount = models.BigIntegerField()  # 0: it was found that nothing is to go back
    owed = models.BigIntegerField(
        null=True
    )  # when it was decided; none: nobody could say, or nothing was owed
    moved = models.BigIntegerField(default=0, db_default=0)  # the sum of its transfers that did not fail
    due_by = models.DateField(null=True)  # the last day on which it may leave
    paid_twice = models.BooleanField(
        default=False, db_default=False
    )  # or it was not for this order: it counts as paid no more, though nothing was cancelled
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="+")  # who decided it, when and why

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(currency__regex=CURRENCY), name="refund_currency"),
            models.CheckConstraint(condition=Q(amount__range=(0, MOST_MONEY)), name="refund_amount_from_0"),
            models.CheckConstraint(
                condition=Q(moved__gte=0, moved__lte=F("amount")), name="refund_moved_of_amount"
            ),
            models.CheckConstraint(
                condition=Q(paid_twice=False) | Q(amount__gt=0, owed=None, due_by=None),
                name="refund_twice_is_owed_by_no_law",
            ),
        ]
        indexes = [
            models.Index(fields=["due_by", "id"], condition=Q(moved__lt=F("amount")), name="refund_stuck")
        ]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            written_by_triggers(
                "moved",
                key=("id", "order_id", "currency", "amount", "owed", "due_by", "paid_twice", "entry_id"),
            ),
        ]

    @property
    def is_given(self) -> bool:
        """Whether nothing was cancelled for it, and what was paid was right: thanks, or goodwill."""
        return not self.paid_twice and not self.parts.all()


class RefundPart(models.Model):
    """The units that a refund pays for: those of a cancellation, all of them, once."""

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="parts")
    cancellation = models.OneToOneField(Cancellation, models.PROTECT, related_name="refund_part")

    class Meta:
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="of_cancelled",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                IF EXISTS (SELECT 1 FROM payments_refund WHERE id = NEW.refund_id AND paid_twice) THEN
                    RAISE EXCEPTION 'what was paid twice pays for nothing that was cancelled'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'of_cancelled';
                END IF;
                RETURN NEW;
                """,
            ),
        ]


class Transfer(models.Model):
    """One attempt to send money back on one way. It fails for good; what failed takes another transfer."""

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="transfers")
    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, related_name="transfers"
    )  # of which it goes back; none: nobody noted one
    way = models.TextField()
    amount = models.BigIntegerField()
    key = models.UUIDField(unique=True)  # by which a provider knows that it was asked before
    state = models.TextField(default="waiting")
    reference = models.TextField(blank=True)  # as the provider, or the bank, knows it
    label = models.TextField(blank=True)  # to where it went, as the customer knows it
    said = models.TextField(blank=True)  # by the provider, where it did not go on
    tries = models.BigIntegerField(default=0, db_default=0)
    try_at = models.DateTimeField(null=True)  # a provider is asked then; none: nothing is to be asked
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")  # who asked for it

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(way__in=("by_hand", "stripe")), name="transfer_way"),
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "handed", "pending", "sent", "failed")),
                name="transfer_state",
            ),
            models.CheckConstraint(condition=Q(amount__range=(1, MOST_MONEY)), name="transfer_amount_from_1"),
            models.CheckConstraint(
                condition=Q(way="by_hand") | Q(payment__isnull=False), name="transfer_of_a_payment"
            ),
            models.CheckConstraint(
                condition=~Q(way="by_hand") | Q(state__in=("waiting", "sent", "failed"), try_at=None),
                name="transfer_by_hand_asks_nobody",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent"), name="transfer_sent_at"
            ),
            models.CheckConstraint(
                condition=Q(state="failed", failed_at__isnull=False, try_at=None)
                | (~Q(state="failed") & Q(failed_at=None)),
                name="transfer_failed_at",
            ),
            models.UniqueConstraint(
                fields=["way", "reference"], condition=~Q(reference=""), name="transfer_once"
            ),
        ]
        indexes = [
            models.Index(fields=["try_at", "id"], condition=Q(try_at__isnull=False), name="transfer_to_ask"),
            models.Index(fields=["id"], condition=Q(state="waiting", way="by_hand"), name="transfer_to_pay"),
        ]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="same",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(is_changed()),
                func=f"""
                IF {is_erasing("label", "said", also=is_marked("label", "said"))} THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION 'a transfer never becomes another one, and fails once'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'same';
                """,
            ),
            pgtrigger.Trigger(
                name="counted",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("more", "BIGINT")],
                func=COUNT,
            ),
        ]

    @property
    def to(self) -> str:
        """Where it goes, as the customer knows it; blank: nobody said. What came by card may go back to an account."""
        payment = self.payment
        same_way = payment is not None and payment.way == self.way and self.way != BY_HAND
        return self.label or (payment.label if payment is not None and same_way else "")
