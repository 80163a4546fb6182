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


PLACES = [
    Place("Queue", "queue", "q"),
    Place("Inbound", "inbound", "i"),
    Place("Stock", "stock", "s"),
    Place("Warehouse", "warehouse", "h"),
    Place("What-if", "what-if", "w"),
    Place("Import", "import", "m"),
    Place("Design", "design", "d"),
]
"""Whoever adds a page adds it here."""


def describe_shell(request: HttpRequest) -> dict[str, Any]:
    """Give templates what stands around the page."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    places = [
        {"title": place.title, "url": url, "key": place.key, "here": request.path.startswith(url)}
        for place in PLACES
        if (url := reverse(place.url_name))
    ]
    return {
        "theme": theme if theme in THEMES else "",
        "places": places,
        "rights": list_rights(request.user) if hasattr(request, "user") else frozenset(),
    }
