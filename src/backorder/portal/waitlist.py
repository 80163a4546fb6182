"""The page of a place on a waitlist. A GET shows, a POST orders what is kept, gives it back, or leaves the list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel import Locale
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from backorder.care.choices import CUSTOMER, ChangedError
from backorder.care.house import House, read_house
from backorder.care.judging import build_parties, find_rules
from backorder.care.letters.speech import LOCALES, Speech
from backorder.care.links import open_wish, sign
from backorder.care.models import Invitation, Wish
from backorder.care.waitlist.answering import accept, find_invitation
from backorder.care.waitlist.wishes import leave
from backorder.orders.models import REGION, Address
from backorder.orders.services import OrderError, ShipTo
from backorder.outbox.services import Cause
from backorder.portal.views import LONGEST, READS_AND_ACTS, private, show_gone
from backorder.portal.words import say_time, say_words

NEEDED = ("name", "street", "city", "country")
ADDRESS = ("name", "street", "postcode", "city", "region", "country")
COUNTRY = re.compile("[A-Z]{2}")
NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
"""Codes of groups of countries, and of tests."""


@dataclass(frozen=True)
class Place:
    """How a place on a list stands, in the language of its customer."""

    wish: Wish
    invitation: Invitation | None  # that stands now
    speech: Speech
    words: dict[str, str]
    house: House
    state: str  # waiting, invited, ordered, over
    news: list[str]
    asks_where: bool  # nobody said where it goes
    order_link: str  # to the page of what was ordered


def find_place(token: str, now: datetime) -> Place | None:
    """Find the place that a link opens; None if it opens none."""
    wish = open_wish(token, timezone.localdate(now))
    if wish is None:
        return None
    house, invitation = read_house(), find_invitation(wish)
    if invitation is not None and invitation.until <= now:
        invitation = None
    speech = Speech(wish.language or (invitation.message.language if invitation else house.language))
    last = wish.invitations.filter(outcome="ordered").select_related("hold").order_by("-id").first()
    state = "invited" if invitation else name_state(wish, ordered=last is not None, now=now)
    return Place(
        wish,
        invitation,
        speech,
        say_words(speech),
        house,
        state,
        say_state(wish, invitation, (state, house), speech),
        invitation is not None and not Address.objects.filter(order=invitation.hold).exists(),
        sign(last.hold, timezone.localdate(now)) if last is not None else "",
    )


def name_state(wish: Wish, *, ordered: bool, now: datetime) -> str:
    """Name how a place stands to which nobody is invited: one whose invitation is over is not to be reopened by a look."""
    over = wish.invitations.filter(outcome="", until__lte=now).exists()
    if not wish.outcome and not over:
        return "waiting"
    return "ordered" if ordered else "over"


def say_state(
    wish: Wish, invitation: Invitation | None, found: tuple[str, House], speech: Speech
) -> list[str]:
    """Say how a place stands."""
    state, house = found
    name = wish.item.name or wish.item.sku
    if invitation is not None:
        zone = find_rules(build_parties(invitation.hold, house), invitation.hold.ordered_on, house).place.zone
        units = f"{speech.number(invitation.quantity)} × {name}"
        until = speech.moment(invitation.until, zone)
        price = invitation.hold.lines.values_list("unit_price", flat=True).get()
        costs = speech.money(price, wish.item.currency)
        return [
            speech.say("We keep for you until {moment}: {units}.", moment=until, units=units),
            *([speech.say("One of them costs {amount}.", amount=costs)] if price else []),
            *([speech.say("It ships once it is paid.")] if house.waitlist.paid_first else []),
        ]
    units = f"{speech.number(wish.quantity)} × {name}"
    if state == "waiting":
        since = say_time(wish.entry.at, timezone.get_default_timezone(), speech)
        return [
            speech.say("You are on the list since {time}, for {units}.", time=since, units=units),
            speech.say(
                "When some are free and it is your turn, we write to you, and keep them for you for a while."
            ),
        ]
    if state == "ordered":
        return [speech.say("You ordered what we kept for you.")]
    return [speech.say("You are not on the list for {units} any more.", units=units)]


def show_place(
    request: HttpRequest, token: str, place: Place, said: str = "", status: int = 200
) -> HttpResponse:
    """Show a place, and above it what became of a choice."""
    typed = {name: request.POST.get(name, "")[:LONGEST] for name in ADDRESS}
    context: dict[str, Any] = {
        "place": place,
        "words": place.words,
        "speech": place.speech,
        "token": token,
        "said": place.words.get(said, said),
        "typed": typed,
        "countries": list_countries(place.speech) if place.asks_where else [],
    }
    return render(request, "portal/waitlist.html", context, status=status)


def list_countries(speech: Speech) -> list[tuple[str, str]]:
    """List the countries in a language, by name."""
    names = Locale.parse(LOCALES[speech.language]).territories
    return sorted(
        (pair for pair in names.items() if COUNTRY.fullmatch(pair[0]) and pair[0] not in NO_COUNTRIES),
        key=lambda pair: pair[1],
    )


@require_safe
@private
def show_wish(request: HttpRequest, token: str) -> HttpResponse:
    """Show a place on a list."""
    place = find_place(token, timezone.now())
    return show_gone(request) if place is None else show_place(request, token, place)


@require_http_methods(READS_AND_ACTS)
@private
def order_kept(request: HttpRequest, token: str) -> HttpResponse:
    """Order what is kept, and lead to the page of the order."""
    now = timezone.now()
    place = find_place(token, now)
    if place is None:
        return show_gone(request)
    if request.method != "POST":
        return redirect("portal-wish", token)
    to, fault = read_address(request, place) if place.asks_where else (None, "")
    if fault:
        return show_place(request, token, place, fault, status=422)
    try:
        order = accept(place.wish, to, Cause(CUSTOMER, now))
    except ChangedError:
        return show_changed(request, token, "changed", 409)
    except OrderError:
        return show_changed(request, token, "in_vain", 422)
    return redirect("portal-order", sign(order, timezone.localdate(now)))


def show_changed(request: HttpRequest, token: str, said: str, status: int) -> HttpResponse:
    """Show how a place stands now, after a choice that could not be made."""
    place = find_place(token, timezone.now())
    return show_gone(request) if place is None else show_place(request, token, place, said, status)


def read_address(request: HttpRequest, place: Place) -> tuple[ShipTo | None, str]:
    """Read an address, or say what is missing or cannot be of it."""
    typed = {name: request.POST.get(name, "").strip()[:LONGEST] for name in ADDRESS}
    typed["region"] = typed["region"].upper()
    typed["country"] = typed["country"].upper()
    missing = [
        place.words[f"to_{name}"]
        for name in ADDRESS
        if not typed[name].isprintable() or (name in NEEDED and not typed[name])
    ]
    if missing:
        return None, place.speech.say("Please fill in: {fields}.", fields=", ".join(missing))
    if not COUNTRY.fullmatch(typed["country"]) or not re.fullmatch(REGION, typed["region"]):
        return None, "to_code"
    return ShipTo(**typed), ""


@require_http_methods(READS_AND_ACTS)
@private
def leave_list(request: HttpRequest, token: str) -> HttpResponse:
    """Take a customer off a list, and give back what was kept."""
    now = timezone.now()
    place = find_place(token, now)
    if place is None:
        return show_gone(request)
    if request.method == "POST":
        leave(place.wish, Cause(CUSTOMER, now))
    return redirect("portal-wish", token)
