"""Keys of programs."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Key(models.Model):
    """A program that may ask: by what name, and for what. Of its secret only the hash is kept."""

    name = models.TextField(unique=True)
    prefix = models.TextField(unique=True)  # the part of the secret that may be shown
    digest = models.BinaryField(max_length=32)  # SHA-256 of the whole secret
    scopes = ArrayField(models.TextField())
    made_by = models.TextField()
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(
        null=True, blank=True
    )  # the shop's day; a day is enough to find unused keys

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="key_has_a_name"),
            models.CheckConstraint(condition=~Q(made_by=""), name="key_says_who_made_it"),
            models.CheckConstraint(condition=~Q(scopes=[]), name="key_has_a_scope"),
        ]
