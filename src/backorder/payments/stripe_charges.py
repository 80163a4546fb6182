"""Stripe, as it takes money: of what a card holds, of a card that is kept, and by a link. What is so is read from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import stripe
from django.conf import settings

from backorder.money import say_amount
from backorder.payments.models import AUTHORISATION, CARD, STRIPE
from backorder.payments.providers import Bill, Held, Outcome
from backorder.payments.services import Paid
from backorder.payments.stripe import (
    CAME_IN,
    KEY,
    NOT_FOUND,
    ORDER,
    REFUSED,
    Stripe,
    find_stripe,
    from_stripe,
    read_instant,
    read_metadata,
    say_card,
    say_error,
    telling,
    to_stripe,
)

HELD = "requires_capture"
DECLINED = ("requires_payment_method", "requires_action", "requires_confirmation")
"""Of a payment by a card that is kept: nothing is taken of it, and nothing will be unless somebody goes on with it."""
ASKS = "authentication_required"
"""The bank wants to ask whose card it is."""
EXPIRED = "charge_expired_for_capture"
"""What is held is over, though Stripe may not have cancelled its payment yet."""
EARLIER = timedelta(minutes=10)
"""Clocks of two machines differ."""
EXPAND = "latest_charge"


class StripeCharges:
    """Stripe, by the key of an account."""

    def __init__(self, opened: Stripe) -> None:
        """Ask as refunds are asked for."""
        self.client = opened.client

    def read_held(self, reference: str) -> Held | None:
        """Read what a card holds; None: Stripe does not know it, or it is none that is taken later. Raises ProviderError."""
        with telling():
            intent = self.retrieve(reference)
        return None if intent is None else read_held(intent)

    def retrieve(self, reference: str) -> Any:  # noqa: ANN401 - the library knows its fields by name only
        """Read a payment; None: there is none."""
        try:
            return self.client.v1.payment_intents.retrieve(reference, {"expand": [EXPAND]})
        except stripe.InvalidRequestError as error:
            if error.code != NOT_FOUND:
                raise
            return None

    def let_go(self, reference: str) -> Held | None:
        """Let go what a card holds, and say how it stands then. Raises ProviderError."""
        with telling():
            self.cancel(reference)
            intent = self.retrieve(reference)
        return None if intent is None else read_held(intent)

    def cancel(self, reference: str) -> None:
        """Cancel a payment, unless it is over."""
        try:
            self.client.v1.payment_intents.cancel(reference)
        except stripe.InvalidRequestError:
            return

    def find(self, bill: Bill) -> Outcome | None:
        """Find what became of what was asked; None: it was never asked. Raises ProviderError."""
        with telling():
            if bill.kind == AUTHORISATION:
                return self.find_capture(bill)
            if bill.kind == CARD:
                intent = self.find_intent(bill)
                return None if intent is None else self.read_card(intent, bill)
            session = self.find_session(bill)
            return None if session is None else self.read_link(session)

    def find_capture(self, bill: Bill) -> Outcome | None:
        """Find whether something was taken of what is held, and by whom."""
        intent = self.retrieve(bill.means)
        if intent is None:
            return Outcome("failed", said=f"Stripe knows no payment {bill.means}", is_over=True)
        if intent.status == HELD:
            return None
        if intent.status == CAME_IN and read_metadata(intent.metadata, KEY) == str(bill.key):
            return Outcome("taken", intent.id, read_paid(intent))
        if intent.status == CAME_IN:
            said = "somebody took what was held, without us; see Stripe before you charge more"
            return Outcome("failed", said=said)
        if intent.status == "processing":
            return Outcome("pending", intent.id)
        return Outcome("failed", said="nothing is held any more", is_over=True)

    def find_intent(self, bill: Bill) -> Any:  # noqa: ANN401 - as above
        """Find the payment that was made of a card under our key; None: there is none."""
        if bill.reference:
            return self.retrieve(bill.reference)
        begin = int((bill.since - EARLIER).timestamp())
        try:
            made = self.client.v1.payment_intents.list(
                {"customer": bill.customer, "created": {"gte": begin}, "limit": 100}
            )
        except stripe.InvalidRequestError as error:
            if error.code != NOT_FOUND:
                raise
            return None
        for each in made.auto_paging_iter():
            if read_metadata(each.metadata, KEY) == str(bill.key):
                return self.retrieve(each.id)
        return None

    def find_session(self, bill: Bill) -> Any:  # noqa: ANN401 - as above
        """Find the link that was made under our key; None: there is none."""
        if bill.session:
            return self.client.v1.checkout.sessions.retrieve(bill.session)
        begin = int((bill.since - EARLIER).timestamp())
        made = self.client.v1.checkout.sessions.list({"created": {"gte": begin}, "limit": 100})
        for each in made.auto_paging_iter():
            if read_metadata(each.metadata, KEY) == str(bill.key):
                return each
        return None

    def take(self, bill: Bill) -> Outcome:
        """Take money, or make a link, once for each key. Raises ProviderError."""
        amount = to_stripe(bill.amount, bill.currency)
        if amount is None:
            said = f"Stripe cannot take {say_amount(bill.amount, bill.currency)}: it takes no such fraction"
            return Outcome("failed", said=said)
        with telling():
            if bill.kind == AUTHORISATION:
                return self.capture(bill, amount)
            if bill.kind == CARD:
                return self.charge_card(bill, amount)
            return self.make_link(bill, amount)

    def capture(self, bill: Bill, amount: int) -> Outcome:
        """Take an amount of what is held; the rest of it is let go."""
        try:
            self.client.v1.payment_intents.capture(
                bill.means,
                {"amount_to_capture": amount, "metadata": {KEY: str(bill.key), ORDER: bill.order}},
                {"idempotency_key": str(bill.key)},
            )
        except REFUSED as error:
            said = f"Stripe refused it: {say_error(error)}"
            refused = Outcome("failed", said=said, is_over=error.code == EXPIRED)
            return self.find_capture(bill) or refused
        return self.find_capture(bill) or Outcome("pending")

    def charge_card(self, bill: Bill, amount: int) -> Outcome:
        """Take an amount of a card that is kept, while its customer is not there."""
        try:
            intent: Any = self.client.v1.payment_intents.create(
                {
                    "amount": amount,
                    "currency": bill.currency.lower(),
                    "customer": bill.customer,
                    "payment_method": bill.means,
                    "allowed_payment_method_types": ["card"],
                    "off_session": True,
                    "confirm": True,
                    "metadata": {KEY: str(bill.key), ORDER: bill.order},
                },
                {"idempotency_key": str(bill.key)},
            )
        except stripe.CardError as error:
            made = error.error.payment_intent if error.error else None
            if made is None:
                return Outcome("failed", said=say_declined(error.code, say_error(error)))
            intent = self.retrieve(made.id)
        except stripe.InvalidRequestError as error:
            return Outcome("failed", said=f"Stripe refused it: {say_error(error)}")
        else:
            intent = self.retrieve(intent.id)
        return self.read_card(intent, bill)

    def read_card(self, intent: Any, bill: Bill) -> Outcome:  # noqa: ANN401 - as above
        """Read what became of a payment by a card that is kept. One that was declined is cancelled: nobody goes on with it."""
        if intent is None:
            return Outcome("failed", said=f"Stripe knows no payment {bill.reference}")
        if intent.status in DECLINED:
            self.cancel(intent.id)
            intent = self.retrieve(intent.id) or intent
        if intent.status == CAME_IN:
            return Outcome("taken", intent.id, read_paid(intent))
        if intent.status not in (*DECLINED, "canceled"):
            return Outcome("pending", intent.id)
        error = intent.last_payment_error
        code = (error.code if error is not None else "") or ""
        said = (error.message if error is not None else "") or "Stripe does not say why"
        return Outcome("failed", intent.id, said=say_declined(code, said), needs_customer=code == ASKS)

    def make_link(self, bill: Bill, amount: int) -> Outcome:
        """Make a page at which the customer pays."""
        if not bill.back:
            said = "customers cannot come back from a link: see BACKORDER_URL in the settings"
            return Outcome("failed", said=said)
        known = {KEY: str(bill.key), ORDER: bill.order}
        price: Any = {
            "currency": bill.currency.lower(),
            "unit_amount": amount,
            "product_data": {"name": bill.order},
        }
        try:
            session = self.client.v1.checkout.sessions.create(
                {
                    "mode": "payment",
                    "allowed_payment_method_types": ["card"],
                    "line_items": [{"quantity": 1, "price_data": price}],
                    "payment_intent_data": {"metadata": known},
                    "metadata": known,
                    "client_reference_id": bill.order,
                    "success_url": bill.back,
                },
                {"idempotency_key": str(bill.key)},
            )
        except stripe.InvalidRequestError as error:
            return Outcome("failed", said=f"Stripe refused it: {say_error(error)}")
        return self.read_link(session)

    def read_link(self, session: Any) -> Outcome:  # noqa: ANN401 - as above
        """Read whether somebody paid by a link."""
        if session.status == "open":
            return Outcome("pending", session=session.id, link=session.url or "")
        if session.status == "expired":
            return Outcome("failed", session=session.id, said="nobody paid by the link", is_over=True)
        intent = self.retrieve(session.payment_intent) if session.payment_intent else None
        if intent is not None and intent.status == CAME_IN:
            return Outcome("taken", intent.id, read_paid(intent), session.id)
        return Outcome("pending", session=session.id)

    def end(self, bill: Bill) -> Outcome:
        """End a link; who was faster has paid. Raises ProviderError."""
        with telling():
            session = self.find_session(bill)
            if session is None:
                return Outcome("failed", said="there is no such link")
            if session.status == "open":
                try:
                    session = self.client.v1.checkout.sessions.expire(session.id)
                except stripe.InvalidRequestError:
                    session = self.client.v1.checkout.sessions.retrieve(session.id)
            return self.read_link(session)


def read_held(intent: Any) -> Held | None:  # noqa: ANN401 - as above
    """Read what a card holds; None: it is a payment that was never to be taken later."""
    if intent.capture_method != "manual":
        return None
    currency, charge = intent.currency.upper(), intent.latest_charge
    details = charge.payment_method_details if charge is not None else None
    card = details.card if details is not None and details.type == "card" else None
    until = getattr(card, "capture_before", None)
    state: Any = {HELD: "open", CAME_IN: "used", "processing": "used"}.get(intent.status, "over")
    return Held(
        intent.id,
        from_stripe(intent.amount_capturable if state == "open" else intent.amount, currency),
        currency,
        None if until is None else datetime.fromtimestamp(until, UTC),
        say_card(charge) if charge is not None else "",
        read_metadata(intent.metadata, ORDER),
        state,
    )


def read_paid(intent: Any) -> Paid:  # noqa: ANN401 - as above
    """Read a payment that was taken."""
    currency, charge = intent.currency.upper(), intent.latest_charge
    amount = from_stripe(intent.amount_received, currency)
    return Paid(STRIPE, amount, currency, read_instant(charge.created), intent.id, say_card(charge))


def say_declined(code: str | None, said: str) -> str:
    """Say why a card was not charged."""
    return "the bank wants to ask the customer" if code == ASKS else f"the card was declined: {said}"


@lru_cache(maxsize=4)
def open_charges(opened: Stripe) -> StripeCharges:
    """Open what takes money, once for each key."""
    return StripeCharges(opened)


def find_stripe_charges() -> StripeCharges | None:
    """Find what takes money at Stripe; None: it is not set up."""
    opened = find_stripe() if settings.STRIPE_KEY else None
    return None if opened is None else open_charges(opened)
