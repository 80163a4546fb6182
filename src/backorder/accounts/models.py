"""Failed attempts to get in: enough of them close a door for a while."""

from __future__ import annotations

from django.db import models


class Attempt(models.Model):
    """Somebody tried to get in with what does not belong together: a name and a password, an order and an address."""

    what = models.TextField(default="sign-in", db_default="sign-in")  # which door
    name = models.TextField()
    address = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["name", "at"], name="attempt_of_name")]
