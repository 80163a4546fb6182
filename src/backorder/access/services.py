"""Making and revoking keys, and knowing a key by its secret."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import date

from django.db import transaction

from backorder.access.models import Key
from backorder.access.scopes import find_fault
from backorder.outbox.services import Cause, write

PREFIX_BYTES, SECRET_BYTES = 5, 32
"""The secret has 256 random bits: nobody guesses it, so one round of SHA-256 is enough."""
MARK = "bo"
"""Secrets begin with it, so that one that was left in a file is recognised."""
NOBODY = hashlib.sha256(secrets.token_bytes(SECRET_BYTES)).digest()
"""What a secret with an unknown prefix is compared with, so that it takes as long as one with a known prefix."""


class AccessError(ValueError):
    """A key that cannot be made or revoked; the text says why."""


@transaction.atomic
def add_key(name: str, scopes: Iterable[str], cause: Cause) -> tuple[Key, str]:
    """Make a key; gives it with its secret, which is not kept and cannot be shown again. Raises AccessError."""
    wanted = sorted(set(scopes))
    fault = find_fault(name, wanted)
    refuse(bool(fault), fault)
    refuse(Key.objects.filter(name=name).exists(), f"there is a key {name} already; names are used once")
    prefix = f"{MARK}_{secrets.token_hex(PREFIX_BYTES)}"
    secret = f"{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
    key = Key.objects.create(
        name=name,
        prefix=prefix,
        digest=hash_secret(secret),
        scopes=wanted,
        made_by=cause.who,
        made_at=cause.at,
    )
    write(cause, "key.added", [("key", name)], {"prefix": prefix, "scopes": wanted})
    return key, secret


@transaction.atomic
def revoke_key(name: str, cause: Cause) -> Key:
    """End a key for good: who holds it is told that it is unknown. Raises AccessError."""
    key = Key.objects.select_for_update().filter(name=name).first()
    if key is None:
        message = f"there is no key {name}"
        raise AccessError(message)
    refuse(key.revoked_at is not None, f"key {name} is revoked already")
    key.revoked_at = cause.at
    key.save(update_fields=["revoked_at"])
    write(cause, "key.revoked", [("key", name)], {"prefix": key.prefix})
    return key


def recognise_key(secret: str, today: date) -> Key | None:
    """Find the key with a secret and note the day of its use; None if there is none or it was revoked.

    The hashes are compared in a time that tells nothing about how much of them agrees.
    """
    prefix = "_".join(secret.split("_", 2)[:2])
    key = Key.objects.filter(prefix=prefix).first() if prefix.isascii() and prefix.isprintable() else None
    known = hmac.compare_digest(hash_secret(secret), bytes(key.digest) if key else NOBODY)
    if key is None or not known or key.revoked_at is not None:
        return None
    if key.last_used_on != today:
        Key.objects.filter(pk=key.pk).update(last_used_on=today)
    return key


def hash_secret(secret: str) -> bytes:
    """Hash a secret as it is kept."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def refuse(wrong: bool, message: str) -> None:  # noqa: FBT001 - what is wrong, then what to say
    """Raise AccessError."""
    if wrong:
        raise AccessError(message)
