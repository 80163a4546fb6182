"""Names the app to Django."""

from django.apps import AppConfig


class SupplyConfig(AppConfig):
    """Stock and what is coming."""

    name = "backorder.supply"
    label = "supply"
