"""The address of the database."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from backorder.config.settings import read_database


def test_an_address_is_read_and_a_wrong_one_refused() -> None:
    read = read_database("postgresql://anna:secret@db.example:5433/shop?sslmode=require")
    assert [read[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")] == [
        "anna",
        "secret",
        "db.example",
        "5433",
        "shop",
    ]
    assert read["OPTIONS"] == {
        "prepare_threshold": 1,
        "sslmode": "require",
        "options": "-c random_page_cost=1.1 -c pgtrigger.ignore={} -c plan_cache_mode=force_generic_plan",
    }
    given = read_database("postgresql:///shop?options=-c%20jit%3Doff")
    assert given["OPTIONS"] == {
        "prepare_threshold": 1,
        "options": "-c random_page_cost=1.1 -c jit=off -c pgtrigger.ignore={} -c plan_cache_mode=force_generic_plan",
    }
    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_URL is no address of a PostgreSQL server"):
        read_database("mysql://anna@db/shop")
