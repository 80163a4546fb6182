"""Names the app to Django."""

from django.apps import AppConfig


class CareConfig(AppConfig):
    """The customer who waits."""

    name = "backorder.care"
