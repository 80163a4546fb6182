"""Answers that are given again to who asks again."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from backorder.access.models import Key


class Answer(models.Model):
    """What a key was answered under a name of its own (`Idempotency-Key`), stored in the transaction of the change."""

    key = models.ForeignKey(Key, models.CASCADE, related_name="answers")
    name = models.TextField()
    asked = models.BinaryField(max_length=32)  # SHA-256 of method, address and body
    at = models.DateTimeField()
    status = models.IntegerField()
    location = models.TextField(blank=True)
    body = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "name"], name="answer_once"),
            models.CheckConstraint(condition=~Q(name=""), name="answer_has_a_name"),
        ]
        indexes = [models.Index(fields=["at"], name="answer_age")]
