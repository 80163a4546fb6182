"""Names the app to Django."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Keys of programs."""

    name = "backorder.access"
