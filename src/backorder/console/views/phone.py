"""What is said to a customer on the phone, to be read out or printed; and how the call ended, noted with one press."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from backorder.accounts.roles import ORDERS
from backorder.care.callbacks import find_country, find_open_callback, read_phone, say_phone
from backorder.care.calls import REACHED, UNREACHED, note_call, note_missed_call
from backorder.care.house import look_at_house
from backorder.care.judging import FactsError
from backorder.care.letters.parts import lay_out
from backorder.care.letters.pieces import LetterError
from backorder.care.letters.script import say_call_back, write_script
from backorder.care.letters.writing import Letter, Own, choose_language, write_letter
from backorder.care.models import Callback
from backorder.console.access import may_change, name_cause
from backorder.console.forms.law import CallForm, LetterForm
from backorder.faults import FaultyInputError
from backorder.orders.models import Order
from backorder.orders.selectors import find_order
from backorder.orders.services import OrderError

CHANGED = "What there is to say has changed since you read it: read it again, and say it, before you note what the customer said."
ENDED = "Say how the call ended: press what the customer said, or that nobody was reached. Nothing was noted."
SAID = {"yes": "Agrees to wait", "no": "Cancels all that is open", "thinks": "Will think about it"}
NOT_REACHED = {"nobody": "Nobody answered", "voicemail": "Voicemail", "wrong": "Wrong number"}


@require_http_methods(["GET", "POST"])
@may_change(ORDERS)
def show_script(request: HttpRequest, number: str) -> HttpResponse:
    """Show what is said to the customer of an order as it stands now, and note how the call ended."""
    order = find_order(number)
    if order is None:
        message = f"There is no order {number}."
        raise Http404(message)
    wishes = LetterForm(request.POST or request.GET or None)
    letter, fault = write(order, wishes)
    ended = CallForm(request.POST or None, initial={"mark": letter.mark if letter else ""})
    context: dict[str, object] = {"order": order, "form": wishes, "ended": ended}
    if request.method == "POST" and ended.is_valid():
        refused = note(request, order, letter, ended)
        if refused is None:
            messages.success(request, "The call is noted.")
            return redirect(f"{reverse('tasks')}?{urlencode({'what': 'phone'})}")
        context["refused"] = refused
        ended = CallForm({**request.POST.dict(), "mark": letter.mark if letter else ""})
    (house, faults), callback = look_at_house(), find_open_callback(order)
    language = letter.language if letter else choose_language(order, house)
    context |= {
        "ended": ended,
        "letter": letter,
        "house_faults": faults,
        "fault": "" if faults else fault,
        "script": lay_out(write_script(letter)) if letter else [],
        "voicemail": say_call_back(house, language),
        "language": language,
        "callback": callback,
        "phone": find_phone(order, callback),
        "said": SAID.items() if letter else [],
        "not_reached": NOT_REACHED.items(),
    }
    return render(request, "console/phone.html", context)


def write(order: Order, wishes: LetterForm) -> tuple[Letter | None, str]:
    """Write what there is to say as it stands now, as it is wished; none: it says why not."""
    if wishes.is_bound and not wishes.is_valid():
        return None, ""
    own = wishes.cleaned_data if wishes.is_bound else {}
    words = Own(own.get("reason", ""), own.get("steps", ""))
    try:
        return write_letter(order, timezone.now(), own.get("language", ""), words), ""
    except (LetterError, FactsError, FaultyInputError) as error:
        return None, str(error)


def find_phone(order: Order, callback: Callback | None) -> str:
    """Find the number that is called, as people read it; blank: none is known."""
    known = callback.phone if callback else order.customer.phone if order.customer else ""
    number = read_phone(known, find_country(order)) if known else None
    return say_phone(number) if number else known


def note(request: HttpRequest, order: Order, letter: Letter | None, ended: CallForm) -> str | None:
    """Note how a call ended; else say why not."""
    how, cause = request.POST.get("ended", ""), name_cause(request, ended.cleaned_data["why"])
    try:
        if how in UNREACHED:
            note_missed_call(order, cause, how)
        elif how not in REACHED:
            return ENDED
        elif letter is None or ended.cleaned_data["mark"] != letter.mark:
            return CHANGED
        else:
            note_call(letter, how, cause)
    except OrderError as error:
        return (
            f"{error}. Nothing was noted; what the customer wants otherwise, note on the page of the order."
        )
    return None
