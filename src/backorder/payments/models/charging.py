"""By what orders may be charged, what is to be charged, and each attempt to take it. Amounts are in minor units."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from backorder.orders.models import MOST_MONEY, Order
from backorder.outbox.models import Entry, append_only, is_erasing, is_marked, written_by_triggers
from backorder.payments.models.returning import CURRENCY, Payment

AUTHORISATION, CARD, LINK = "authorisation", "card", "link"
"""How money is taken: of what a card holds for an order, of a card that is kept, or by whoever opens a link and pays."""
ASKED = ("waiting", "handed", "pending", "ending")
"""States of an attempt that has not ended."""
COUNT = """
more := CASE WHEN NEW.state = 'failed' THEN 0 ELSE NEW.amount END;
IF TG_OP = 'UPDATE' AND OLD.state <> 'failed' THEN more := more - OLD.amount; END IF;
IF more <> 0 THEN
    UPDATE payments_charge SET moved = moved + more WHERE id = NEW.charge_id;
    UPDATE payments_means SET used = used + more WHERE id = NEW.means_id;
END IF;
RETURN NULL;
"""
"""What failed counts no more: of a charge no more is asked for than was decided, whoever asks for it at the same time."""
KEPT = ("id", "charge_id", "number", "kind", "means_id", "amount", "key", "entry_id")


def is_changed() -> str:
    """Ask whether an attempt becomes another one, or goes on after it ended."""
    changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in KEPT)
    return f"OLD.state IN ('taken', 'failed') OR {changed}"


class Means(models.Model):
    """By what an order may be charged: money that a card holds for it until a day, or a card that the customer let us keep."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="means")
    kind = models.TextField()
    way = models.TextField()
    reference = models.TextField()  # as the provider knows it: of Stripe pi_… or pm_…
    customer = models.TextField(blank=True)  # whose card it is, as the provider knows them
    label = models.TextField(blank=True)  # what the customer knows it by
    currency = models.TextField(blank=True)  # of what is held; blank: a card takes any
    amount = models.BigIntegerField(null=True)  # held; none: a card holds nothing
    used = models.BigIntegerField(default=0, db_default=0)  # the sum of its attempts that did not fail
    capture_before = models.DateTimeField(null=True)  # as the provider says: after it nothing is held
    state = models.TextField(default="open")  # `ending`: a provider is asked to let go what is held
    said = models.TextField(blank=True)  # why it ended, or what a provider does not say
    told_at = models.DateTimeField(null=True)  # a person is told that it ends
    tries = models.BigIntegerField(default=0, db_default=0)
    try_at = models.DateTimeField(null=True)  # a provider is asked about it then
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")  # who noted it

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(way="stripe"), name="means_way"),
            models.CheckConstraint(condition=~Q(reference=""), name="means_reference"),
            models.CheckConstraint(
                condition=Q(
                    kind="authorisation", amount__range=(1, MOST_MONEY), currency__regex=CURRENCY, customer=""
                )
                | (Q(kind="card", amount=None, currency="", capture_before=None) & ~Q(customer="")),
                name="means_kind",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("open", "ending", "used", "over")), name="means_state"
            ),
            models.CheckConstraint(
                condition=Q(used__gte=0) & (Q(amount=None) | Q(used__lte=F("amount"))),
                name="means_used_of_amount",
            ),
            models.UniqueConstraint(
                fields=["way", "reference"], condition=Q(kind="authorisation"), name="authorisation_once"
            ),
            models.UniqueConstraint(
                fields=["order"], condition=Q(kind="card", state="open"), name="card_of_order"
            ),
        ]
        indexes = [
            models.Index(fields=["try_at", "id"], condition=Q(try_at__isnull=False), name="means_to_ask"),
            models.Index(
                fields=["capture_before", "id"],
                condition=Q(state="open", capture_before__isnull=False, told_at=None),
                name="means_to_watch",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            written_by_triggers(
                "used", key=("id", "order_id", "kind", "way", "reference", "customer", "currency", "entry_id")
            ),
        ]


class Total(models.Model):
    """What an order costs as a whole: shipping, handling and discounts are in it. The last one counts."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="totals")
    currency = models.TextField()
    amount = models.BigIntegerField()
    priced = models.BigIntegerField()  # the prices of all units of it as they were then
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(currency__regex=CURRENCY), name="total_currency"),
            models.CheckConstraint(condition=Q(amount__range=(1, MOST_MONEY)), name="total_amount_from_1"),
            models.CheckConstraint(condition=Q(priced__gte=0), name="total_priced_from_0"),
        ]
        triggers = append_only()


class Charge(models.Model):
    """So much of an order is to be charged, for what left, or because a person or a rule said so."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="charges")
    currency = models.TextField()
    amount = models.BigIntegerField()
    moved = models.BigIntegerField(default=0, db_default=0)  # the sum of its attempts that did not fail
    key = models.UUIDField(unique=True)  # made of its entry and currency, the same however often it is made
    keeps_until = models.DateTimeField(
        null=True
    )  # once it failed: so long the order keeps its place, and nobody need decide
    called_off = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="+")  # what was not taken
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="charges")  # what it is for: what left

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(currency__regex=CURRENCY), name="charge_currency"),
            models.CheckConstraint(condition=Q(amount__range=(1, MOST_MONEY)), name="charge_amount_from_1"),
            models.CheckConstraint(
                condition=Q(moved__gte=0, moved__lte=F("amount")), name="charge_moved_of_amount"
            ),
            models.UniqueConstraint(fields=["entry", "currency"], name="charge_once"),
        ]
        indexes = [
            models.Index(
                fields=["order"],
                condition=Q(moved__lt=F("amount"), called_off=None),
                name="charge_not_taken",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            written_by_triggers("moved", key=("id", "order_id", "currency", "amount", "key", "entry_id")),
        ]

    @property
    def rest(self) -> int:
        """What nobody is asked for: it failed, or there was nothing to charge it by."""
        return 0 if self.called_off_id else self.amount - self.moved

    @property
    def stands(self) -> int:
        """What of it is taken, or still to be."""
        return self.moved if self.called_off_id else self.amount

    @property
    def to_pay(self) -> int:
        """What of it its customer is to pay: it failed, or is asked for by a link."""
        by_link = sum(
            each.amount for each in self.attempts.all() if each.kind == LINK and each.state in ASKED
        )
        return self.rest + by_link


class Attempt(models.Model):
    """One attempt to take some of a charge by one means. It is taken or fails, for good; what failed takes another attempt.

    `waiting`: nobody was asked. `handed`: a provider was asked, and may have taken it. `pending`: the bank, or the customer, is at it.
    `ending`: a provider is asked to end its link.
    """

    charge = models.ForeignKey(Charge, models.PROTECT, related_name="attempts")
    number = models.BigIntegerField()  # of the charge, from 1
    kind = models.TextField()
    means = models.ForeignKey(Means, models.PROTECT, null=True, related_name="attempts")  # none: by a link
    amount = models.BigIntegerField()
    key = models.UUIDField(unique=True)  # by which a provider knows that it was asked before
    state = models.TextField(default="waiting")
    reference = models.TextField(blank=True)  # of the payment, as the provider knows it
    session = models.TextField(blank=True)  # of the link, as the provider knows it
    link = models.TextField(blank=True)  # where the customer pays
    said = models.TextField(blank=True)
    needs_customer = models.BooleanField(default=False, db_default=False)  # the bank wants to ask them
    tries = models.BigIntegerField(default=0, db_default=0)
    try_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    payment = models.OneToOneField(Payment, models.PROTECT, null=True, related_name="attempt")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")  # who asked for it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["charge", "number"], name="attempt_once"),
            models.CheckConstraint(condition=Q(amount__range=(1, MOST_MONEY)), name="attempt_amount_from_1"),
            models.CheckConstraint(
                condition=Q(kind__in=("authorisation", "card"), means__isnull=False)
                | Q(kind="link", means=None),
                name="attempt_kind",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=("waiting", "handed", "pending", "ending"), payment=None, failed_at=None
                )
                | Q(state="taken", payment__isnull=False, failed_at=None, try_at=None)
                | Q(state="failed", payment=None, failed_at__isnull=False, try_at=None),
                name="attempt_state",
            ),
            models.UniqueConstraint(  # taking a part ends what is held
                fields=["means"],
                condition=Q(kind="authorisation") & ~Q(state="failed"),
                name="authorisation_taken_once",
            ),
        ]
        indexes = [
            models.Index(fields=["try_at", "id"], condition=Q(try_at__isnull=False), name="attempt_to_ask"),
            models.Index(fields=["reference"], condition=~Q(reference=""), name="attempt_by_reference"),
        ]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="same",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(is_changed()),
                func=f"""
                IF {is_erasing("said", also=is_marked("said"))} THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION 'an attempt never becomes another one, and ends once'
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
