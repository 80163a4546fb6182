"""Names the app to Django."""

import importlib

from django.apps import AppConfig


class CareConfig(AppConfig):
    """The customer who waits."""

    name = "backorder.care"

    def ready(self) -> None:
        """Listen to what providers of mail tell."""
        importlib.import_module("backorder.care.replies.providers")
