"""The page that shows how letters of each kind read."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from backorder.care.house import write_house
from backorder.care.letters.speech import LANGUAGES
from backorder.care.post.rules import TOLD
from backorder.outbox.models import Entry
from tests.care.letters import shop
from tests.supply.shop import cause

__all__ = ["shop"]  # a fixture
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop")]


def read(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_how_each_kind_reads_is_shown_in_each_language(planner: Client) -> None:
    before = Entry.objects.count()
    page = read(planner, "/notices")
    assert '<a href="/notices/sample">How letters of each kind read</a>' in page
    shown = {
        (kind, language): read(planner, f"/notices/sample?kind={kind}&language={language}")
        for kind in TOLD
        for language in LANGUAGES
    }
    headings = {name: re.findall(r'<h2 id="letter">(.+?)</h2>', page) for name, page in shown.items()}
    assert {name: len(found) for name, found in headings.items()} == dict.fromkeys(shown, 1)
    assert headings["offered", "en"] == ["Your order A-1: something else could ship earlier"]
    assert '<section class="card stack" aria-labelledby="letter" lang="de">' in shown["thanked", "de"]
    page = read(planner, "/notices/sample?kind=gift&language=xx")
    assert page.count("Select a valid choice.") == 2
    assert 'id="letter"' not in page
    assert Entry.objects.count() == before


def test_a_house_that_cannot_be_answered_is_shown_what_to_do(planner: Client) -> None:
    write_house("", cause())
    page = read(planner, "/notices/sample")
    assert "nobody could answer it: name an address in the rules of the house" in page
    assert 'id="letter"' not in page
