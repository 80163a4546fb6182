"""Who may sign in, and what each role may do."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import AnonymousUser, User

from backorder.accounts import services
from backorder.accounts.models import Attempt
from backorder.accounts.roles import ROLES
from backorder.accounts.selectors import Person, find_opening, list_people, list_rights
from backorder.outbox.models import Entry
from tests.supply.shop import NOON, cause

PASSWORD = "correct horse battery"  # noqa: S105 - of a user of a test
pytestmark = pytest.mark.django_db


def test_a_user_signs_in_with_the_password_and_has_a_role() -> None:
    services.add_user("anna", "planner", PASSWORD, cause())
    user = authenticate(username="anna", password=PASSWORD)
    assert user is not None
    assert list_rights(user) == {"orders", "supply", "shipping", "policies"}
    assert list_people() == [Person("anna", "planner", active=True, last_seen=None)]
    assert list(Entry.objects.values_list("what", "facts")) == [("user.added", {"role": "planner"})]


@pytest.mark.parametrize(
    ("name", "role", "password", "said"),
    [
        ("", "planner", PASSWORD, "a name has 1 to 150 characters that can be seen"),
        ("a\nb", "planner", PASSWORD, "a name has 1 to 150 characters that can be seen"),
        ("bob", "king", PASSWORD, "there is no role king; name one of planner, service"),
        ("bob", "planner", "short", "This password is too short. It must contain at least 12 characters."),
        ("anna", "planner", PASSWORD, "there is a user anna already"),
        ("clock", "planner", PASSWORD, "the journal calls something else clock; choose another name"),
        ("System ", "planner", PASSWORD, "the journal calls something else System ; choose another name"),
        ("key web-shop", "planner", PASSWORD, "the journal calls something else key web-shop; choose"),
        ("bob on the command line", "planner", PASSWORD, "the journal calls something else bob on the"),
    ],
)
def test_a_user_that_cannot_be_is_refused(name: str, role: str, password: str, said: str) -> None:
    services.add_user("anna", "planner", PASSWORD, cause())
    with pytest.raises(services.AccountError) as refused:
        services.add_user(name, role, password, cause())
    assert str(refused.value).startswith(said)
    assert list(User.objects.values_list("username", flat=True)) == ["anna"]
    assert Entry.objects.count() == 1


def test_a_removed_user_signs_in_no_more_and_keeps_the_name() -> None:
    services.add_user("anna", "planner", PASSWORD, cause())
    services.remove_user("anna", cause())
    assert authenticate(username="anna", password=PASSWORD) is None
    assert list_people() == [Person("anna", "planner", active=False, last_seen=None)]
    assert list_rights(User.objects.get()) == frozenset()
    with pytest.raises(services.AccountError, match="there is no user anna who may sign in"):
        services.change_password("anna", PASSWORD + "!", cause())


def test_a_removed_user_comes_back_with_another_role_and_password() -> None:
    services.add_user("anna", "admin", PASSWORD, cause())
    services.remove_user("anna", cause())
    services.add_user("anna", "service", "staple of the day", cause())
    assert authenticate(username="anna", password=PASSWORD) is None
    user = authenticate(username="anna", password="staple of the day")  # noqa: S106 - of a test
    assert user is not None
    assert list_rights(user) == {"orders"}
    assert list_people() == [Person("anna", "service", active=True, last_seen=None)]


def test_a_role_is_changed_once() -> None:
    services.add_user("anna", "planner", PASSWORD, cause())
    assert services.change_role("anna", "warehouse", cause()) is not None
    assert services.change_role("anna", "warehouse", cause()) is None
    assert list_rights(User.objects.get()) == {"supply", "shipping"}
    last = Entry.objects.latest("id")
    assert (last.what, last.facts) == ("user.role", {"from": "planner", "to": "warehouse"})
    for name, role, said in (
        ("bob", "admin", "there is no user bob who may sign in"),
        ("anna", "king", "there is no role king; name one of planner, "),
    ):
        with pytest.raises(services.AccountError, match=said):
            services.change_role(name, role, cause())
    assert list_people() == [Person("anna", "warehouse", active=True, last_seen=None)]


def test_another_password_replaces_the_old_one() -> None:
    services.add_user("anna", "planner", PASSWORD, cause())
    services.change_password("anna", "staple of the day", cause())
    assert authenticate(username="anna", password=PASSWORD) is None
    assert authenticate(username="anna", password="staple of the day") is not None  # noqa: S106 - of a test


def test_read_only_and_strangers_change_nothing() -> None:
    assert ROLES["read-only"] == frozenset()
    assert list_rights(AnonymousUser()) == frozenset()


def test_five_wrong_passwords_from_one_address_close_a_name_there_for_15_minutes() -> None:
    for minute in range(5):
        assert find_opening("anna", "10.0.0.1", NOON + dt.timedelta(minutes=minute)) is None
        services.note_failure("anna", "10.0.0.1", NOON + dt.timedelta(minutes=minute))
    soon = NOON + dt.timedelta(minutes=5)
    assert find_opening("anna", "10.0.0.1", soon) == NOON + dt.timedelta(minutes=15)
    assert find_opening("anna", "10.0.0.2", soon) is None
    assert find_opening("bob", "10.0.0.1", soon) is None
    assert find_opening("anna", "10.0.0.1", NOON + dt.timedelta(minutes=15)) is None


def test_fifty_wrong_passwords_close_a_name_everywhere() -> None:
    for number in range(50):
        services.note_failure("anna", f"10.0.1.{number}", NOON)
    assert find_opening("anna", "10.0.0.9", NOON) == NOON + dt.timedelta(minutes=15)


def test_attempts_that_no_longer_count_are_forgotten() -> None:
    services.note_failure("anna", "10.0.0.1", NOON)
    services.note_failure("anna", "10.0.0.1", NOON + dt.timedelta(minutes=15))
    assert Attempt.objects.count() == 1
