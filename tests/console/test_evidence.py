"""The evidence of an order, as a file to download."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from tests.allocation.shop import buy

pytestmark = pytest.mark.django_db


def test_it_is_downloaded_as_a_page_and_as_data(reader: Client) -> None:
    buy("A/1", ("LAMP", 2))
    assert 'href="/evidence/A/1">Evidence as a file</a>' in reader.get("/orders/A/1").content.decode()
    page = reader.get("/evidence/A/1")
    assert page["Content-Disposition"] == 'attachment; filename="evidence-A-1.html"'
    assert (page["Content-Type"], "<h1>Evidence of order A/1</h1>" in page.content.decode()) == (
        "text/html; charset=utf-8",
        True,
    )
    data = reader.get("/evidence/A/1?form=data")
    assert (data["Content-Type"], json.loads(data.content)["order"]) == (
        "application/json; charset=utf-8",
        "A/1",
    )


def test_what_there_is_not_and_who_is_not_signed_in(reader: Client) -> None:
    assert reader.get("/evidence/A-9").status_code == 404
    assert Client().get("/evidence/A-9").status_code == 302
