"""Every page of the console, found from its addresses, and where each can be looked at in the whole shop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from backorder.console import offering
from backorder.console.views import charge_changes, inbound, money_changes, order_changes, stock, warehouse
from tests.console.whole_shop import Shop

OPEN_TO_ALL = {"health", "sign-in", "sign-out", "theme"}
NO_PAGE = {"evidence", "health", "queue-file"}
"""What is read and is no page: for machines, and a file."""
ACTS = {
    *("sign-out", "theme", "views", "view-drop", "import-sample"),
    *(
        "notices-send",
        "notices-receipts",
        "notices-events",
        "notices-stop",
        "message-withdraw",
        "message-returned",
        "reply-read",
    ),
    *(
        "refunds-let",
        "refunds-stop",
        "incentives-stop",
        "charges-stop",
        "consent-cancel",
        "consent-stop",
        "waitlist-remove",
        "offers-stop",
        "outside-remove",
        "person-export",
        "tasks-missed",
    ),
    *(
        "release-place",
        "release-order",
        "block-order",
        "block-lift",
        "simulation-publish",
        "simulation-discard",
    ),
}
"""What is only sent to. That nothing else is left out of PAGES is held by a test."""
PAGES: dict[str, tuple[str, ...]] = {
    "start": ("/",),
    "sign-in": ("/sign-in",),
    "design": ("/design?toast",),
    "queue": ("/queue", "/queue?search=nobody", "/queue?covered=inbound&sort=value", "/queue?late=yes"),
    "queue-totals": ("/queue/totals",),
    "order": ("/orders/A-1", "/orders/A-2", "/orders/S-0", "/orders/H-0"),
    "order-change": tuple(f"/order-changes/{what}/A-2" for what in order_changes.ORDER_KINDS),
    "letter": ("/letters/A-2", "/letters/A-2?language=de", "/letters/H-0"),
    "call": ("/call", "/call?find=A-2", "/call?find=north", "/call?find=nobody", "/call?customer=C-1"),
    "person": ("/persons/C-1",),
    "notices": ("/notices",),
    "notices-sample": (
        "/notices/sample",
        "/notices/sample?kind=shipped&language=fr",
        "/notices/sample?kind=offered&language=de",
        "/notices/sample?kind=nothing",
    ),
    "message": ("/messages/{message}",),
    "consent": ("/consent", "/consent?on=2026-11-24&what=tell", "/consent?on=2026-12-01"),
    "offers": ("/offers",),
    "offer-answer": tuple(f"/offers/{{offer}}/{what}" for what in offering.ANSWERS),
    "outside-add": ("/outside/LAMP",),
    "waitlist": ("/waitlist", "/waitlist?after=1"),
    "waitlist-add": ("/waitlist/add?sku=LAMP",),
    "feedback": ("/feedback", "/feedback?score=2&theme=slow&item=LAMP&moment=waiting"),
    "feedback-themes": ("/feedback/{feedback}/themes",),
    "tasks": ("/tasks", "/tasks?what=phone", "/tasks?what=nothing"),
    "phone": ("/phone/A-2", "/phone/A-2?language=de", "/phone/H-0"),
    "callback-end": ("/callbacks/{callback}",),
    "incentives": ("/incentives",),
    "refunds": ("/refunds",),
    "money": ("/money/M-0", "/money/S-0", "/money/Z-0"),
    "money-stripe": ("/money-changes/stripe/M-0",),
    "money-change": tuple(f"/money-changes/{what}/M-0" for what in money_changes.ORDER_KINDS),
    "charges": ("/charges",),
    "charging": tuple(f"/charging/{what}/Z-0" for what in charge_changes.ORDER_KINDS),
    "charging-held": ("/charging/held/Z-0",),
    "charge-change": tuple(f"/charges/{{charge}}/{what}" for what in charge_changes.CHARGE_KINDS),
    "means-void": ("/charge-means/{means}/void",),
    "attempt-end": ("/charge-attempts/{attempt}/end",),
    "transfer-change": tuple(f"/transfers/{{transfer}}/{what}" for what in money_changes.TRANSFER_KINDS),
    "refund-again": tuple(f"/refunds/{{refund}}/again/{what}" for what in money_changes.REFUND_KINDS),
    "line-change": tuple(f"/lines/{{line}}/{what}" for what in order_changes.LINE_KINDS),
    "line-why": ("/lines/{line}/why",),
    "inbound": ("/inbound", "/inbound?all=yes", "/inbound?search=nothing"),
    "inbound-order": ("/inbound/PO-1",),
    "inbound-change": tuple(f"/inbound-lines/{{inbound}}/{what}" for what in inbound.KINDS),
    "stock": ("/stock", "/stock?search=nothing"),
    "stock-change": tuple(f"/stock/{what}?sku=LAMP" for what in stock.KINDS),
    "item": ("/items/LAMP", "/items/SET", "/items/BULB", "/items/TENT"),
    "acceptance": ("/acceptance/LAMP", "/acceptance/SET?of=all"),
    "warehouse": ("/warehouse",),
    "ship-order": ("/warehouse/ship/A-1",),
    "pick-list": ("/pick-lists/{pick_list}",),
    "release-handle": tuple(f"/releases/{{release}}/{what}" for what in warehouse.HANDLINGS),
    "import": ("/import",),
    "import-look": ("/import/{upload}",),
    "what-if": ("/what-if",),
    "try-policy": ("/what-if/policy", "/what-if/policy?again={publication}"),
    "try-law": (
        "/what-if/law",
        "/what-if/law?ship_to=US-CA&seller=US&buyer=consumer&ordered_on=2026-11-23&seen_on=2026-11-24",
    ),
    "house": ("/house",),
    "try-inbound": ("/what-if/inbound/{inbound}",),
    "simulation": ("/what-if/{simulation}",),
}
"""By its name: where a page is looked at."""
EMPTY = (
    "/",
    "/queue",
    "/call",
    "/notices",
    "/consent",
    "/offers",
    "/waitlist",
    "/feedback",
    "/tasks",
    "/incentives",
    "/refunds",
    "/charges",
    "/inbound",
    "/stock",
    "/warehouse",
    "/what-if",
    "/import",
)
"""What is looked at in a shop without anything, too."""


@dataclass(frozen=True)
class Look:
    """A page, and where it is looked at."""

    name: str
    pattern: str
    address: str


def list_patterns() -> list[URLPattern]:
    """List all that answers in the console."""
    found = [
        pattern
        for part in get_resolver().url_patterns
        if isinstance(part, URLResolver)
        for pattern in part.url_patterns
        if isinstance(pattern, URLPattern) and "backorder.console" in pattern.callback.__module__
    ]
    assert len(found) > len(PAGES)
    return found


def list_looks(shop: Shop) -> Iterator[Look]:
    """List where every page is looked at in a shop."""
    for name, patterns in PAGES.items():
        for pattern in patterns:
            yield Look(name, pattern, pattern.format(**shop))
