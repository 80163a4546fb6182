from __future__ import annotations

import hashlib

import pytest
from django.db import IntegrityError, transaction

from backorder.access.models import Key
from backorder.access.services import AccessError, add_key, recognise_key, revoke_key
from backorder.outbox.models import Entry
from tests.supply.shop import NOON, TODAY, cause

pytestmark = pytest.mark.django_db


def test_a_secret_is_kept_only_as_its_hash() -> None:
    key, secret = add_key("web-shop", ["orders:write", "orders:read"], cause())
    found = Key.objects.get()
    assert (found.pk, found.name, found.scopes) == (key.pk, "web-shop", ["orders:read", "orders:write"])
    assert bytes(found.digest) == hashlib.sha256(secret.encode()).digest()
    assert (found.made_by, found.made_at, found.last_used_on) == ("anna", NOON, None)
    assert secret.startswith(f"{found.prefix}_")
    assert len(secret) == len(found.prefix) + 1 + 43  # 256 bits
    written = str(list(Key.objects.values())) + str(list(Entry.objects.values()))
    assert secret.rsplit("_", 1)[1] not in written
    assert [entry.what for entry in Entry.objects.all()] == ["key.added"]


def test_a_key_is_known_by_the_whole_of_its_secret() -> None:
    _, secret = add_key("web-shop", ["orders:read"], cause())
    other = add_key("other", ["orders:read"], cause())[1]
    mixed = secret[:14] + other[14:]
    wrong = [
        "",
        "bo",
        "bo_",
        secret[:-1],
        secret + "A",
        secret.upper(),
        mixed,
        "\0",
        "bo_\0_x",
        "\ud800",
        "bo_é_x",
    ]
    assert [recognise_key(one, TODAY) for one in wrong] == [None] * len(wrong)
    assert Key.objects.get(name="web-shop").last_used_on is None
    found = recognise_key(secret, TODAY)
    assert found is not None
    assert found.name == "web-shop"
    assert Key.objects.get(name="web-shop").last_used_on == TODAY


def test_a_revoked_key_is_not_known_and_is_revoked_once() -> None:
    _, secret = add_key("web-shop", ["orders:read"], cause())
    revoke_key("web-shop", cause())
    assert recognise_key(secret, TODAY) is None
    with pytest.raises(AccessError, match="key web-shop is revoked already"):
        revoke_key("web-shop", cause())
    with pytest.raises(AccessError, match="there is no key web"):
        revoke_key("web", cause())
    assert [entry.what for entry in Entry.objects.order_by("pk")] == ["key.added", "key.revoked"]


@pytest.mark.parametrize(
    ("name", "scopes", "told"),
    [
        (" ", ["orders:read"], "a key needs a name that says which program holds it"),
        ("shop", [], "a key needs a scope: catalog:read"),
        ("shop", ["orders:read", "everything"], "there is no scope everything; there are catalog:read"),
        ("old", ["orders:read"], "there is a key old already; names are used once"),
    ],
)
def test_a_key_that_cannot_be_made_changes_nothing(name: str, scopes: list[str], told: str) -> None:
    add_key("old", ["orders:read"], cause())
    with pytest.raises(AccessError, match=told):
        add_key(name, scopes, cause())
    assert (Key.objects.count(), Entry.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("name", "", "key_has_a_name"),
        ("made_by", "", "key_says_who_made_it"),
        ("scopes", [], "key_has_a_scope"),
    ],
)
def test_the_database_holds_what_every_key_has(column: str, value: object, rule: str) -> None:
    add_key("web-shop", ["orders:read"], cause())
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Key.objects.update(**{column: value})
