"""Names the app to Django."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """The journal."""

    name = "backorder.outbox"
