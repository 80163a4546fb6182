"""Stripe, which takes cards and sends money back to them. What it tells us unasked is a hint: what is so is read from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import stripe
from django.conf import settings

from backorder.money import count_places, say_amount
from backorder.payments.models import STRIPE
from backorder.payments.providers import Ask, Known, ProviderError, Told
from backorder.payments.services import Paid

SECONDS = 10
"""So long Stripe may take to answer."""
PLACES = {"ISK": 2, "UGX": 2, "MGA": 0}
"""Of amounts that Stripe takes, where ISO 4217 has others (docs.stripe.com/currencies)."""
TENS = 3
"""Of a currency with so many places Stripe takes tens of the smallest unit only."""
NOT_FOUND = "resource_missing"
CAME_IN = "succeeded"
"""Of a payment of which all came in that will: before, its amount may still change."""
KEY, ORDER = "backorder", "order"
"""Under these names of its metadata a refund keeps the key of our transfer, and a payment the number of our order."""
STATES: dict[str, str] = {
    "pending": "pending",
    "requires_action": "pending",
    "succeeded": "sent",
    "failed": "failed",
    "canceled": "failed",
}
FAILED = {
    "charge_for_pending_refund_disputed": "the customer disputed the payment",
    "declined": "the bank declined it",
    "expired_or_canceled_card": "the card has expired, or was cancelled",
    "insufficient_funds": "there was not enough money to send it",
    "lost_or_stolen_card": "the card was lost or stolen",
    "merchant_request": "it was called back",
}
REFUSED = (stripe.InvalidRequestError, stripe.CardError)
"""What was asked is not done, and will not be."""
TOLERANCE_SECONDS = 300
"""An event that was signed longer ago is not taken: somebody may have kept it."""


class SignatureError(ValueError):
    """Nobody knows who sent an event."""


@dataclass(frozen=True)
class Event:
    """What something happened to, as Stripe calls it: a payment, perhaps a refund, or a link."""

    kind: str
    payment: str = ""
    refund: str = ""
    session: str = ""  # of a link at which a customer pays


class Stripe:
    """Stripe, by the key of an account."""

    def __init__(self, key: str, url: str, seconds: float = SECONDS) -> None:
        """Ask at an address, so long and not again: who asks again is ours to say."""
        self.client = stripe.StripeClient(
            key,
            base_addresses={"api": url},
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=seconds),
        )

    def read_payment(self, reference: str) -> Known | None:
        """Read a payment that came in; None: there is none, or nothing of it came in. Raises ProviderError."""
        with telling():
            try:
                found = self.client.v1.payment_intents.retrieve(reference, {"expand": ["latest_charge"]})
            except stripe.InvalidRequestError as error:
                if error.code != NOT_FOUND:
                    raise
                return None
        charge: Any = found.latest_charge
        if found.status != CAME_IN or not found.amount_received or charge is None:
            return None
        currency = found.currency.upper()
        amount = from_stripe(found.amount_received, currency)
        paid = Paid(STRIPE, amount, currency, read_instant(charge.created), found.id, say_card(charge))
        return Known(paid, read_metadata(found.metadata, ORDER), read_metadata(found.metadata, KEY))

    def find(self, ask: Ask) -> Told | None:
        """Find what became of what was asked; None: it was never asked. Of an unknown payment nothing goes back.

        Raises ProviderError.
        """
        with telling():
            if ask.reference:
                return read_refund(self.client.v1.refunds.retrieve(ask.reference))
            try:
                refunds = self.client.v1.refunds.list({"payment_intent": ask.payment, "limit": 100})
            except stripe.InvalidRequestError as error:
                if error.code != NOT_FOUND:
                    raise
                return Told("failed", "", said=f"Stripe knows no payment {ask.payment}")
            for refund in refunds.auto_paging_iter():
                if read_metadata(refund.metadata, KEY) == str(ask.key):
                    return read_refund(refund)
        return None

    def send(self, ask: Ask) -> Told:
        """Send money back, once for each key. Raises ProviderError."""
        amount = to_stripe(ask.amount, ask.currency)
        if amount is None:
            said = f"Stripe cannot send {say_amount(ask.amount, ask.currency)}: it takes no such fraction"
            return Told("failed", "", said=said)
        with telling():
            try:
                made = self.client.v1.refunds.create(
                    {
                        "payment_intent": ask.payment,
                        "amount": amount,
                        "metadata": {KEY: str(ask.key), ORDER: ask.order},
                    },
                    {"idempotency_key": str(ask.key)},
                )
            except REFUSED as error:
                return Told("failed", "", said=f"Stripe refused it: {say_error(error)}")
        return read_refund(made)


@contextmanager
def telling() -> Iterator[None]:
    """Tell what Stripe does not say as ProviderError: it was not reached, or it wants nothing from us. No key is in it."""
    try:
        yield
    except stripe.AuthenticationError as error:
        message = "Stripe does not know our key: see BACKORDER_STRIPE_KEY in the settings"
        raise ProviderError(message) from error
    except stripe.PermissionError as error:
        message = "our key of Stripe may not read payments, or make refunds"
        raise ProviderError(message) from error
    except stripe.APIConnectionError as error:
        message = "Stripe did not answer"
        raise ProviderError(message) from error
    except stripe.StripeError as error:
        message = f"Stripe said: {say_error(error)}"
        raise ProviderError(message) from error


def say_error(error: stripe.StripeError) -> str:
    """Say what Stripe said."""
    return error.user_message or (error.error.message if error.error else "") or type(error).__name__


def read_refund(refund: stripe.Refund) -> Told:
    """Read where a refund is. A state that is new to us is on its way: nothing is sent twice for it."""
    state: Any = STATES.get(refund.status or "", "pending")
    reason = getattr(refund, "failure_reason", None) or ""  # Stripe leaves it out where nothing failed
    said = (
        FAILED.get(reason, reason.replace("_", " ") or "Stripe does not say why") if state == "failed" else ""
    )
    return Told(state, refund.id, read_instant(refund.created), said=said)


def read_metadata(metadata: Any, name: str) -> str:  # noqa: ANN401 - the library has a type of its own for each
    """Read what we, or whoever took the payment, kept under a name; blank: nothing."""
    return str(metadata.to_dict().get(name, "")) if metadata is not None else ""


def read_instant(seconds: int) -> datetime:
    """Read an instant as Stripe writes it."""
    return datetime.fromtimestamp(seconds, UTC)


def say_card(charge: stripe.Charge) -> str:
    """Say what the customer knows a card by; blank for other ways of paying."""
    details = charge.payment_method_details
    card = details.card if details is not None and details.type == "card" else None
    if card is None or not card.last4:
        return ""
    return f"{(card.brand or 'card').capitalize()} ending in {card.last4}"


def to_stripe(minor: int, currency: str) -> int | None:
    """Turn minor units into those that Stripe takes; None: it has none for such an amount."""
    ours = count_places(currency)
    if ours == TENS and minor % 10:
        return None
    theirs = PLACES.get(currency, ours)
    whole, rest = divmod(minor * int(10**theirs), int(10**ours))
    return None if rest else whole


def from_stripe(amount: int, currency: str) -> int:
    """Turn units that Stripe takes into minor units; less than one of them is left out."""
    ours = count_places(currency)
    return amount * int(10**ours) // int(10 ** PLACES.get(currency, ours))


@lru_cache(maxsize=4)
def open_stripe(key: str, url: str) -> Stripe:
    """Open Stripe, once for each key."""
    return Stripe(key, url)


def find_stripe() -> Stripe | None:
    """Find Stripe; None: it is not set up."""
    return open_stripe(settings.STRIPE_KEY, settings.STRIPE_URL) if settings.STRIPE_KEY else None


def read_event(body: bytes, signature: str) -> Event:
    """Read an event that Stripe sent, signed by one of the secrets in force: two are while one takes over. Raises SignatureError."""
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        with suppress(
            stripe.SignatureVerificationError, ValueError, TypeError
        ):  # whatever anybody may send as a signature
            stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE_SECONDS)
            return describe_event(read_json(body))
    message = "the event is not signed by a secret in force, or was signed too long ago"
    raise SignatureError(message)


def read_json(body: bytes) -> Any:  # noqa: ANN401 - whatever Stripe signed
    """Read what was signed; what cannot be read is nothing."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def read_name(value: Any) -> str:  # noqa: ANN401 - as above
    """Read by what Stripe knows a thing; blank for what is no such name."""
    return value if isinstance(value, str) and value.isascii() and value.isprintable() else ""


def describe_event(found: Any) -> Event:  # noqa: ANN401 - whatever Stripe signed
    """Describe what an event is about: a payment, or what belongs to one."""
    told = found if isinstance(found, dict) else {}
    data = told.get("data")
    thing = data.get("object") if isinstance(data, dict) else None
    if not isinstance(thing, dict):
        return Event("")
    found = told
    kind, number = str(thing.get("object", "")), read_name(thing.get("id"))
    if kind == "payment_intent":
        return Event(str(found.get("type", "")), payment=number)
    payment = read_name(thing.get("payment_intent"))
    what = str(found.get("type", ""))
    if kind == "checkout.session":
        return Event(what, payment, session=number)
    return Event(what, payment, number if kind == "refund" else "")
