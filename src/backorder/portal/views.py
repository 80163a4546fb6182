"""The pages of customers. A GET shows, a POST acts, and acts once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backorder.accounts.places import find_address
from backorder.accounts.selectors import find_opening
from backorder.accounts.services import note_failure
from backorder.care.choices import CUSTOMER, cancel, set_period, wait
from backorder.care.letters.speech import LANGUAGES, Speech
from backorder.care.links import find_by_link, sign
from backorder.orders.models import Order
from backorder.orders.selectors import find_order
from backorder.orders.services import OrderError
from backorder.outbox.services import Cause
from backorder.portal.sheet import Sheet, name_units, read_day, write_sheet
from backorder.portal.words import say_words

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
DONE, CHANGED = "noted", "changed"
LONGEST = 200


def private(view: View[P]) -> View[P]:
    """Keep a page from caches and search engines; sites that it links to learn nothing of its address, as of no page here."""

    @wraps(view)
    def show(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return show


def find(token: str) -> Order | None:
    """Find the order of a link."""
    return find_by_link(token, timezone.localdate())


def show_sheet(
    request: HttpRequest, token: str, order: Order, said: str = "", status: int = 200
) -> HttpResponse:
    """Show an order, and above it what became of a choice."""
    sheet = write_sheet(order, timezone.now())
    context = describe(sheet, token, sheet.words.get(said, "")) | {"good": said == DONE}
    return render(request, "portal/order.html", context, status=status)


def describe(sheet: Sheet, token: str, said: str = "") -> dict[str, Any]:
    """Give a page what it shows of an order."""
    return {"sheet": sheet, "words": sheet.words, "speech": sheet.speech, "token": token, "said": said}


def show_gone(request: HttpRequest) -> HttpResponse:
    """Say that a link is not valid, and where to go instead; nothing of an order."""
    return show_door(request, "gone", status=404)


def show_door(request: HttpRequest, said: str = "", status: int = 200) -> HttpResponse:
    """Show where an order is found by its number and an address."""
    speech = Speech(choose_language(request))
    words = say_words(speech)
    typed = {name: request.POST.get(name, "")[:LONGEST] for name in ("number", "mail")}
    context = {"words": words, "speech": speech, "said": words.get(said, ""), **typed}
    return render(request, "portal/door.html", context, status=status)


def choose_language(request: HttpRequest) -> str:
    """Choose a language that the browser asks for."""
    asked = (part.strip()[:2].lower() for part in request.headers.get("Accept-Language", "").split(","))
    return next((name for name in asked if name in LANGUAGES), LANGUAGES[0])


@require_http_methods(["GET", "POST"])
@private
def open_door(request: HttpRequest) -> HttpResponse:
    """Open an order by its number and the address of its customer; whoever guesses is told nothing, and stopped soon."""
    if request.method == "GET":
        return show_door(request)
    now, place = timezone.now(), find_address(request)
    door = f"orders from {place}"
    if find_opening(door, place, now):
        return show_door(request, "too_often", status=429)
    order = find_order(request.POST.get("number", "").strip()[:LONGEST])
    mail = request.POST.get("mail", "").strip().casefold()
    known = order.customer.email.casefold() if order is not None and order.customer else ""
    if order is None or not mail or mail != known or order.held_until is not None:
        note_failure(door, place, now)
        return show_door(request, "unknown")
    return redirect("portal-order", sign(order, timezone.localdate()))


@require_GET
@private
def show_order(request: HttpRequest, token: str) -> HttpResponse:
    """Show an order."""
    order = find(token)
    if order is None:
        return show_gone(request)
    return show_sheet(request, token, order, DONE if "noted" in request.GET else "")


@require_POST
@private
def agree(request: HttpRequest, token: str) -> HttpResponse:
    """Note that the customer agrees to wait."""
    return act(request, token, wait)


@require_POST
@private
def give_time(request: HttpRequest, token: str) -> HttpResponse:
    """Note that the customer sets a further period."""
    until, order = read_day(request.POST.get("until", "")), find(token)
    if order is not None and (until is None or until <= timezone.localdate()):
        return show_sheet(request, token, order, "no_day", status=422)
    return act(request, token, lambda order, seen, cause: set_period(order, until or cause.day, seen, cause))


@require_http_methods(["GET", "POST"])
@private
def give_up(request: HttpRequest, token: str) -> HttpResponse:
    """Ask how much is to be cancelled, show it once more, and only then cancel it."""
    order = find(token)
    if order is None:
        return show_gone(request)
    sheet = write_sheet(order, timezone.now())
    units = read_units(request, sheet)
    if request.method == "GET" or units is None or not any(units.values()):
        said = sheet.words["missing"] if request.method == "POST" else ""
        return render(
            request, "portal/cancel.html", describe(sheet, token, said), status=422 if said else 200
        )
    if request.POST.get("confirmed") == "yes":
        return act(request, token, lambda order, seen, cause: cancel(order, units, seen, cause))
    chosen = [(line, units[line.number]) for line in sheet.lines if units[line.number]]
    named = [(line, count, name_units(line, count, sheet.speech)) for line, count in chosen]
    return render(request, "portal/confirm.html", describe(sheet, token) | {"chosen": named})


def read_units(request: HttpRequest, sheet: Sheet) -> dict[str, int] | None:
    """Read how many units of each line were chosen; None if one is no number of units that there are."""
    found = {}
    for line in sheet.lines:
        text = request.POST.get(f"units-{line.pk}", "0").strip() or "0"
        if not (text.isascii() and text.isdecimal() and int(text[:19]) <= line.quantity_unreleased):
            return None
        found[line.number] = int(text)
    return found


def act(request: HttpRequest, token: str, choose: Callable[[Order, str, Cause], Any]) -> HttpResponse:
    """Note a choice, and lead back to the page; if it was about something else than there is now, nothing is noted."""
    order = find(token)
    if order is None:
        return show_gone(request)
    try:
        choose(order, request.POST.get("state", ""), Cause(CUSTOMER, timezone.now()))
    except OrderError:
        return show_sheet(request, token, order, CHANGED, status=409)
    return redirect(f"{request.path.rpartition('/')[0]}?noted")
