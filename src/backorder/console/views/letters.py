"""What the customer of an order is to be written: shown first, then sent, or noted once somebody sent it."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from backorder.accounts.roles import ORDERS
from backorder.care.house import read_house
from backorder.care.judging import FactsError
from backorder.care.letters.pieces import LetterError
from backorder.care.letters.writing import Letter, Own, note_letter, write_letter
from backorder.care.post.messages import let_go
from backorder.care.post.selectors import is_dead
from backorder.console.access import may_change, name_cause
from backorder.console.forms.law import LetterForm, SentForm
from backorder.faults import FaultyInputError
from backorder.orders.models import Order
from backorder.orders.selectors import find_order
from backorder.orders.services import OrderError

CHANGED = "What it says has changed since you read it: read it again, and note it if you sent it so."


@require_http_methods(["GET", "POST"])
@may_change(ORDERS)
def show_letter(request: HttpRequest, number: str) -> HttpResponse:
    """Show the letter of an order as it stands now, and note that it was sent."""
    order = find_order(number)
    if order is None:
        message = f"There is no order {number}."
        raise Http404(message)
    wishes = LetterForm(request.POST or request.GET or None)
    context: dict[str, object] = {"order": order, "form": wishes}
    if wishes.is_bound and not wishes.is_valid():
        return render(request, "console/letter.html", context)
    own = wishes.cleaned_data if wishes.is_bound else {}
    try:
        letter = write_letter(
            order,
            timezone.now(),
            own.get("language", ""),
            Own(own.get("reason", ""), own.get("steps", "")),
        )
    except (LetterError, FactsError, FaultyInputError) as error:
        return render(request, "console/letter.html", {**context, "fault": str(error)})
    by = "mail" if letter.to and not is_dead(order) else "phone"
    first = {"at": timezone.localtime(), "channel": by, "mark": letter.mark}
    sends = "send" in request.POST
    sent = SentForm(None if sends else request.POST or None, initial=first)
    if request.method == "POST" and (sends or sent.is_valid()):
        fault = send_now(request, order, own) if sends else note_sent(request, letter, sent)
        if fault is None:
            messages.success(request, "It is on its way." if sends else "It is noted, and counts.")
            return redirect("order", number)
        context["fault"] = fault
    if sent.is_bound:  # the form as it was filled in, for the letter as it is now
        sent = SentForm({**request.POST.dict(), "mark": letter.mark})
    context |= {"letter": letter, "sent": sent, "may_send": may_send(letter), "dead": is_dead(order)}
    return render(request, "console/letter.html", context)


def may_send(letter: Letter) -> bool:
    """Tell whether a letter can be sent from here."""
    can = bool(letter.to and letter.revised and settings.MAIL)
    return can and read_house().sending.mode == "on"


def send_now(request: HttpRequest, order: Order, own: dict[str, str]) -> str | None:
    """Let a letter go as it was read; else say why not."""
    words = Own(own.get("reason", ""), own.get("steps", ""))
    try:
        let_go(order, request.POST.get("mark", ""), name_cause(request), words, own.get("language", ""))
    except (OrderError, LetterError, FactsError, FaultyInputError) as error:
        return str(error)
    return None


def note_sent(request: HttpRequest, letter: Letter, sent: SentForm) -> str | None:
    """Note that a letter was sent; else say why not."""
    if sent.cleaned_data["mark"] != letter.mark:
        return CHANGED
    at: datetime = sent.cleaned_data["at"]
    try:
        note_letter(letter, sent.cleaned_data["channel"], at, name_cause(request, ""))
    except OrderError as error:
        return str(error)
    return None
