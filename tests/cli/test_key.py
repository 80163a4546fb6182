"""`backorder key`: makes, lists and revokes keys."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from backorder.access.models import Key
from backorder.access.services import recognise_key
from backorder.cli import run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name a server, so that none is started: that of the tests is open already."""
    monkeypatch.setenv("DATABASE_URL", "postgresql:///the-tests-own")


def test_a_secret_is_shown_once_and_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["key", "add", "web-shop", "--scope", "orders:write", "--scope", "orders:read"]) == 0
    told = capsys.readouterr()
    assert re.fullmatch(r"bo_[0-9a-f]{10}_[\w-]{43}\n", told.out)
    assert (
        told.err == "key web-shop may: orders:read, orders:write; keep its secret, it is not shown again:\n"
    )
    key = recognise_key(told.out.strip(), timezone.localdate())
    assert key is not None
    assert key.made_by.endswith(" on the command line")
    assert run(["key", "list"]) == 0
    listed = capsys.readouterr().out
    assert (f"{key.prefix}_..." in listed, told.out.strip() in listed) == (True, False)
    assert re.search(rf"orders:read orders:write .* {timezone.localdate()}  in use\n", listed)


def test_a_revoked_key_is_known_no_longer(capsys: pytest.CaptureFixture[str]) -> None:
    run(["key", "add", "web-shop", "--scope", "orders:read"])
    secret = capsys.readouterr().out.strip()
    assert run(["key", "revoke", "web-shop"]) == 0
    assert capsys.readouterr().out == "key web-shop is revoked\n"
    assert recognise_key(secret, timezone.localdate()) is None
    assert run(["key", "revoke", "web-shop"]) == 2
    assert capsys.readouterr().err == "key web-shop is revoked already\n"
    run(["key", "list"])
    assert f"never      revoked {timezone.localdate()}" in capsys.readouterr().out


def test_without_keys_the_list_says_how_to_make_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["key", "list"]) == 0
    told = "there is no key yet; make one with: backorder key add NAME --scope orders:read\n"
    assert capsys.readouterr().out == told


def test_a_system_user_without_a_name_is_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that runs under a number alone."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 4_000_000)
    assert run(["key", "add", "web-shop", "--scope", "orders:read"]) == 0
    assert Key.objects.get().made_by == "somebody on the command line"


def test_a_scope_that_is_none_makes_no_key(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["key", "add", "web-shop", "--scope", "orders"]) == 2
    assert capsys.readouterr().err.startswith("there is no scope orders; there are catalog:read, ")
    assert Key.objects.count() == 0
