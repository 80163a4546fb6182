"""The reference page: everything that the description names, readable without scripts."""

from __future__ import annotations

import re

from django.test import Client

from backorder.access.scopes import SCOPES
from backorder.api.application import api
from backorder.api.problems import KINDS


def read_page() -> str:
    answer = Client().get("/api/v1/docs")
    assert answer.status_code == 200
    assert answer["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    return answer.content.decode()


def test_the_page_shows_every_endpoint_object_problem_and_scope_without_a_key() -> None:
    page, whole = read_page(), api.get_openapi_schema()
    named = set(re.findall(r' id="([^"]+)"', page))
    operations = [one["operationId"] for methods in whole["paths"].values() for one in methods.values()]
    assert len(operations) > 25
    wanted = {*operations, *KINDS, *(f"object-{name}" for name in whole["components"]["schemas"])}
    assert wanted - named == set()
    assert [scope for scope in SCOPES if f"<code>{scope}</code>" not in page] == []


def test_every_link_on_the_page_leads_somewhere_and_nothing_is_loaded_from_elsewhere() -> None:
    page = read_page()
    named = re.findall(r' id="([^"]+)"', page)
    assert len(named) == len(set(named))
    assert set(re.findall(r'href="#([^"]+)"', page)) - set(named) == set()
    assert re.findall(r"<script|https?://|style=", page) == []
    assert set(re.findall(r'(?:href|src)="([^#"]+)"', page)) == {"openapi.json", "/static/api/reference.css"}
