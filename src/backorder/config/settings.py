"""Settings of the site. What changes how a shop behaves is a row with a version, not a setting."""

from __future__ import annotations

import os
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict


def read_database(url: str) -> dict[str, Any]:
    """Read the address of a PostgreSQL server as Django wants it. Raises ImproperlyConfigured."""
    try:
        named = conninfo_to_dict(url)
    except ProgrammingError as error:
        message = (
            f"DATABASE_URL is no address of a PostgreSQL server, as postgresql://user@host/name: {error}"
        )
        raise ImproperlyConfigured(message) from error
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": str(named.pop("dbname", "backorder")),
        "USER": str(named.pop("user", "")),
        "PASSWORD": str(named.pop("password", "")),
        "HOST": str(named.pop("host", "")),
        "PORT": str(named.pop("port", "")),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": named,
    }


DATABASES = {"default": read_database(os.environ.get("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "pgtrigger",
    "backorder.outbox",
    "backorder.access",
    "backorder.catalog",
    "backorder.orders",
    "backorder.supply",
    "backorder.allocation",
    "backorder.api",
]
STATIC_URL = "/static/"
ROOT_URLCONF = "backorder.config.urls"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
USE_TZ = True
TIME_ZONE = "UTC"
