"""Lists that people keep in the console, and what was typed at the doors, hold nobody who is erased."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote_plus

import pytest
from django.contrib.auth.models import User
from django.test import override_settings

from backorder.accounts.models import Attempt
from backorder.accounts.services import forget_attempts, note_failure
from backorder.care.persons.erasing import erase
from backorder.care.persons.find import Asked
from backorder.console.models import SavedView
from backorder.console.services import save_view
from backorder.orders.models import Customer
from tests.care.letters import shop
from tests.care.test_persons import MAIL, NAME, by, live
from tests.supply.shop import NOON

__all__ = ["shop"]  # a fixture that each test uses
pytestmark = pytest.mark.django_db


def test_lists_that_ask_for_them_and_what_was_typed_at_the_door_are_erased_and_no_others() -> None:
    live()
    user = User.objects.create(username="planner")
    save_view(user, "theirs", f"search={quote_plus(NAME)}&sort=value")
    save_view(user, f"for {NAME}", "late=yes")
    save_view(user, "late", "late=yes")
    for typed in ("A-1", MAIL, "B-77"):
        note_failure(typed, "192.0.2.1", NOON, "order")
    with override_settings(MAIL=""):
        erase(Asked(code="C-1"), by())
    assert list(SavedView.objects.values_list("name", flat=True)) == ["late"]
    assert list(Attempt.objects.values_list("name", flat=True)) == ["B-77"]


def test_a_list_of_somebody_else_stays_where_only_a_word_of_the_address_is_as_the_name_of_who_is_erased() -> (
    None
):
    live()
    Customer.objects.filter(code="C-1").update(name="Ann Search")
    user = User.objects.create(username="planner")
    save_view(user, "others", "search=Miller&sort=value")
    save_view(user, "theirs", "search=ann+search")
    with override_settings(MAIL=""):
        erase(Asked(code="C-1"), by())
    assert list(SavedView.objects.values_list("name", flat=True)) == ["others"]


def test_what_holds_their_name_only_inside_another_word_is_somebody_elses() -> None:
    live()
    Customer.objects.filter(code="C-1").update(name="Ann Lamb", email="ann@post.example")
    user = User.objects.create(username="planner")
    others = ("Annex", "lambda late", "Anne Lambert", "joann@post.example", "jo.ann@post.example.org", "ann")
    for number, words in enumerate(others):
        save_view(user, f"others {number}", f"search={quote_plus(words)}")
    save_view(user, "Lambs", "late=yes")
    for words in ("lamb", "Ann  LAMB, late", "mail_lamb", "to ann@post.example.", "lamb@old.example"):
        save_view(user, f"theirs {words}", "late=yes")
        save_view(user, "theirs too", f"sort=value&search={quote_plus(words)}")
    for typed in ("ann@post.example", "joann@post.example"):
        note_failure(typed, "192.0.2.1", NOON, "order")
    with override_settings(MAIL=""):
        erase(Asked(code="C-1"), by())
    kept = SavedView.objects.order_by("name").values_list("name", flat=True)
    assert list(kept) == ["Lambs", *(f"others {number}" for number in range(6))]
    assert list(Attempt.objects.values_list("name", flat=True)) == ["joann@post.example"]


def test_a_short_name_is_looked_for_whole() -> None:
    live()
    Customer.objects.filter(code="C-1").update(name="Bo Li")
    user = User.objects.create(username="planner")
    save_view(user, "theirs", "search=bo+li")
    save_view(user, "others", "search=bo+lindgren")
    with override_settings(MAIL=""):
        erase(Asked(code="C-1"), by())
    assert list(SavedView.objects.values_list("name", flat=True)) == ["others"]


def test_what_was_typed_at_a_door_is_gone_after_a_night() -> None:
    note_failure("A-1", "192.0.2.1", NOON, "order")
    forget_attempts(NOON + timedelta(minutes=14))
    assert Attempt.objects.count() == 1
    forget_attempts(NOON + timedelta(minutes=15))
    assert Attempt.objects.count() == 0
