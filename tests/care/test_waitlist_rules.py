"""The rules of the house about a waitlist, and the letter of an invitation."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from backorder.care.house import parse_house, write_house
from backorder.care.links import open_wish
from backorder.care.models import Invitation
from backorder.care.post.messages import stop
from backorder.care.waitlist.rules import Waitlist
from backorder.faults import FaultyInputError
from backorder.orders.services import ShipTo
from backorder.outbox.models import Entry
from tests.allocation.shop import stock
from tests.architecture import tree
from tests.care.letters import HOUSE, shop
from tests.care.post import Box, box, open_house, post
from tests.care.receipts import plain
from tests.care.waiting import WAITLIST, free, invite, invites, wish
from tests.supply.shop import TODAY, cause, item

__all__ = ["box", "invites", "shop"]  # fixtures
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("invites")]
HOURS = 60
TO = ShipTo("Zed", "1 Long Lane", "Ulm", "DE")


def test_the_letter_says_what_is_kept_until_when_what_it_costs_and_where_it_is_ordered(invites: Box) -> None:
    lamp = item("LAMP")
    lamp.name, lamp.price = "Lamp", 12_50
    lamp.save()
    made = wish("C-1", 3, language="de")
    stock("LAMP", 2)
    invite()
    post()
    (mail,) = invites.came
    assert mail["To"] == "c-1@customers.example"
    assert str(mail["Subject"]).strip() == (
        "Bis 26. November 2026, 07:00 Uhr (UTC-5) für Sie zurückgelegt: 2 × Lamp"
    )
    said = plain(mail).replace("\n", " ")
    assert "Ein Stück kostet 12,50 EUR." in said
    assert "Mehr ist heute nicht frei. Für den Rest behalten Sie Ihren Platz auf der Liste." in said
    token = said.partition("https://lamps.example/o/waitlist/")[2].partition(" ")[0]
    assert open_wish(token, TODAY + timedelta(days=90)) == made
    assert open_wish(token, TODAY + timedelta(days=92)) is None


def test_own_words_stand_in_the_letter_and_none_that_promote(invites: Box) -> None:
    write_house(HOUSE + WAITLIST + '[waitlist.note]\nen = "Made by hand since 1954."\n', cause())
    wish("C-1")
    stock("LAMP", 1)
    invite()
    post()
    assert "Made by hand since 1954." in plain(invites.came[0])
    with pytest.raises(FaultyInputError, match=r"waitlist.note.en.*promotes something"):
        parse_house('[waitlist.note]\nen = "A discount for you."\n')


def test_the_rules_of_the_guide_can_be_put_in_force() -> None:
    page = (tree.ROOT / "docs" / "howto" / "keep-a-waitlist.md").read_text("utf-8")
    (text,) = re.findall(r"^```toml\n(.+?)^```", page, re.DOTALL | re.MULTILINE)
    rules = Waitlist(mode="on", notes={"en": "Each lamp is made by hand."})
    assert parse_house(text).waitlist == rules


@pytest.mark.parametrize(
    ("rules", "fault"),
    [
        ('mode = "maybe"', "waitlist.mode"),
        ("hold_hours = 0", "waitlist.hold_hours"),
        ("hold_hours = 337", "name 336 at most"),
        ("part = 1", "waitlist.part"),
        ("each_day = -1", "waitlist.each_day"),
        ("hours = 3", "waitlist.hours"),
        ('[waitlist.note]\nit = "Ciao"', "waitlist.note.it"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(rules: str, fault: str) -> None:
    with pytest.raises(FaultyInputError, match=fault):
        parse_house(f"[waitlist]\n{rules}\n")


def test_no_more_are_invited_than_each_day_allows() -> None:
    open_house(WAITLIST + "each_day = 2\n")
    for code in ("C-1", "C-2", "C-3"):
        wish(code)
    stock("LAMP", 3)
    assert (invite(), invite(1), invite(24 * HOURS)) == (2, 0, 1)


@pytest.mark.parametrize(
    "rules",
    [
        '[sending]\nmode = "on"\n',
        '[sending]\nmode = "shadow"\n\n[waitlist]\nmode = "on"\n',
        WAITLIST.replace("[waitlist]", "quiet_from = 00:00:00\nquiet_until = 23:59:59\n\n[waitlist]"),
    ],
)
def test_a_house_that_is_silent_keeps_nothing(rules: str) -> None:
    open_house(rules)
    wish("C-1")
    stock("LAMP", 1)
    assert (invite(), free(), Invitation.objects.count()) == (0, 1, 0)


def test_the_switch_stops_invitations_too() -> None:
    wish("C-1")
    stock("LAMP", 1)
    stop(cause(), stopped=True)
    assert (invite(), free()) == (0, 1)


def test_in_the_shadow_it_is_noted_once_who_would_be_invited_and_nobody_is() -> None:
    open_house('[waitlist]\nmode = "shadow"\n')
    made = wish("C-1", 2)
    stock("LAMP", 1)
    assert (invite(), invite(1), free()) == (0, 0, 1)
    noted = Entry.objects.filter(what="waitlist.shadowed")
    assert [entry.facts for entry in noted] == [{"wishes": [[made.pk, 1]]}]
    stock("LAMP", 1)
    invite(2)
    assert [entry.facts for entry in noted.all()][1:] == [{"wishes": [[made.pk, 2]]}]
