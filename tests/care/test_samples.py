"""Every kind of letter that can be sent can be shown in each language, by the rules of the house, and nothing is written for it."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from backorder.care.house import write_house
from backorder.care.letters.pieces import LetterError
from backorder.care.letters.receipts import WRITERS
from backorder.care.letters.speech import FOLDER, LANGUAGES
from backorder.care.models import RECEIPTS
from backorder.care.post.rules import INVITATIONS, KINDS, OFFERS, TOLD
from backorder.care.samples.happened import SAMPLES
from backorder.care.samples.news import NEWS
from backorder.care.samples.writing import write_sample
from backorder.outbox.models import Entry
from tests.supply.shop import NOON, cause

pytestmark = pytest.mark.django_db
HOUSE = """
[seller]
place = "{place}"

[letters]
name = "The lamp shop"
mail = "help@lamps.example"
"""
URL = "https://lamps.example"
SUBJECTS = {
    "lost": "Your order A-1 ships later than we told you",
    "later": "Your order A-1 ships later than we told you",
    "opening": "Your order A-1: when it ships",
    "required": "Your order A-1: how it stands",
    "found": "Your order A-1: a new day",
    "earlier": "Your order A-1: a new day",
    "on_track": "Your order A-1: how it stands",
    "cancelled": "Your order A-1: cancelled: 2 × LAMP",
    "answered": "Your order A-1: what you chose has reached us",
    "shipped": "Your order A-1: shipped: 2 × LAMP",
    "refunded": "Your order A-1: 39.80 EUR sent back to you",
    "arrived": "Your order A-1: here now: 2 × LAMP",
    "charge_ahead": "Your order A-1: 39.80 EUR to be charged when it ships",
    "charge_failed": "Your order A-1: we could not take 39.80 EUR",
    "thanked": "Your order A-1: thank you for waiting",
    "invited": "Kept for you until 26 November 2026, 13:00 (UTC+1): 2 × LAMP",
    "offered": "Your order A-1: something else could ship earlier",
}


def open_house(place: str = "DE", more: str = "") -> None:
    write_house(HOUSE.format(place=place) + more, cause())


def show(kind: str, language: str = "en") -> str:
    with override_settings(URL=URL):
        letter = write_sample(kind, language, NOON)
    return f"{letter.subject}\n\n{letter.text}"


def list_english(language: str) -> list[str]:
    """List what begins English sentences that are said otherwise in a language: what stands before their first value."""
    text = (FOLDER / f"{language}.po").read_text("utf-8")
    pairs = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', text, re.MULTILINE)
    starts = ((said.partition("{")[0], other) for said, other in pairs)
    return [start for start, other in starts if len(start.split()) > 2 and not other.startswith(start)]


def test_each_kind_that_can_be_sent_has_a_sample() -> None:
    assert NEWS.keys() == KINDS.keys()
    assert SAMPLES.keys() == {*RECEIPTS, *INVITATIONS, *OFFERS}
    assert set(RECEIPTS) == WRITERS.keys()
    assert SUBJECTS.keys() == TOLD.keys()


@pytest.mark.parametrize("kind", TOLD)
def test_a_sample_reads_as_its_letter_does_in_each_language(kind: str) -> None:
    open_house()
    written, before = {language: show(kind, language) for language in LANGUAGES}, Entry.objects.count()
    assert written["en"].partition("\n")[0] == SUBJECTS[kind]
    assert len(set(written.values())) == len(LANGUAGES)
    for language, text in written.items():
        assert ("{" in text, "Ada Example" in text, "help@lamps.example" in text) == (False, True, True)
        assert f"{URL}/o/…" in text
        if language != "en":
            assert [start for start in list_english(language) if start in text] == []
    assert Entry.objects.count() == before


@pytest.mark.parametrize("place", ["US", "US-CA", "DE", "GB", "AU", "ZZ"])
def test_samples_of_news_say_what_the_law_there_asks(place: str) -> None:
    open_house(place)
    texts = {kind: show(kind) for kind in TOLD}
    assert "ships on 24 December 2026" in texts["later"]
    assert "We told you 4 December 2026 before." in texts["later"]
    assert "we cannot name a day yet." in texts["lost"]
    assert "We could not name a day before." in texts["found"]
    assert "a delivery to us was put off, or brought less" in texts["later"]
    assert ("you agree to wait until 24 December 2026" in texts["later"]) == place.startswith("US")


def test_thanks_are_shown_in_the_words_of_the_house_and_receipts_have_their_parts() -> None:
    rule = (
        '[[incentives]]\nname = "patience"\nmode = "on"\namount = { EUR = "4.90" }\n'
        'budget = { EUR = "49.00" }\nwords = { en = "We pay the delivery.", de = "Den Versand zahlen wir." }\n'
    )
    open_house()
    assert "You get 4.90 EUR back, the way that you paid." in show("thanked")
    open_house(more=rule)
    assert "- We pay the delivery." in show("thanked")
    assert "- Den Versand zahlen wir." in show("thanked", "de")
    assert "It is another variant of what you ordered." in show("offered")
    assert "It costs 37.80 EUR: 2.00 EUR less than what you ordered." in show("offered")
    assert "Follow the parcel: https://post.example/EX123" in show("shipped")
    assert "Your withdrawal from the contract reached us on 24 November 2026" in show("cancelled")


def test_a_house_that_could_not_be_answered_is_told_so() -> None:
    with pytest.raises(
        LetterError, match="nobody could answer it: name an address in the rules of the house"
    ):
        write_sample("later", "en", NOON)


def test_the_database_is_asked_only_for_the_rules_of_the_house() -> None:
    open_house()
    for kind in TOLD:
        with CaptureQueriesContext(connection) as context:
            show(kind)
        assert [query["sql"].split()[3] for query in context if "care_houseversion" not in query["sql"]] == []
