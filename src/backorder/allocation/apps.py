"""Names the app to Django."""

from django.apps import AppConfig


class AllocationConfig(AppConfig):
    """Who gets which unit, and what was promised."""

    name = "backorder.allocation"
