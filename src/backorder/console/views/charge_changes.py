"""What a person does about charges: note a card or what one holds, charge now or again, let a customer pay, call off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from backorder.accounts.roles import MONEY
from backorder.console.access import may_change, name_cause
from backorder.console.changes import Change, Kind
from backorder.console.forms.charges import CardForm, ChargeForm, EndForm, HeldForm, OffForm
from backorder.console.templatetags.words import say_money, say_time
from backorder.console.views.money import get_order
from backorder.console.views.money_changes import name_topic, read_minor, read_typed
from backorder.money import to_decimal
from backorder.orders.models import Order
from backorder.orders.services import OrderError
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause
from backorder.payments.charging import call_off, charge_again, charge_now, end_attempt
from backorder.payments.means import Kept, note_card, void
from backorder.payments.models import Attempt, Charge, Means
from backorder.payments.providers import ProviderError
from backorder.payments.selectors import find_attempt, read_charges, read_means, read_open
from backorder.payments.watching import note_provided_held

CARD_ABOUT = "What leaves from now on is charged by it. The card itself stays with Stripe."
CHARGE_ABOUT = "Of an order that leaves this happens by itself. Charge before only if you may: say why."
HELD_ABOUT = "Stripe is asked how much a card holds and until when; nothing is taken."


def read_cost(order: Order, typed: Mapping[str, Any]) -> int | None:
    """Read what the whole order costs, if somebody said so. Raises OrderError."""
    return None if typed["cost"] is None else read_minor(order, typed["cost"])[0]


def note_typed_card(order: Order, typed: dict[str, Any], cause: Cause) -> Entry | None:
    """Note a card."""
    kept = Kept(typed["reference"], typed["customer"], typed["label"])
    made = note_card(order, kept, cause, read_cost(order, typed))
    return made.entry if made is not None else None


def charge_typed(order: Order, typed: dict[str, Any], cause: Cause) -> Entry:
    """Charge so much now."""
    amount, currency = read_typed(order, typed)
    return charge_now(order, amount, currency, cause).entry


def read_initial(order: Order) -> dict[str, Any]:
    """Read what stands in the form at first: what may still be charged."""
    found = read_open(order)
    return {} if len(found) != 1 else {"amount": to_decimal(*found[0])}


ORDER_KINDS: dict[str, Kind[Order]] = {
    "card": Kind("Card for", "Note it", CardForm, lambda _: {}, note_typed_card, moves_lines=False),
    "now": Kind("Charge", "Charge it", ChargeForm, read_initial, charge_typed, moves_lines=False),
}
ABOUT = {"card": CARD_ABOUT, "now": CHARGE_ABOUT}


CHARGE_KINDS: dict[str, Kind[Charge]] = {
    "again": Kind(
        "Charge again:",
        "Charge it again",
        EndForm,
        lambda _: {},
        lambda charge, _, cause: charge_again(charge, cause, by_link=False)[0].entry,
        moves_lines=False,
    ),
    "link": Kind(
        "Let the customer pay:",
        "Make a link",
        EndForm,
        lambda _: {},
        lambda charge, _, cause: charge_again(charge, cause, by_link=True)[0].entry,
        moves_lines=False,
    ),
    "off": Kind(
        "Call off:",
        "Do not charge it",
        OffForm,
        lambda _: {},
        lambda charge, _, cause: call_off(charge, cause),
        moves_lines=False,
    ),
}


MEANS_KIND: Kind[Means] = Kind(
    "Let go:",
    "Let it go",
    EndForm,
    lambda _: {},
    lambda means, _, cause: void(means, cause),
    moves_lines=False,
)
ATTEMPT_KIND: Kind[Attempt] = Kind(
    "End:",
    "End it",
    EndForm,
    lambda _: {},
    lambda attempt, _, cause: end_attempt(attempt, cause),
    moves_lines=False,
)


@require_http_methods(["GET", "POST"])
@may_change(MONEY)
def change_charging(request: HttpRequest, what: str, number: str) -> HttpResponse:
    """Note a card of an order, or charge it now."""
    kind, order = ORDER_KINDS.get(what), get_order(number)
    if kind is None:
        message = "There is no such change of charges."
        raise Http404(message)
    return kind.take(request, order, name_topic(order, f"order {number}", ABOUT[what]))


@require_http_methods(["GET", "POST"])
@may_change(MONEY)
def note_stripe_held(request: HttpRequest, number: str) -> HttpResponse:
    """Note what a card holds as Stripe knows it: it is asked outside of every transaction."""
    order, form = get_order(number), HeldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            cost = read_cost(order, typed)
            made = note_provided_held(typed["reference"], name_cause(request), order, cost)
        except (OrderError, ProviderError) as error:
            form.add_error(None, f"{error}. Nothing was changed.")
        else:
            messages.success(request, "It is noted." if made else "It was noted already.")
            return redirect("money", number)
    topic = name_topic(order, f"order {number}", HELD_ABOUT)
    change = Change(
        f"What a card holds for {topic.named}",
        topic.about,
        topic.back,
        "Read it from Stripe",
        form,
        lambda _: None,
    )
    return render(request, "console/plain_change.html", {"change": change, "form": form, "opened": ""})


@require_http_methods(["GET", "POST"])
@may_change(MONEY)
def change_charge(request: HttpRequest, number: int, what: str) -> HttpResponse:
    """Charge again what failed, let the customer pay it, or call it off."""
    kind, charge = CHARGE_KINDS.get(what), read_charges().filter(pk=number).first()
    if kind is None or charge is None:
        message = "There is no such charge."
        raise Http404(message)
    rest = say_money(charge.rest, charge.currency)
    about = f"{rest} of {say_money(charge.amount, charge.currency)} were not taken. Nothing is taken twice: what failed is over."
    return kind.take(
        request, charge, name_topic(charge.order, f"{rest} for order {charge.order.number}", about)
    )


@require_http_methods(["GET", "POST"])
@may_change(MONEY)
def void_means(request: HttpRequest, number: int) -> HttpResponse:
    """Let go what a card holds, or keep a card no longer."""
    means = read_means().filter(pk=number).first()
    if means is None:
        message = "There is no such card."
        raise Http404(message)
    until = f", until {say_time(means.capture_before)}" if means.capture_before else ""
    held = "a card" if means.amount is None else f"{say_money(means.amount, means.currency)} held{until}"
    named = f"{means.label or means.reference} for order {means.order.number}"
    about = f"It is {held}. The order cannot be charged by it any more."
    return MEANS_KIND.take(request, means, name_topic(means.order, named, about))


@require_http_methods(["GET", "POST"])
@may_change(MONEY)
def end_one(request: HttpRequest, number: int) -> HttpResponse:
    """End a link, or take back what nobody was asked for yet."""
    attempt = find_attempt(number)
    if attempt is None:
        message = "There is no such attempt."
        raise Http404(message)
    order = attempt.charge.order
    amount = say_money(attempt.amount, attempt.charge.currency)
    about = f"Asked for on {say_time(timezone.localtime(attempt.entry.at))}. Who was faster has paid, and that counts."
    return ATTEMPT_KIND.take(request, attempt, name_topic(order, f"{amount} for order {order.number}", about))
