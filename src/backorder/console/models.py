"""What people keep for themselves in the console, and what they handed in and have not applied."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class SavedView(models.Model):
    """A list as somebody likes it: its name and what was asked for."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    name = models.TextField()
    query = models.TextField(blank=True)  # as in the address, after the question mark

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="saved_view_once"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_view_has_a_name"),
        ]


class Upload(models.Model):
    """Files that somebody handed in to look at what they would change; kept until applied, or an hour."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(db_index=True)
    complete = models.JSONField(default=list)  # tables that list everything


class UploadedFile(models.Model):
    """One file of an upload."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="files")
    name = models.TextField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "name"], name="uploaded_file_once")]
