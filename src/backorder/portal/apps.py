"""Names the app to Django."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The pages of customers."""

    name = "backorder.portal"
