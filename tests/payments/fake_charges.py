"""What the server that stands for Stripe does of charges: what is held, what is taken of cards that are kept, and links."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.payments.fake_stripe import Stripe

PAGE = 2
"""So few things stand on a page, whatever limit is asked for: Stripe may give fewer, and lists are read to their end."""
BEFORE = ("requires_payment_method", "requires_confirmation", "requires_action", "requires_capture")
"""A payment that can be cancelled."""
DAY = 86_400


class Refusal(Exception):  # noqa: N818 - it is what Stripe says
    """What Stripe does not do."""

    def __init__(self, status: int, kind: str, code: str, message: str, **more: Any) -> None:
        self.status = status
        self.body = {"error": {"type": kind, "code": code, "message": message, **more}}


def invalid(status: int, code: str, message: str) -> Refusal:
    return Refusal(status, "invalid_request_error", code, message)


def find_intent(stripe: Stripe, name: str) -> dict[str, Any]:
    if name not in stripe.intents:
        raise invalid(404, "resource_missing", f"No such payment_intent: '{name}'")
    return stripe.intents[name]


def read_metadata(form: dict[str, str], prefix: str = "metadata") -> dict[str, str]:
    begin = f"{prefix}["
    return {
        name.removeprefix(begin).removesuffix("]"): value
        for name, value in form.items()
        if name.startswith(begin)
    }


def take_page(url: str, rows: list[dict[str, Any]], query: dict[str, list[str]]) -> dict[str, Any]:
    names = [each["id"] for each in rows]
    begin = names.index(query["starting_after"][0]) + 1 if "starting_after" in query else 0
    more = begin + PAGE < len(rows)
    return {"object": "list", "url": url, "has_more": more, "data": rows[begin : begin + PAGE]}


def check_names(form: dict[str, str], known: set[str], needed: set[str]) -> None:
    for name in form:
        if name.partition("[")[0] not in known:
            raise invalid(400, "parameter_unknown", f"Received unknown parameter: {name}")
    for name in needed - {each.partition("[")[0] for each in form}:
        raise invalid(400, "parameter_missing", f"Missing required param: {name}.")


@dataclass
class Charges:
    """What is done of charges."""

    stripe: Stripe

    def needs_key(self, path: str) -> bool:
        return not path.endswith(("/cancel", "/expire"))  # done twice they do nothing more

    def read(self, path: str, query: dict[str, list[str]]) -> dict[str, Any]:
        begin = int(query.get("created[gte]", ["0"])[0])
        if path == "/v1/payment_intents":
            (customer,) = query["customer"]
            found = [
                each
                for each in reversed(list(self.stripe.intents.values()))
                if each.get("customer") == customer and each["created"] >= begin
            ]
            return take_page(path, found, query)
        if path == "/v1/checkout/sessions":
            rows = [each for each in reversed(self.stripe.sessions) if each["created"] >= begin]
            return take_page(path, rows, query)
        if path.startswith("/v1/checkout/sessions/"):
            return self.find_session(path.rpartition("/")[2])
        raise invalid(404, "", f"Unrecognized request URL {path}")

    def find_session(self, name: str) -> dict[str, Any]:
        for each in self.stripe.sessions:
            if each["id"] == name:
                return each
        raise invalid(404, "resource_missing", f"No such checkout.session: '{name}'")

    def write(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        name, _, verb = path.removeprefix("/v1/payment_intents/").partition("/")
        if path == "/v1/payment_intents":
            return self.charge(form)
        if path == "/v1/checkout/sessions":
            return 200, copy.deepcopy(self.make_session(form))
        if path.startswith("/v1/checkout/sessions/") and path.endswith("/expire"):
            session = self.find_session(path.split("/")[4])
            if session["status"] != "open":
                raise invalid(400, "", 'Only Checkout Sessions with a status in ["open"] can be expired.')
            session |= {"status": "expired", "url": None}
            return 200, session
        if verb == "capture":
            return 200, copy.deepcopy(self.capture(find_intent(self.stripe, name), form))
        if verb == "cancel":
            return 200, self.cancel(find_intent(self.stripe, name))
        raise invalid(404, "", f"Unrecognized request URL {path}")

    def cancel(self, intent: dict[str, Any]) -> dict[str, Any]:
        if intent["status"] not in BEFORE:
            raise unexpected(intent, "canceled")
        intent |= {"status": "canceled", "amount_capturable": 0}
        return intent

    def capture(self, intent: dict[str, Any], form: dict[str, str]) -> dict[str, Any]:
        check_names(form, {"amount_to_capture", "metadata"}, {"amount_to_capture"})
        if intent["status"] != "requires_capture":
            raise unexpected(intent, "captured")
        amount = int(form["amount_to_capture"])
        if not 0 < amount <= intent["amount_capturable"]:
            raise invalid(
                400, "amount_too_large", "The amount to capture is greater than what is capturable."
            )
        intent |= {"status": "succeeded", "amount_received": amount, "amount_capturable": 0}
        intent["metadata"] |= read_metadata(form)
        return intent

    def charge(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        needed = {"amount", "currency", "customer", "payment_method", "off_session", "confirm"}
        check_names(form, {*needed, "allowed_payment_method_types", "metadata"}, needed)
        if form["off_session"] != "true" or form["confirm"] != "true" or not form["amount"].isdecimal():
            raise invalid(400, "parameter_invalid", "Invalid off_session, confirm or amount")
        if "allowed_payment_method_types[0]" not in form:
            raise invalid(400, "", "You must provide a `return_url` when confirming this PaymentIntent.")
        whose, says = self.stripe.cards.get(form["payment_method"], ("", ""))
        if not whose:
            raise invalid(400, "resource_missing", f"No such PaymentMethod: '{form['payment_method']}'")
        if whose != form["customer"]:
            raise invalid(400, "", "The PaymentMethod does not belong to the Customer.")
        intent = self.stripe.make_intent(int(form["amount"]), form["currency"], read_metadata(form))
        intent["customer"] = whose
        if says == "processing":
            intent["status"] = "processing"
        elif says:
            intent["status"] = "requires_payment_method"
            intent["last_payment_error"] = {"type": "card_error", "code": says, "message": MESSAGES[says]}
            raise Refusal(402, "card_error", says, MESSAGES[says], payment_intent=copy.deepcopy(intent))
        else:
            intent |= {"status": "succeeded", "amount_received": intent["amount"]}
        return 200, copy.deepcopy(intent)

    def make_session(self, form: dict[str, str]) -> dict[str, Any]:
        needed = {"mode", "line_items", "success_url"}
        more = {"allowed_payment_method_types", "payment_intent_data", "metadata", "client_reference_id"}
        check_names(form, needed | more, needed)
        if not form["success_url"].startswith("https://"):
            raise invalid(400, "url_invalid", "Not a valid URL")
        price = "line_items[0][price_data]"
        made = {
            "id": f"cs_{next(self.stripe.numbers)}",
            "object": "checkout.session",
            "created": self.stripe.at,
            "amount_total": int(form[f"{price}[unit_amount]"]) * int(form["line_items[0][quantity]"]),
            "currency": form[f"{price}[currency]"],
            "name": form[f"{price}[product_data][name]"],
            "expires_at": self.stripe.at + DAY,
            "metadata": read_metadata(form),
            "of_intent": read_metadata(form, "payment_intent_data[metadata]"),
            "payment_intent": None,
            "payment_status": "unpaid",
            "status": "open",
        }
        made["url"] = f"https://checkout.example/{made['id']}"
        self.stripe.sessions.append(made)
        return made


MESSAGES = {
    "card_declined": "Your card was declined.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
}


def unexpected(intent: dict[str, Any], verb: str) -> Refusal:
    said = f"This PaymentIntent could not be {verb} because it has a status of {intent['status']}."
    return invalid(400, "payment_intent_unexpected_state", said)
