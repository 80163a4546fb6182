"""What a customer wants otherwise: of a line, of an order, or no longer."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from backorder.accounts.roles import MONEY, ORDERS
from backorder.allocation import events
from backorder.allocation.selectors.lines import find_line, read_order
from backorder.care.callbacks import find_country
from backorder.care.copies.text_wishes import note_text_wish, read_number
from backorder.care.feedback.noting import Opinion, note_feedback
from backorder.care.incentives.giving import give
from backorder.care.telling import CONTENT, Revised, Said, Told, note_answer, note_notice
from backorder.catalog.selectors import find_item, find_location
from backorder.console.access import may_change, refuse_role, signed_in
from backorder.console.changes import Kind, Topic
from backorder.console.effects import Found
from backorder.console.forms.law import FeedbackForm, SaidForm, TextsForm, ThankForm, ToldForm
from backorder.console.forms.orders import (
    AddLineForm,
    AddressForm,
    AmendLineForm,
    AmendOrderForm,
    CancelForm,
    CancelOrderForm,
    ConfirmForm,
    ConsentForm,
    PaymentForm,
)
from backorder.console.offering import OFFER
from backorder.console.templatetags.words import say_day
from backorder.orders.clearance import set_consent, set_payment_state
from backorder.orders.models import Line, Order
from backorder.orders.selectors import find_address, find_next_number
from backorder.orders.services import LineChange, OrderChange, OrderError, ShipTo, Wanted
from backorder.outbox.services import Cause

ALL_SAID, PART_SAID = frozenset(CONTENT), frozenset[str]()
ADDRESS = ("name", "street", "postcode", "city", "region", "country")


def read_typed(typed: dict[str, Any]) -> LineChange:
    """Read what was typed in about a line."""
    return LineChange(
        quantity=typed["quantity"],
        requested_on=typed["requested_on"],
        needed_by=typed["needed_by"],
        ship_set=typed["ship_set"],
        minimum_quantity=typed["minimum_quantity"],
        location=find_location(typed["location"]),
        commitment=typed["commitment"],
    )


def read_line(line: Line) -> dict[str, Any]:
    """Read what stands in the form of a line at first."""
    same = ("requested_on", "needed_by", "ship_set", "minimum_quantity")
    return {
        **{name: getattr(line, name) for name in same},
        "commitment": line.commitment_once_confirmed or line.commitment,
        "quantity": line.quantity_ordered - line.quantity_cancelled,
        "location": line.location.code if line.location else "",
    }


def add_line(order: Order, typed: dict[str, Any], cause: Cause) -> Found:
    """Add a line as it was typed in, under the next number. Raises OrderError."""
    item = find_item(typed["sku"])
    if item is None:
        message = f"there is no item {typed['sku']}"
        raise OrderError(message)
    return events.add_line(order, Wanted(find_next_number(order), item, **read_typed(typed)), cause)


def amend_order(order: Order, typed: dict[str, Any], cause: Cause) -> Found:
    """Change an order to what was typed in."""
    change = OrderChange(
        priority=typed["priority"],
        ship_policy=typed["ship_policy"],
        most_shipments=typed["most_shipments"],
    )
    return events.amend_order(order, change, cause)


def change_address(order: Order, typed: dict[str, Any], cause: Cause) -> Found:
    """Send an order where was typed in."""
    return events.change_address(order, ShipTo(**{name: typed[name] for name in ADDRESS}), cause)


def read_address(order: Order) -> dict[str, Any]:
    """Read where an order goes, as far as that is known."""
    found = find_address(order.number)
    return {name: getattr(found, name) for name in ADDRESS} if found else {}


def say_open(order: Order) -> str:
    """Say what of an order is open, and whether the warehouse has some of it."""
    rest = [line for line in order.lines.all() if line.quantity_open]
    if not rest:
        return "Nothing of it is open."
    named = ", ".join(f"{line.quantity_open:,} of {line.item.sku} (line {line.number})" for line in rest)
    released = sum(line.quantity_released for line in rest)
    back = f" The warehouse has {released:,} of them; they must be put back first." if released else ""
    return f"Still to be shipped: {named}.{back}"


def note_told(line: Line, typed: dict[str, Any], cause: Cause) -> Found:
    """Note what the customer was told."""
    says = ALL_SAID if typed["complete"] else PART_SAID
    revised = Revised(line, typed["revised_on"], says, typed["quantity"])
    return note_notice(line.order, [revised], Told(typed["at"], typed["channel"], typed["text"]), cause)


def note_said(line: Line, typed: dict[str, Any], cause: Cause) -> Found:
    """Note what the customer said."""
    said = Said(typed["at"], typed["channel"], typed["kind"], typed["quantity"], typed["until"])
    return note_answer(line, said, cause)


LINE_KINDS: dict[str, Kind[Line]] = {
    "told": Kind(
        "Customer told:",
        "Note it",
        ToldForm,
        lambda line: {
            "at": timezone.localtime(),
            "channel": "phone",
            "revised_on": line.promised_on,
            "complete": True,
        },
        note_told,
        moves_lines=False,
    ),
    "said": Kind(
        "Customer said:",
        "Note it",
        SaidForm,
        lambda _: {"at": timezone.localtime(), "channel": "phone", "kind": "accepts"},
        note_said,
    ),
    "consent": Kind(
        "Consent to wait for",
        "Note it",
        ConsentForm,
        lambda line: {"state": line.consent},
        lambda line, typed, cause: set_consent(line, typed["state"], cause),
        moves_lines=False,
    ),
    "amend": Kind(
        "Change",
        "Save the change",
        AmendLineForm,
        read_line,
        lambda line, typed, cause: events.amend_line(line, read_typed(typed), cause),
    ),
    "offer": OFFER,
    "cancel": Kind(
        "Cancel units of",
        "Cancel these units",
        CancelForm,
        lambda line: {"quantity": line.quantity_unreleased or None, "by": "buyer"},
        lambda line, typed, cause: events.cancel_line(line, typed["quantity"], cause, typed["by"]),
    ),
}


def note_opinion(order: Order, typed: dict[str, Any], cause: Cause) -> Found:
    """Note what the customer thinks."""
    said = Opinion(typed["at"], typed["channel"], typed["score"], typed["text"])
    return note_feedback(order, said, cause).entry


def note_texts(order: Order, typed: dict[str, Any], cause: Cause) -> Found:
    """Note whether the customer of an order wants texts."""
    if order.customer is None:
        message = f"order {order.number}: nobody noted whose it is"
        raise OrderError(message)
    return note_text_wish(order.customer, typed["phone"], typed["channel"], cause, find_country(order))


ORDER_KINDS: dict[str, Kind[Order]] = {
    "amend": Kind(
        "Change",
        "Save the change",
        AmendOrderForm,
        lambda order: {name: getattr(order, name) for name in ("priority", "ship_policy", "most_shipments")},
        amend_order,
    ),
    "add": Kind(
        "Add a line to",
        "Add the line",
        AddLineForm,
        lambda _: {"requested_on": timezone.localdate(), "minimum_quantity": 1, "commitment": "soft"},
        add_line,
    ),
    "cancel": Kind(
        "Cancel",
        "Cancel the order",
        CancelOrderForm,
        lambda _: {},
        lambda order, typed, cause: events.cancel_order(order, cause, typed["by"]),
    ),
    "feedback": Kind(
        "Customer's opinion of",
        "Note it",
        FeedbackForm,
        lambda _: {"at": timezone.localtime(), "channel": "phone"},
        note_opinion,
        moves_lines=False,
    ),
    "texts": Kind(
        "Texts to the customer of",
        "Note it",
        TextsForm,
        lambda order: {"phone": read_number(order.customer), "channel": "phone"},
        note_texts,
        moves_lines=False,
    ),
    "thank": Kind(
        "Thank the customer of",
        "Give it",
        ThankForm,
        lambda _: {},
        lambda order, typed, cause: give(order, typed["rule"], cause).entry,
        moves_lines=False,
        also_for=(MONEY,),
    ),
    "confirm": Kind(
        "Confirm",
        "Confirm the order",
        ConfirmForm,
        lambda _: {},
        lambda order, _, cause: events.confirm(order, cause),
    ),
    "address": Kind(
        "Send elsewhere:",
        "Save the address",
        AddressForm,
        read_address,
        change_address,
        moves_lines=False,
    ),
    "payment": Kind(
        "Payment of",
        "Note it",
        PaymentForm,
        lambda order: {"state": order.payment_state},
        lambda order, typed, cause: set_payment_state(order, typed["state"], cause),
        moves_lines=False,
        also_for=(MONEY,),
    ),
}


@require_http_methods(["GET", "POST"])
@may_change(ORDERS)
def change_line(request: HttpRequest, line: int, what: str) -> HttpResponse:
    """Change a line, or cancel units of it, after showing what that would do."""
    found, kind = find_line(line), LINE_KINDS.get(what)
    if found is None or kind is None:
        message = "There is no such line."
        raise Http404(message)
    number = found.order.number
    promised = f", promised for {say_day(found.promised_on)}" if found.promised_on else ""
    released = f" The warehouse has {found.quantity_released:,} of them." if found.quantity_released else ""
    topic = Topic(
        f"order {number} line {found.number}",
        f"{found.quantity_open:,} of {found.quantity_ordered:,} {found.item.sku} are open, "
        f"wanted {say_day(found.requested_on)}{promised}.{released}",
        f"{reverse('order', args=[number])}#line-{found.number}",
        ("order", number),
    )
    return kind.take(request, found, topic)


@require_http_methods(["GET", "POST"])
@signed_in
def change_order(request: HttpRequest, what: str, number: str) -> HttpResponse:
    """Change an order, confirm a hold, or cancel all that is open, after showing what that would do; an address moves no line."""
    kind = ORDER_KINDS.get(what)
    refuse_role(request, ORDERS, *(kind.also_for if kind else ()))
    order = read_order(number)
    if order is None or kind is None:
        message = "There is no such change of an order." if order else f"There is no order {number}."
        raise Http404(message)
    about = say_open(order) if kind.moves_lines else "No line ships earlier or later by it."
    topic = Topic(f"order {number}", about, reverse("order", args=[number]), ("order", number))
    return kind.take(request, order, topic)
