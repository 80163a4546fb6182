"""Names the app to Django."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The interface for programs, and the answers that it keeps."""

    name = "backorder.api"
