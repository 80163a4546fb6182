"""One change for each `Idempotency-Key`: who asks again gets the same answer, byte for byte, and nothing happens twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.http import HttpRequest, HttpResponse

from backorder.access.models import Key
from backorder.api.models import Answer
from backorder.api.problems import ProblemError

KEPT_DAYS = 14
"""So long a request may be sent again; after it the same Idempotency-Key is a new one."""
FORGOTTEN_AT_ONCE = 100
REPEATED = "Idempotent-Replayed"
"""The header of an answer that was given before."""

Keep = Callable[[HttpResponse], None]
"""Keeps an answer in the transaction that is open."""


@dataclass(frozen=True)
class Asked:
    """Who asks, under which name, for what, when."""

    key: Key
    name: str
    fingerprint: bytes
    at: datetime


def fingerprint(request: HttpRequest) -> bytes:
    """Hash what is asked: method, address, and the body whatever its blanks and the order of its fields."""
    try:
        body = json.dumps(json.loads(request.body), sort_keys=True).encode()
    except ValueError:
        body = request.body
    head = f"{request.method} {request.get_full_path()}\n".encode("utf-8", "surrogatepass")
    return hashlib.sha256(head + body).digest()


def answer_once(asked: Asked, act: Callable[[Keep], HttpResponse]) -> HttpResponse:
    """Make a change and keep its answer, which `act` does in one transaction, or give the answer that is kept. Raises ProblemError.

    An answer that refuses is not kept: nothing has happened, so the same name may be tried again.
    """
    with claim(asked):
        known = Answer.objects.filter(key=asked.key, name=asked.name).first()
        if known is not None and known.at > asked.at - timedelta(days=KEPT_DAYS):
            return repeat(known, asked)
        return act(partial(keep, asked))


def make_and_keep(make: Callable[[], HttpResponse], keep: Keep) -> HttpResponse:
    """Make a change and keep its answer in one transaction."""
    with transaction.atomic():
        response = make()
        keep(response)
    return response


def keep(asked: Asked, response: HttpResponse) -> None:
    """Keep an answer, in the transaction of its change."""
    Answer.objects.update_or_create(
        key=asked.key,
        name=asked.name,
        defaults={
            "asked": asked.fingerprint,
            "at": asked.at,
            "status": response.status_code,
            "location": response.get("Location", ""),
            "body": response.content,
        },
    )
    forget(asked.at)


@contextmanager
def claim(asked: Asked) -> Iterator[None]:
    """Hold the name, whichever transaction the change is made in. Raises ProblemError if somebody else does."""
    digest = hashlib.sha256(f"{asked.key.pk} {asked.name}".encode()).digest()
    number = int.from_bytes(digest[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        held = cursor.fetchone() == (True,)
    if not held:
        raise ProblemError(
            "in-progress", f"a request with the Idempotency-Key {asked.name} is being answered"
        )
    try:
        yield
    finally:
        let_go(number)


def let_go(number: int) -> None:
    """Let a name go that this connection holds; one that was lost holds nothing."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
    except (DatabaseError, InterfaceError):
        connection.close()


def repeat(known: Answer, asked: Asked) -> HttpResponse:
    """Give a stored answer again. Raises ProblemError if it answered something else."""
    if bytes(known.asked) != asked.fingerprint:
        text = f"the Idempotency-Key {asked.name} was used for another method, address or body"
        raise ProblemError("other-request", text)
    response = HttpResponse(bytes(known.body), status=known.status, content_type="application/json")
    if known.location:
        response["Location"] = known.location
    response[REPEATED] = "true"
    return response


def forget(now: datetime) -> None:
    """Remove some of the answers that are too old to be given again."""
    old = Answer.objects.filter(at__lte=now - timedelta(days=KEPT_DAYS)).select_for_update(skip_locked=True)
    rows = list(old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
    if rows:
        Answer.objects.filter(pk__in=rows).delete()
