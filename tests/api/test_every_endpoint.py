"""Every endpoint that the description names: who may not is told nothing, what is not there is not there, nothing changes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from backorder.access.models import Key
from backorder.access.scopes import SCOPES
from backorder.api.nouns import quote
from tests.api.client import NOT_THERE, Program, make_key, problem
from tests.api.forms import Endpoint, Known, list_endpoints
from tests.api.shop import open_shop

pytestmark = pytest.mark.django_db
CREATE = {
    *("put_item", "put_location", "put_supplier", "put_customer", "put_channel", "put_customer_class"),
}
"""What is not there yet is made by these."""


def read_rows() -> dict[str, tuple[int, str | None]]:
    """Count the rows of every table, and hash what they hold; of keys alone it may change when they were used last."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            held = "t::text" if table != "access_key" else "t.id::text"
            cursor.execute(f"SELECT count(*), md5(string_agg({held}, ' ' ORDER BY {held})) FROM {table} t")  # noqa: S608
            found[table] = cursor.fetchone()
    return found


def ask(endpoint: Endpoint, known: Known, authorization: str | None) -> Any:
    """Ask for what could be done, if the key were one that may."""
    headers = {"Idempotency-Key": "n-1"} | ({"Authorization": authorization} if authorization else {})
    body = json.dumps(endpoint.body(known)).encode() if endpoint.body(known) is not None else b""
    return Client(raise_request_exception=False).generic(
        endpoint.method,
        f"/api/v1{endpoint.address(known)}",
        body,
        "application/json",
        headers=headers,
    )


def test_without_a_key_in_use_every_endpoint_tells_the_same() -> None:
    known = open_shop()
    secret = make_key(name="old")
    Key.objects.update(revoked_at="2026-11-24T12:00:00Z")
    before = read_rows()
    answers = [
        ask(endpoint, known, authorization)
        for endpoint in list_endpoints()
        for authorization in (None, "Bearer", f"Bearer {secret}", f"Basic {secret}", "Bearer bo_0_x", "x")
    ]
    assert len(answers) > 6 * 90
    assert {(answer.status_code, answer.content, answer["WWW-Authenticate"]) for answer in answers} == {
        (401, answers[0].content, 'Bearer realm="backorder"')
    }
    assert problem(answers[0])["type"] == "/api/v1/docs#unknown-key"
    assert (read_rows(), Key.objects.get().last_used_on) == (before, None)


def test_a_key_without_the_scope_is_told_which_one_and_no_more() -> None:
    known = open_shop()
    secrets = {scope: make_key(SCOPES.keys() - {scope}) for scope in SCOPES}
    before = read_rows()
    told: dict[str, set[bytes]] = {}
    for endpoint in list_endpoints():
        answer = ask(endpoint, known, f"Bearer {secrets[endpoint.scope]}")
        said = problem(answer)
        assert (said["status"], said["type"]) == (403, "/api/v1/docs#missing-scope")
        assert said["detail"] == f"this needs a key with the scope {endpoint.scope}"
        told.setdefault(endpoint.scope, set()).add(answer.content)
    assert {scope: len(answers) for scope, answers in told.items()} == dict.fromkeys(SCOPES, 1)
    assert read_rows() == before


def test_with_its_scope_alone_every_endpoint_answers() -> None:
    known = open_shop()
    secrets = {scope: make_key([scope]) for scope in SCOPES}
    answers = {}
    for endpoint in list_endpoints():
        with transaction.atomic():
            answers[endpoint.name] = ask(endpoint, known, f"Bearer {secrets[endpoint.scope]}").status_code
            transaction.set_rollback(True)
    assert set(answers.values()) == {200, 201, 409}  # some of it the facts of the shop do not allow
    assert list(answers.values()).count(409) < len(answers) / 8


@pytest.mark.parametrize("nobody", ["nobody", "a/b", "A-1\u00e9", "x" * 200])
def test_of_what_is_not_there_every_endpoint_tells_the_same_and_changes_nothing(nobody: str) -> None:
    known, program = open_shop(), Program()
    before = read_rows()
    asked = 0
    for endpoint in list_endpoints():
        for part in endpoint.parts if endpoint.name not in CREATE else ():
            number = isinstance(known[part], int)
            unknown = {**known, part: 2**63 - 1 if number else quote(nobody)}
            answer = ask(endpoint, unknown, f"Bearer {program.secret}")
            assert problem(answer) == NOT_THERE, (endpoint.method, endpoint.path, part)
            asked += 1
    assert asked > 50
    assert read_rows() == before


def test_a_parameter_that_no_endpoint_knows_or_that_is_given_twice_is_told() -> None:
    known, program = open_shop(), Program()
    before = read_rows()
    for endpoint in list_endpoints():
        path = endpoint.address(known)
        strange = f"{path}{'&' if '?' in path else '?'}colour=red"
        told = problem(program.send(endpoint.method, strange, endpoint.body(known)))
        fault = {"where": "query", "at": "colour", "detail": "there is no such parameter"}
        assert (told["status"], told["errors"]) == (422, [fault])
    told = problem(program.send("POST", "/plan?preview=true&preview=false", {}))
    assert told["errors"] == [{"where": "query", "at": "preview", "detail": "it is given twice"}]
    assert read_rows() == before
