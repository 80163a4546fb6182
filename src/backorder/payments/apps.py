"""Names the app to Django."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Money that came in, and money that goes back."""

    name = "backorder.payments"
