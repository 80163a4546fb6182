"""Who waits."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q

from backorder.catalog.models import CustomerClass


class Customer(models.Model):
    """Who waits."""

    code = models.TextField(unique=True)
    name = models.TextField(blank=True)
    email = models.EmailField(blank=True)
    phone = models.TextField(blank=True)
    customer_class = models.ForeignKey(CustomerClass, models.PROTECT, null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(code=""), name="customer_has_a_code")]
        indexes = [GinIndex(SearchVector("name", config="simple"), name="customer_words")]
