"""Names the app to Django."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The console."""

    name = "backorder.console"
