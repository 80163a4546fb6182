"""Failed attempts to sign in: enough of them close the door for a while."""

from __future__ import annotations

from django.db import models


class Attempt(models.Model):
    """Somebody tried to sign in with a wrong name or password."""

    name = models.TextField()
    address = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["name", "at"], name="attempt_of_name")]
