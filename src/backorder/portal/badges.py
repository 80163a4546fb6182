"""What stands beside an item on the page of a shop: whether it is there, and else from when on. Anybody may ask.

It says what the gate would promise to somebody unknown who orders one unit now, and is asked again after a minute at the earliest:
until then the answer is remembered, so that a page with many readers asks the database once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from csp.decorators import csp_replace
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import conditional_page, require_safe

from backorder.allocation.acceptance.quoting import quote
from backorder.care.house import look_at_house
from backorder.care.letters.speech import LANGUAGES, Speech
from backorder.catalog.selectors import find_item
from backorder.orders.services import Wanted
from backorder.portal.views import choose_language
from backorder.portal.words import Words, say_words

SECONDS = 60
"""So long an answer holds, here and in browsers."""
IN_STOCK, BACK_ORDER, OUT_OF_STOCK = "InStock", "BackOrder", "OutOfStock"
"""As schema.org has them."""
SCHEMA = "https://schema.org"
LETTER_WIDTH, HEIGHT, PADDING = 8, 28, 12
COLOURS = {IN_STOCK: "#1a6b3c", BACK_ORDER: "#7a4b00", OUT_OF_STOCK: "#5c5c66"}
"""Of a picture: dark enough for white letters."""


@dataclass(frozen=True)
class Badge:
    """What is said of an item."""

    sku: str
    availability: str
    ships_on: date | None  # of a backorder, if a day can be named


@conditional_page
@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[arg-type] # it hands on whatever arguments a view has
def show_badge(request: HttpRequest, sku: str) -> HttpResponse:
    """Show whether an item is there: as a page for a frame, or by `?as=` as a picture, as data or as JSON-LD."""
    badge, write = remember(sku), FORMS.get(request.GET.get("as", "html"))
    if badge is None or write is None:
        return finish(HttpResponse("There is no such badge.\n", status=404, content_type="text/plain"))
    asked = request.GET.get("lang", "")
    speech = Speech(asked if asked in LANGUAGES else choose_language(request))
    response = finish(write(request, badge, speech))
    if asked not in LANGUAGES:
        patch_vary_headers(response, ["Accept-Language"])
    return response


def finish(response: HttpResponse) -> HttpResponse:
    """Let every site read it, and everybody keep it for a minute."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = f"public, max-age={SECONDS}"
    return response


def remember(sku: str) -> Badge | None:
    """Find what is said of an item, at most a minute old; None if there is no such item, or the house shows no badges."""
    today = timezone.localdate()
    key = f"badge-{today}-{sha256(sku.encode()).hexdigest()}"
    known: Badge | None = cache.get(key)
    if known is not None:
        return known
    house, _ = look_at_house()  # nobody is told here what is wrong with rules
    if not house.badges:
        return None
    found = ask(sku, today)
    if found is not None:
        cache.set(key, found, SECONDS)
    return found


def ask(sku: str, today: date) -> Badge | None:
    """Ask for one unit of an item, for somebody unknown; None if there is no such item."""
    item = find_item(sku)
    if item is None:
        return None
    (line,) = quote([Wanted("1", item, 1, today)], on=today)
    if not line.quantity_accepted:
        return Badge(sku, OUT_OF_STOCK, None)
    if line.quantity_now:
        return Badge(sku, IN_STOCK, None)
    return Badge(sku, BACK_ORDER, line.promised_on)


def say(badge: Badge, speech: Speech) -> str:
    """Say it in a few words."""
    words: Words = say_words(speech)
    if badge.ships_on is not None:
        return speech.say("To order: ships by {day}", day=speech.day(badge.ships_on))
    named = {IN_STOCK: "in_stock", BACK_ORDER: "back_order", OUT_OF_STOCK: "out_of_stock"}
    return words[named[badge.availability]]


def write_page(request: HttpRequest, badge: Badge, speech: Speech) -> HttpResponse:
    """Write a page for a frame."""
    said = {"badge": badge, "said": say(badge, speech), "speech": speech}
    return render(request, "portal/badge.html", said)


def write_picture(_request: HttpRequest, badge: Badge, speech: Speech) -> HttpResponse:
    """Write a picture, which has its words as text."""
    said = say(badge, speech)
    width = LETTER_WIDTH * len(said) + 2 * PADDING
    size = {"width": width, "height": HEIGHT, "middle": width / 2, "colour": COLOURS[badge.availability]}
    response = render(_request, "portal/badge.svg", {"said": said, "speech": speech, **size})
    response["Content-Type"] = "image/svg+xml"
    return response


def write_data(_request: HttpRequest, badge: Badge, speech: Speech) -> HttpResponse:
    """Write data."""
    facts = {"sku": badge.sku, "availability": badge.availability, "ships_on": badge.ships_on}
    return JsonResponse({**facts, "language": speech.language, "text": say(badge, speech)})


def write_offer(_request: HttpRequest, badge: Badge, _speech: Speech) -> HttpResponse:
    """Write JSON-LD: an Offer of schema.org. A day is named only where one was promised."""
    offer: dict[str, Any] = {"@context": SCHEMA, "@type": "Offer", "sku": badge.sku}
    offer["availability"] = f"{SCHEMA}/{badge.availability}"
    if badge.ships_on is not None:
        offer["availabilityStarts"] = badge.ships_on
    return JsonResponse(offer, content_type="application/ld+json")


FORMS: Mapping[str, Callable[[HttpRequest, Badge, Speech], HttpResponse]] = {
    "html": write_page,
    "svg": write_picture,
    "json": write_data,
    "jsonld": write_offer,
}
"""By what `?as=` says."""
