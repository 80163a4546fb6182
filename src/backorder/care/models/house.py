"""The rules of the house."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from backorder.outbox.models import Entry, append_only


class HouseVersion(models.Model):
    """Rules of the house, as text. A version never changes; the last one is in force."""

    number = models.BigIntegerField(unique=True)  # from 1
    text = models.TextField(blank=True)
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="+")  # who wrote it, when and why

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(number__gte=1), name="house_version_from_1")]
        triggers = append_only()
