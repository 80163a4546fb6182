"""Names the app to Django."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Customers and what they want."""

    name = "backorder.orders"
