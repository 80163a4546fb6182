"""A server that does what Stripe's documentation says of payments and refunds, strictly, and goes wrong where a test wants it.

What it says of charges stands in `fake_charges`.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from tests.payments.fake_charges import Charges, Refusal, find_intent, read_metadata, take_page

KEY = "sk_test_of_a_shop"
SECRET = "whsec_of_a_shop"  # noqa: S105 - of a server of a test
AT = 1_795_600_000
"""When everything happens: on 25 November 2026."""
TENS, HUNDREDS = ("bhd", "jod", "kwd", "omr", "tnd"), ("isk", "ugx")
"""Currencies of which amounts end in one zero, and in two (docs.stripe.com/currencies)."""
BROKEN = "Something went wrong on Stripe's end."
LONGEST_WAIT = 60
"""So many seconds an answer is held back at most, where a test forgets to let it go."""
FAULTS = ("before", "broken", "after", "closed", "dropped", "slow", "limited", "busy", "denied")
"""`before`: it breaks and did nothing, not even keep the key. `broken`: it did nothing, and says so again for the same key.
`after`: it did its work and says it broke, again for the same key. `closed`: it did its work and says nothing. `dropped`: it did
nothing and says nothing. `slow`: it did its work and answers too late. `limited`: it wants to be asked later. `busy`: another request
with the same key is going on. `denied`: the key may not do that."""
SILENT = 0
"""In place of a status: the connection is closed."""


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
    sessions: list[dict[str, Any]] = field(default_factory=list)
    cards: dict[str, tuple[str, str]] = field(default_factory=dict)  # by name: whose, and what its bank says
    at: int = AT  # when the next thing happens
    faults: list[str] = field(default_factory=list)  # of the next requests that write, "" for none
    reading_faults: list[str] = field(default_factory=list)  # of the next requests that read
    meanwhile: Callable[[], None] | None = None  # happens once something is written, before the answer
    stuck: threading.Event = field(default_factory=threading.Event)  # a slow answer is held back …
    free: threading.Event = field(default_factory=threading.Event)  # … until it may go
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
            "status": "succeeded" if amount else "requires_payment_method",
            "capture_method": "automatic",
            "amount": amount,
            "amount_capturable": 0,
            "amount_received": amount,
            "currency": currency,
            "created": AT,
            "metadata": {"order": order} if order else {},
            "latest_charge": charge if amount else None,
        }
        return name

    def make_intent(self, amount: int, currency: str, metadata: dict[str, str]) -> dict[str, Any]:
        """Make a payment by a card of which nothing came in yet."""
        name = self.pay(amount, currency)
        self.intents[name] |= {"status": "requires_confirmation", "amount_received": 0, "created": self.at}
        self.intents[name] |= {"metadata": metadata, "last_payment_error": None}
        return self.intents[name]

    def hold(self, amount: int, until: int | None, order: str = "", currency: str = "eur") -> str:
        """Let a card hold an amount until an instant, or without saying until when; gives the name of the payment."""
        intent = self.make_intent(amount, currency, {"order": order} if order else {})
        intent |= {"status": "requires_capture", "capture_method": "manual", "amount_capturable": amount}
        intent["latest_charge"]["payment_method_details"]["card"]["capture_before"] = until
        return str(intent["id"])

    def pay_link(self, session: int = -1) -> dict[str, Any]:
        """Let a customer pay by a link."""
        found = self.sessions[session]
        assert found["status"] == "open"
        intent = self.make_intent(found["amount_total"], found["currency"], found["of_intent"])
        intent |= {"status": "succeeded", "amount_received": intent["amount"]}
        found |= {"status": "complete", "payment_status": "paid", "payment_intent": intent["id"], "url": None}
        return found

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
        found["status"] = status
        if reason is not None:
            found["failure_reason"] = reason  # which stands only where something failed
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


class Handler(BaseHTTPRequestHandler):
    """Answers for a Stripe."""

    stripe: Stripe
    late = False
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
        self.late = False
        with self.stripe.lock:
            self.stripe.asked.append((self.command, path.path))
            try:
                self.refuse_strangers()
                status, body = self.do(path.path, parse_qs(path.query), form)
            except Refusal as refusal:
                status, body = refusal.status, refusal.body
            said = json.dumps(body).encode()
            meanwhile = self.stripe.meanwhile if self.command == "POST" else None
        if meanwhile is not None:
            meanwhile()
        if self.late:
            self.stripe.stuck.set()
            self.stripe.free.wait(LONGEST_WAIT)
        if self.late or status == SILENT:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def refuse_strangers(self) -> None:
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            raise Refusal(401, "invalid_request_error", "", "Invalid API Key provided: sk_test_****")

    def do(self, path: str, query: dict[str, list[str]], form: dict[str, str]) -> tuple[int, Any]:
        if self.command == "GET" and self.stripe.reading_faults:
            fault = self.stripe.reading_faults.pop(0)
            self.go_wrong(fault)
            if fault == "dropped":
                return SILENT, None
        if path.startswith("/v1/payment_intents/") and self.command == "GET":
            return 200, find_intent(self.stripe, path.rpartition("/")[2])
        if path == "/v1/refunds" and self.command == "GET":
            return 200, self.list_refunds(query)
        if path == "/v1/refunds" and self.command == "POST":
            check_form(form)
            return self.write(form, lambda: (200, self.make(form)))
        if path.startswith("/v1/refunds/") and self.command == "GET":
            return 200, self.find_refund(path.rpartition("/")[2])
        charges = Charges(self.stripe)
        if self.command == "GET":
            return 200, charges.read(path, query)
        return self.write(form, lambda: charges.write(path, form), needs_key=charges.needs_key(path))
        raise Refusal(404, "invalid_request_error", "", f"Unrecognized request URL {path}")

    def find_refund(self, name: str) -> dict[str, Any]:
        for each in self.stripe.refunds:
            if each["id"] == name:
                return each
        raise Refusal(404, "invalid_request_error", "resource_missing", f"No such refund: '{name}'")

    def list_refunds(self, query: dict[str, list[str]]) -> dict[str, Any]:
        (intent,) = query["payment_intent"]
        find_intent(self.stripe, intent)
        rows = [each for each in reversed(self.stripe.refunds) if each["payment_intent"] == intent]
        return take_page("/v1/refunds", rows, query)

    def go_wrong(self, fault: str) -> None:
        """Refuse what is asked before anything is done of it, where a test wants that."""
        if fault == "before":
            raise Refusal(500, "api_error", "", BROKEN)
        if fault == "limited":
            raise Refusal(429, "invalid_request_error", "rate_limit", "Too many requests.")
        if fault == "busy":
            raise Refusal(409, "idempotency_error", "idempotency_key_in_use", "Another request is going on.")
        if fault == "denied":
            raise Refusal(
                403, "invalid_request_error", "", f"The provided key {KEY[:7]}**** may not do that."
            )

    def write(
        self, form: dict[str, str], make: Callable[[], tuple[int, Any]], *, needs_key: bool = True
    ) -> tuple[int, Any]:
        fault = self.stripe.faults.pop(0) if self.stripe.faults else ""
        self.go_wrong(fault)
        if fault == "dropped":
            return SILENT, None
        key = self.headers["Idempotency-Key"]
        if not key and needs_key:
            raise Refusal(400, "invalid_request_error", "", "Without a key this may be made twice.")
        if not key:
            return make()
        if key not in self.stripe.kept:
            self.stripe.kept[key] = (form, *self.begin(make, fault))
        sent, status, body = self.stripe.kept[key]
        if sent != form:
            raise Refusal(400, "idempotency_error", "", "Keys can only be used with the same parameters.")
        self.late = fault == "slow"
        return (SILENT if fault == "closed" else status), body

    def begin(self, make: Callable[[], tuple[int, Any]], fault: str) -> tuple[int, Any]:
        """Do what is asked. What is answered from here on is kept under its key, errors too."""
        if fault == "broken":
            return 500, Refusal(500, "api_error", "", BROKEN).body
        try:
            status, made = make()
        except Refusal as refusal:
            return refusal.status, refusal.body
        return (500, Refusal(500, "api_error", "", BROKEN).body) if fault == "after" else (status, made)

    def make(self, form: dict[str, str]) -> dict[str, Any]:
        intent, amount = find_intent(self.stripe, form["payment_intent"]), int(form["amount"])
        check_amount(amount, intent, intent["amount_received"] - self.stripe.sum_back(intent["id"]))
        made = {
            "id": f"re_{next(self.stripe.numbers)}",
            "object": "refund",
            "amount": amount,
            "created": AT,
            "currency": intent["currency"],
            "payment_intent": intent["id"],
            "reason": None,
            "receipt_number": None,
            "status": self.stripe.status,
            "metadata": read_metadata(form),
        }
        self.stripe.refunds.append(made)
        return dict(made)


def check_form(form: dict[str, str]) -> None:
    """Refuse a form that Stripe does not know."""
    for name in form:
        if name not in {"payment_intent", "amount"} and not name.startswith("metadata["):
            raise Refusal(
                400, "invalid_request_error", "parameter_unknown", f"Received unknown parameter: {name}"
            )
    for name in ("payment_intent", "amount"):
        if name not in form:
            raise Refusal(
                400, "invalid_request_error", "parameter_missing", f"Missing required param: {name}."
            )
    if not form["amount"].isdecimal() or int(form["amount"]) < 1:
        raise Refusal(400, "invalid_request_error", "parameter_invalid_integer", "Invalid positive integer")


def check_amount(amount: int, intent: dict[str, Any], left: int) -> None:
    """Refuse to pay back more than is left, what is disputed, and fractions that cards do not know."""
    if intent.get("disputed"):
        raise Refusal(
            400,
            "invalid_request_error",
            "charge_disputed",
            "Charge has been charged back; cannot issue a refund.",
        )
    if left == 0:
        raise Refusal(
            400, "invalid_request_error", "charge_already_refunded", "Charge has already been refunded."
        )
    if amount > left:
        said = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise Refusal(400, "invalid_request_error", "", said)
    step = 10 if intent["currency"] in TENS else 100 if intent["currency"] in HUNDREDS else 1
    if amount % step:
        said = f"Invalid amount: must be evenly divisible by {step}."
        raise Refusal(400, "invalid_request_error", "invalid_charge_amount_no_decimal_compatible", said)


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
        stripe.free.set()
        server.shutdown()
        server.server_close()
        thread.join()
