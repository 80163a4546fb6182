"""Names the app to Django."""

from django.apps import AppConfig


class FulfilmentConfig(AppConfig):
    """What is handed to the warehouse, and what leaves it."""

    name = "backorder.fulfilment"
