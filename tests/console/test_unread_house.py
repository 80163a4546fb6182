"""Rules of the house that nobody can read any more break no page: each says where they are wrong, and shows all else."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from backorder.allocation.models import PolicyVersion, Publication
from backorder.care.models import HouseVersion
from backorder.outbox.models import Entry
from tests.allocation.shop import buy
from tests.console.pages import list_looks
from tests.console.whole_shop import Shop, open_whole_shop
from tests.portal.pages import address

WRONG = "[zones]\nDE = 'Europe/Gone'\n"
FAULT = "house.toml: zones.DE:"
BY_RULES = (
    "notices",
    "refunds",
    "waitlist",
    "incentives",
    "feedback",
    "offers",
    "consent",
    "phone",
    "money",
    "try-law",
)
"""Pages of which something is said in the rules of the house."""


def break_house() -> None:
    """Put rules in force as an older version of this program took them."""
    last = HouseVersion.objects.order_by("-number").first()
    number = last.number + 1 if last else 1
    HouseVersion.objects.create(number=number, text=WRONG, entry=Entry.objects.earliest("id"))


@pytest.fixture
def whole(admin: Client) -> Shop:  # noqa: ARG001 - there is a user
    shop = open_whole_shop(User.objects.get(username="admin"), 3)
    break_house()
    return shop


def test_no_page_is_broken_by_rules_that_cannot_be_read_and_those_of_the_rules_say_where(
    admin: Client, whole: Shop
) -> None:
    broken, silent = [], []
    for look in list_looks(whole):
        answer = admin.get(look.address)
        if answer.status_code >= 500:
            broken.append(look.address)
        if look.name in BY_RULES and (answer.status_code != 200 or FAULT not in answer.content.decode()):
            silent.append((look.address, answer.status_code))
    assert (broken, silent) == ([], [])


def open_small_shop() -> None:
    """Let there be one order, and rules that nobody can read."""
    buy("A-1", ("LAMP", 2))
    break_house()


def test_what_needs_the_rules_says_so_and_what_to_do_and_changes_nothing(admin: Client) -> None:
    open_small_shop()
    before = Entry.objects.count()
    answer = admin.get("/money-changes/back/A-1")
    page = answer.content.decode()
    assert (answer.status_code, FAULT in page, "Mend the rules of the house" in page) == (409, True, True)
    refunds = admin.get("/refunds").content.decode()
    assert "Nobody can say what is owed until the rules of the house can be read." in refunds
    assert "Nothing is owed" not in refunds
    assert Entry.objects.count() == before


def test_who_may_not_write_rules_is_told_who_may(reader: Client) -> None:
    open_small_shop()
    page = reader.get("/incentives").content.decode()
    assert FAULT in page
    assert "Somebody who is planner or admin can mend them." in page
    assert "Mend the rules of the house" not in page


@pytest.mark.django_db
def test_a_customer_learns_nothing_of_the_rules() -> None:
    open_small_shop()
    answer = Client().get(address())
    page = answer.content.decode()
    assert (answer.status_code, "We cannot show here how it stands. Please ask us." in page) == (200, True)
    assert "house.toml" not in page
    assert (
        Client().get(address(what="/feedback")).status_code == 503
    )  # what is asked stands in the rules alone


@pytest.mark.django_db
def test_a_stranger_learns_nothing_of_the_rules_beside_an_item() -> None:
    open_small_shop()
    answer = Client().get("/badge/LAMP")
    assert (answer.status_code, answer.content.decode()) == (404, "There is no such badge.\n")


def test_a_policy_that_cannot_be_read_is_not_taken_for_the_rules_of_the_house(admin: Client) -> None:
    buy("A-1", ("LAMP", 2))
    entry = Entry.objects.earliest("id")
    version = PolicyVersion.objects.create(number=99, text="colour = 1\n", entry=entry)
    Publication.objects.create(version=version, entry=entry)
    answer = admin.get("/items/LAMP")
    page = answer.content.decode()
    assert (answer.status_code, "colour: " in page) == (409, True)
    assert "The rules of the house cannot be read" not in page
