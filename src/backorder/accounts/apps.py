"""Names the app to Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and roles."""

    name = "backorder.accounts"
