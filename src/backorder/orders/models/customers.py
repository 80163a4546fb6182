"""Who waits."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from backorder.catalog.models import CustomerClass

LAST_DIGITS = 7
"""By so many digits at its end a phone number is found, whatever is typed before them and between."""


class LastDigits(models.Func):
    """The last digits of a phone number."""

    template = f"right(regexp_replace(%(expressions)s, '[^0-9]', '', 'g'), {LAST_DIGITS})"
    output_field = models.TextField()


class Customer(models.Model):
    """Who waits."""

    code = models.TextField(unique=True)
    name = models.TextField(blank=True)
    email = models.EmailField(blank=True)
    phone = models.TextField(blank=True)
    customer_class = models.ForeignKey(CustomerClass, models.PROTECT, null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(code=""), name="customer_has_a_code")]
        indexes = [
            GinIndex(SearchVector("name", config="simple"), name="customer_words"),
            models.Index(Lower("email"), name="customer_mail"),
            models.Index(LastDigits("phone"), name="customer_phone"),
        ]
