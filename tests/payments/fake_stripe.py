"""A server that does what Stripe's documentation says of payments and refunds, strictly, and goes wrong where a test wants it."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

KEY = "sk_test_of_a_shop"
SECRET = "whsec_of_a_shop"  # noqa: S105 - of a server of a test
AT = 1_795_600_000
"""When everything happens: on 25 November 2026."""
PAGE = 2
"""So few refunds stand on a page, whatever limit is asked for: Stripe may give fewer, and lists are read to their end."""
FAULTS = ("before", "after", "closed", "limited", "busy")
"""`before`: it breaks and did nothing. `after`: it did its work and says it broke. `closed`: it did its work and says nothing.
`limited`: it wants to be asked later. `busy`: another request with the same key is going on."""


@dataclass
class Stripe:
    """What the server knows."""

    url: str = ""
    intents: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    kept: dict[str, tuple[dict[str, str], int, Any]] = field(
        default_factory=dict
    )  # answers by idempotency key
    status: str = "succeeded"  # of the next refunds
    faults: list[str] = field(default_factory=list)  # of the next requests that make a refund, "" for none
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    lock: Any = field(default_factory=threading.Lock)

    def pay(self, amount: int, currency: str = "eur", order: str = "", intent: str = "") -> str:
        """Let a customer pay by card; gives the name of the payment."""
        name = intent or f"pi_{next(self.numbers)}"
        card = {"brand": "visa", "last4": "4242"}
        charge = {
            "id": f"ch_{name}",
            "object": "charge",
            "created": AT,
            "payment_method_details": {"type": "card", "card": card},
        }
        self.intents[name] = {
            "id": name,
            "object": "payment_intent",
            "amount_received": amount,
            "currency": currency,
            "created": AT,
            "metadata": {"order": order} if order else {},
            "latest_charge": charge if amount else None,
        }
        return name

    def sum_back(self, intent: str = "") -> int:
        """Add up what went back, or is on its way."""
        return sum(
            each["amount"]
            for each in self.refunds
            if intent in {"", each["payment_intent"]} and each["status"] not in {"failed", "canceled"}
        )

    def become(self, status: str, reason: str | None = None, refund: int = -1) -> dict[str, Any]:
        """Let a refund go on, or fail."""
        found = self.refunds[refund]
        found["status"], found["failure_reason"] = status, reason
        return found

    def forget_keys(self) -> None:
        """Forget the keys of requests, as Stripe may after a day."""
        self.kept.clear()


def sign(body: bytes, secret: str = SECRET, at: float | None = None) -> str:
    """Sign an event as Stripe does."""
    stamp = int(time.time() if at is None else at)
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


def write_event(kind: str, thing: dict[str, Any]) -> bytes:
    """Write an event about a thing."""
    return json.dumps({"id": "evt_1", "object": "event", "type": kind, "data": {"object": thing}}).encode()


class Refusal(Exception):  # noqa: N818 - it is what Stripe says
    """What Stripe does not do."""

    def __init__(self, status: int, kind: str, code: str, message: str) -> None:
        self.status = status
        self.body = {"error": {"type": kind, "code": code, "message": message}}


class Handler(BaseHTTPRequestHandler):
    """Answers for a Stripe."""

    stripe: Stripe
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self.answer({})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.answer(dict(parse_qsl(self.rfile.read(length).decode())))

    def answer(self, form: dict[str, str]) -> None:
        path = urlsplit(self.path)
        with self.stripe.lock:
            self.stripe.asked.append((self.command, path.path))
            try:
                self.refuse_strangers()
                status, body = self.do(path.path, parse_qs(path.query), form)
            except Refusal as refusal:
                status, body = refusal.status, refusal.body
        if status == 0:
            self.connection.close()
            self.close_connection = True
            return
        said = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def refuse_strangers(self) -> None:
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            raise Refusal(401, "invalid_request_error", "", "Invalid API Key provided: sk_test_****")

    def do(self, path: str, query: dict[str, list[str]], form: dict[str, str]) -> tuple[int, Any]:
        if path.startswith("/v1/payment_intents/") and self.command == "GET":
            return 200, self.find(path.rpartition("/")[2])
        if path == "/v1/refunds" and self.command == "GET":
            return 200, self.list_refunds(query)
        if path == "/v1/refunds" and self.command == "POST":
            return self.refund(form)
        raise Refusal(404, "invalid_request_error", "", f"Unrecognized request URL {path}")

    def find(self, name: str) -> dict[str, Any]:
        if name not in self.stripe.intents:
            raise Refusal(
                404, "invalid_request_error", "resource_missing", f"No such payment_intent: '{name}'"
            )
        return self.stripe.intents[name]

    def list_refunds(self, query: dict[str, list[str]]) -> dict[str, Any]:
        (intent,) = query["payment_intent"]
        self.find(intent)
        rows = [each for each in reversed(self.stripe.refunds) if each["payment_intent"] == intent]
        names = [each["id"] for each in rows]
        begin = names.index(query["starting_after"][0]) + 1 if "starting_after" in query else 0
        page = rows[begin : begin + PAGE]
        more = begin + PAGE < len(rows)
        return {"object": "list", "url": "/v1/refunds", "has_more": more, "data": page}

    def refund(self, form: dict[str, str]) -> tuple[int, Any]:
        fault = self.stripe.faults.pop(0) if self.stripe.faults else ""
        key = self.headers["Idempotency-Key"]
        if fault == "before":
            raise Refusal(500, "api_error", "", "Something went wrong on Stripe's end.")
        if fault == "limited":
            raise Refusal(429, "invalid_request_error", "rate_limit", "Too many requests.")
        if fault == "busy":
            raise Refusal(409, "idempotency_error", "idempotency_key_in_use", "Another request is going on.")
        if key in self.stripe.kept:
            sent, status, body = self.stripe.kept[key]
            if sent != form:
                raise Refusal(400, "idempotency_error", "", "Keys can only be used with the same parameters.")
            return status, body
        body = self.make(form)
        self.stripe.kept[key] = (form, 200, body)
        if fault == "after":
            raise Refusal(500, "api_error", "", "Something went wrong on Stripe's end.")
        return (0 if fault == "closed" else 200), body

    def make(self, form: dict[str, str]) -> dict[str, Any]:
        intent, amount = self.find(form["payment_intent"]), int(form["amount"])
        left = intent["amount_received"] - self.stripe.sum_back(intent["id"])
        if left == 0:
            raise Refusal(
                400, "invalid_request_error", "charge_already_refunded", "Charge has already been refunded."
            )
        if amount > left:
            said = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
            raise Refusal(400, "invalid_request_error", "", said)
        made = {
            "id": f"re_{next(self.stripe.numbers)}",
            "object": "refund",
            "amount": amount,
            "created": AT,
            "currency": intent["currency"],
            "payment_intent": intent["id"],
            "status": self.stripe.status,
            "failure_reason": None,
            "metadata": {
                name.removeprefix("metadata[").removesuffix("]"): value
                for name, value in form.items()
                if name.startswith("metadata[")
            },
        }
        self.stripe.refunds.append(made)
        return dict(made)


@contextmanager
def serve() -> Iterator[Stripe]:
    """Serve a Stripe of its own on loopback."""
    stripe = Stripe()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Handler,), {"stripe": stripe}))
    stripe.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stripe
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
