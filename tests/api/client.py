"""A program that asks the interface, in the small shop of tests/supply."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.test import Client

from backorder.access.scopes import SCOPES
from backorder.access.services import add_key
from backorder.outbox.services import Cause
from tests.supply.shop import NOON, TODAY

NUMBERS = itertools.count(1)
NOT_THERE = {
    "type": "/api/v1/docs#not-found",
    "title": "There is no such thing",
    "status": 404,
    "detail": "nothing is at this address",
    "errors": [],
}


def in_days(days: int) -> str:
    """Give the day so many days from that of the shop of the tests."""
    return (TODAY + dt.timedelta(days=days)).isoformat()


def make_key(scopes: Iterable[str] = SCOPES, name: str = "") -> str:
    """Make a key with these scopes; gives its secret."""
    return add_key(name or f"test {next(NUMBERS)}", scopes, Cause("anna", NOON))[1]


class Program:
    """Asks with a key of its own; every POST has an Idempotency-Key, one of its own unless it is named."""

    def __init__(self, scopes: Iterable[str] = SCOPES) -> None:
        self.secret = make_key(scopes)
        self.client = Client(raise_request_exception=False)

    def headers(self, **more: str) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.secret}",
            **{name.replace("_", "-"): value for name, value in more.items()},
        }

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self.client.get(f"/api/v1{path}", query, headers=self.headers())  # type: ignore[return-value]

    def read(self, path: str, **query: Any) -> Any:
        """Read what must be there."""
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.content
        return json.loads(answer.content)

    def send(self, method: str, path: str, body: Any, name: str = "", **query: Any) -> HttpResponse:
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.generic(  # type: ignore[return-value]
            method,
            f"/api/v1{path}",
            text,
            content_type="application/json",
            query_params=query,
            headers=self.headers(Idempotency_Key=name or f"n-{next(NUMBERS)}"),
        )

    def post(self, path: str, body: Any, name: str = "", **query: Any) -> HttpResponse:
        return self.send("POST", path, body, name, **query)

    def put(self, path: str, body: Any, **query: Any) -> Any:
        """Create or replace what must be possible."""
        answer = self.send("PUT", path, body, **query)
        assert answer.status_code == 200, answer.content
        return json.loads(answer.content)

    def change(self, path: str, body: Any, status: int = 200, **query: Any) -> Any:
        """Make a change that must succeed."""
        answer = self.post(path, body, **query)
        assert answer.status_code == status, answer.content
        return json.loads(answer.content)


def problem(answer: HttpResponse) -> dict[str, Any]:
    """Read a problem, and see that it is one."""
    assert answer["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = json.loads(answer.content)
    assert told["status"] == answer.status_code
    return told
