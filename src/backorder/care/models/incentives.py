"""Who was thanked for waiting by which rule, and who gets nothing so that it can be seen what thanks do."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from backorder.care.models.house import HouseVersion
from backorder.orders.models import MOST_MONEY, Order
from backorder.outbox.models import Entry, append_only
from backorder.payments.models import Refund, Total

GIVEN, CONTROL = "given", "control"
MANNERS = ("refund", "credit", "words")
"""How something is given: money goes back, the order costs less, or the house does what its words say."""
BUDGETS = 8_021_129
"""Tells the locks of budgets from others of the database."""
WITHIN_BUDGET = f"""
PERFORM pg_advisory_xact_lock({BUDGETS}, hashtext(NEW.rule || ' ' || NEW.currency));
IF NEW.amount + (
    SELECT coalesce(sum(amount), 0) FROM care_thanks WHERE rule = NEW.rule AND currency = NEW.currency
) > NEW.most_in_all OR NEW.amount + (
    SELECT coalesce(sum(amount), 0) FROM care_thanks
    WHERE rule = NEW.rule AND currency = NEW.currency AND month = NEW.month
) > NEW.most_in_month THEN
    RAISE EXCEPTION 'no more is given than the budget of a rule holds'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'within_budget';
END IF;
RETURN NEW;
"""  # noqa: S608 - names of our own columns
"""Who holds the lock has kept what was given before, so that two never give the last of it twice."""


class Thanks(models.Model):
    """An order met a rule: it was given something, or is in the group that never gets anything by it. Amounts are minor units."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="thanks")
    rule = models.TextField()  # by its name
    version = models.ForeignKey(HouseVersion, models.PROTECT, related_name="+")  # as the rule was then
    group = models.TextField()
    drawn = models.BooleanField()  # its group was drawn; else a person gave it, and it is in no figure
    manner = models.TextField(blank=True)  # blank: nothing is given
    amount = models.BigIntegerField()  # of the budget
    currency = models.TextField()
    month = models.DateField()  # the first of it, by the shop's clock
    most_in_month = models.BigIntegerField()
    most_in_all = models.BigIntegerField()  # how much the rule may give, as it said then
    refund = models.OneToOneField(Refund, models.PROTECT, null=True, related_name="thanks")
    total = models.OneToOneField(
        Total, models.PROTECT, null=True, related_name="thanks"
    )  # what it costs since
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "rule"], name="thanks_once"),
            models.CheckConstraint(
                condition=Q(group="control", manner="", amount=0, drawn=True, refund=None, total=None)
                | Q(
                    group="given",
                    manner="refund",
                    amount__range=(1, MOST_MONEY),
                    refund__isnull=False,
                    total=None,
                )
                | Q(
                    group="given",
                    manner="credit",
                    amount__range=(1, MOST_MONEY),
                    refund=None,
                    total__isnull=False,
                )
                | Q(group="given", manner="words", amount__range=(1, MOST_MONEY), refund=None, total=None),
                name="thanks_of_group",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="thanks_month_begins"),
        ]
        indexes = [models.Index(fields=["rule", "currency", "month"], name="thanks_of_rule")]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="within_budget", when=pgtrigger.Before, operation=pgtrigger.Insert, func=WITHIN_BUDGET
            ),
        ]
