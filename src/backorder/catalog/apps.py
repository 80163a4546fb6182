"""Names the app to Django."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Items, places, suppliers and what ties them."""

    name = "backorder.catalog"
    label = "catalog"
