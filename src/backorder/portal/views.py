"""The pages of customers. A GET shows, a POST acts, and acts once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial, wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.views.decorators.http import require_http_methods, require_safe

from backorder.accounts.places import find_network
from backorder.accounts.selectors import find_opening
from backorder.accounts.services import note_failure
from backorder.care.choices import CUSTOMER, ChangedError, cancel, set_period, wait
from backorder.care.letters.parts import name_units
from backorder.care.letters.speech import LANGUAGES, Speech
from backorder.care.links import Opened, open_link, sign
from backorder.orders.callers import find_by_mail
from backorder.orders.models import Order
from backorder.orders.services import OrderError
from backorder.outbox.services import Cause
from backorder.portal.dates import read_day
from backorder.portal.record import list_choices, wants_data, write_record
from backorder.portal.sheet import Sheet, write_sheet
from backorder.portal.words import say_words

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
Choose = Callable[[Order, str, Cause], Any]
READS_AND_ACTS = ["GET", "HEAD", "POST"]
DOOR, NUMBER = "orders", "order"
"""Which attempts are counted together: those from one place, and those for one number."""
LONGEST, DIGITS = 200, 18
LOCK = 8_021_120
"""Tells our locks from others of the database."""


def private(view: View[P]) -> View[P]:
    """Keep a page from caches and search engines; sites that it links to learn nothing of its address, as of no page here."""

    @wraps(view)
    def show(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        response["X-Robots-Tag"] = "noindex, nofollow"
        patch_vary_headers(response, ["Accept"])
        return response

    return show


def find(token: str) -> Opened | None:
    """Open a link."""
    return open_link(token, timezone.localdate())


def show_sheet(
    request: HttpRequest, token: str, opened: Opened, said: str = "", status: int = 200
) -> HttpResponse:
    """Show an order, and above it what became of a choice."""
    sheet = write_sheet(opened.order, timezone.now())
    noted = not said and "noted" in request.GET and sheet.just_chosen
    text = say_noted(sheet) if noted else sheet.words.get(said, "")
    if wants_data(request):
        choices = list_choices(sheet, opened, partial(name_address, request, token), get_token(request))
        return JsonResponse(write_record(sheet, choices, text), status=status)
    more = {"good": noted, "may_choose": opened.may_choose, "may_redirect": opened.may_redirect}
    return render(request, "portal/order.html", describe(sheet, token, text) | more, status=status)


def name_address(request: HttpRequest, token: str, name: str) -> str:
    """Name the address of a page of an order in full."""
    return request.build_absolute_uri(reverse(name, args=[token]))


def say_noted(sheet: Sheet) -> str:
    """Say that a choice is noted, and that mail confirms it if it does."""
    return " ".join(
        sheet.words[name] for name in ("noted", "confirmed") if name == "noted" or sheet.confirmed
    )


def describe(sheet: Sheet, token: str, said: str = "") -> dict[str, Any]:
    """Give a page what it shows of an order."""
    return {"sheet": sheet, "words": sheet.words, "speech": sheet.speech, "token": token, "said": said}


def show_gone(request: HttpRequest) -> HttpResponse:
    """Say that a link is not valid, and where to go instead; nothing of an order."""
    return show_door(request, "gone", status=404)


@private
def show_fault(request: HttpRequest, said: str, status: int) -> HttpResponse:
    """Say what went wrong, in the language of the browser."""
    return show_door(request, said, status)


def show_door(request: HttpRequest, said: str = "", status: int = 200) -> HttpResponse:
    """Show where an order is found by its number and an address."""
    speech = Speech(choose_language(request))
    words = say_words(speech)
    if status >= HTTPStatus.BAD_REQUEST and wants_data(request):
        problem = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
        detail = {"detail": words.get(said, "")}
        return JsonResponse(problem | detail, status=status, content_type="application/problem+json")
    typed = {name: request.POST.get(name, "")[:LONGEST] for name in ("number", "mail")}
    context = {"words": words, "speech": speech, "said": words.get(said, ""), **typed}
    return render(request, "portal/door.html", context, status=status)


def choose_language(request: HttpRequest) -> str:
    """Choose a language that the browser asks for."""
    asked = (part.strip()[:2].lower() for part in request.headers.get("Accept-Language", "").split(","))
    return next((name for name in asked if name in LANGUAGES), LANGUAGES[0])


@require_http_methods(READS_AND_ACTS)
@private
def open_door(request: HttpRequest) -> HttpResponse:
    """Open an order by its number and the address of its customer; whoever guesses is told nothing, and stopped soon."""
    if request.method != "POST":
        return show_door(request)
    now, place = timezone.now(), find_network(request)
    number = request.POST.get("number", "").strip()[:LONGEST]
    with transaction.atomic():
        with connection.cursor() as cursor:  # whoever tries many at once tries one after the other
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, place])
        if find_opening(place, place, now, DOOR) or find_opening(number, place, now, NUMBER):
            return show_door(request, "too_often", status=429)
        order = find_by_mail(number, request.POST.get("mail", ""))
        if order is None:
            note_failure(place, place, now, DOOR)
            note_failure(number, place, now, NUMBER)
            return show_door(request, "unknown")
    link = sign(order, timezone.localdate() + timedelta(days=1), may_redirect=False)
    return redirect("portal-order", link)


@require_safe
@private
def show_order(request: HttpRequest, token: str) -> HttpResponse:
    """Show an order."""
    opened = find(token)
    return show_gone(request) if opened is None else show_sheet(request, token, opened)


@require_http_methods(READS_AND_ACTS)
@private
def agree(request: HttpRequest, token: str) -> HttpResponse:
    """Note that the customer agrees to wait."""
    return act(request, token, wait)


@require_http_methods(READS_AND_ACTS)
@private
def give_time(request: HttpRequest, token: str) -> HttpResponse:
    """Note that the customer sets a further period."""
    until = read_day(request.POST.get("until", ""), timezone.localdate())
    opened = find(token)
    if request.method == "POST" and opened is not None and until is None:
        return show_sheet(request, token, opened, "no_day", status=422)
    return act(
        request, token, lambda order, state, cause: set_period(order, until or cause.day, state, cause)
    )


@require_http_methods(READS_AND_ACTS)
@private
def give_up(request: HttpRequest, token: str) -> HttpResponse:
    """Ask how much is to be cancelled, show it once more, and only then cancel it."""
    opened = find(token)
    if opened is None:
        return show_gone(request)
    sheet = write_sheet(opened.order, timezone.now())
    if not sheet.lines or not opened.may_choose:
        return redirect("portal-order", token)
    units = read_units(request.POST, sheet)
    if request.method != "POST" or units is None or not any(units.values()):
        said = sheet.words["missing"] if request.method == "POST" else ""
        context = describe(sheet, token, said) | {"asked": list_asked(request.POST, sheet)}
        return render(request, "portal/cancel.html", context, status=422 if said else 200)
    if request.POST.get("confirmed") == "yes":
        return act(request, token, lambda order, state, cause: cancel(order, units, state, cause))
    chosen = [(line, units[line.number]) for line in sheet.lines if units[line.number]]
    named = [(line, count, name_units(line, count, sheet.speech)) for line, count in chosen]
    return render(request, "portal/confirm.html", describe(sheet, token) | {"chosen": named})


def list_asked(typed: Mapping[str, str], sheet: Sheet) -> list[dict[str, Any]]:
    """List the lines that are asked about, with what was typed; of several nothing is chosen at first."""
    first = 0 if len(sheet.lines) > 1 else sheet.lines[0].quantity_unreleased
    return [{"line": line, "typed": typed.get(f"units-{line.pk}", first)} for line in sheet.lines]


def read_units(typed: Mapping[str, str], sheet: Sheet) -> dict[str, int] | None:
    """Read how many units of each line were chosen; None if one is no number of units that there are."""
    found = {}
    for line in sheet.lines:
        text = typed.get(f"units-{line.pk}", "0").strip() or "0"
        if not (text.isascii() and text.isdecimal() and len(text) <= DIGITS):
            return None
        found[line.number] = int(text)
        if found[line.number] > line.quantity_unreleased:
            return None
    return found


def act(request: HttpRequest, token: str, choose: Choose) -> HttpResponse:
    """Note a choice, and lead back to the page; if it was about something else than there is now, nothing is noted."""
    opened = find(token)
    if opened is None:
        return show_gone(request)
    if request.method != "POST":
        return redirect("portal-order", token)
    if not opened.may_choose:
        return show_sheet(request, token, opened, "look_only", status=403)
    try:
        choose(opened.order, request.POST.get("state", ""), Cause(CUSTOMER, timezone.now()))
    except ChangedError:
        return show_sheet(request, token, opened, "changed", status=409)
    except OrderError:
        return show_sheet(request, token, opened, "in_vain", status=422)
    return redirect(f"{request.path.rpartition('/')[0]}?noted")
