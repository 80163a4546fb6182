"""What stands around every page: navigation, theme, keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from backorder.accounts.selectors import list_rights

THEMES = ("light", "dark")
THEME_COOKIE = "backorder_theme"


@dataclass(frozen=True)
class Place:
    """A page of the navigation; `g` and its key lead there."""

    title: str
    url_name: str
    key: str
    also: tuple[str, ...] = ()  # how addresses of pages begin that belong to it

    def holds(self, path: str, url: str) -> bool:
        """Tell whether a page belongs to it."""
        return any(path.startswith(begin) for begin in (url, *self.also))


PLACES = [
    Place("Queue", "queue", "q", ("/orders/", "/order-changes/", "/lines/")),
    Place("Tasks", "tasks", "t", ("/callbacks/",)),
    Place("Call", "call", "c"),
    Place("Inbound", "inbound", "i"),
    Place("Stock", "stock", "s", ("/items/",)),
    Place("Warehouse", "warehouse", "h", ("/pick-lists/", "/releases/")),
    Place("Notices", "notices", "n", ("/letters/", "/messages/", "/replies/")),
    Place("Consent calendar", "consent", "o"),
    Place("Offers", "offers", "e", ("/outside/",)),
    Place("Waitlist", "waitlist", "l"),
    Place("Feedback", "feedback", "f"),
    Place("Refunds", "refunds", "r", ("/money/", "/money-changes/", "/transfers/", "/charg")),
    Place("Incentives", "incentives", "v"),
    Place("What-if", "what-if", "w", ("/house",)),
    Place("Import", "import", "m"),
]
"""Whoever adds a page adds it here."""
FOOT = [Place("Design", "design", "d")]
"""What is for those who build pages."""


def describe_places(request: HttpRequest, places: list[Place]) -> list[dict[str, Any]]:
    """Say where places are, and which one this page belongs to."""
    return [
        {"title": place.title, "url": url, "key": place.key, "here": place.holds(request.path, url)}
        for place in places
        if (url := reverse(place.url_name))
    ]


def describe_shell(request: HttpRequest) -> dict[str, Any]:
    """Give templates what stands around the page."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return {
        "theme": theme if theme in THEMES else "",
        "places": describe_places(request, PLACES),
        "foot": describe_places(request, FOOT),
        "rights": list_rights(request.user) if hasattr(request, "user") else frozenset(),
    }
