"""Links by which customers see their order, or their place on a waitlist, without a password: signed, for one, until a day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer

from backorder.care.models import Wish
from backorder.orders.models import Order
from backorder.outbox.models import ERASED

SALT, OF_WISHES = "backorder.portal", "backorder.waitlist"
"""Of links to orders, and of those to places on a waitlist: none opens the other."""
LASTS = timedelta(days=90)


def write_link(order: Order, today: date) -> str:
    """Write the address of the page of an order; blank if nobody said under which address this site is reached."""
    return f"{settings.URL}/o/{sign(order, today + LASTS)}" if settings.URL else ""


def sign(order: Order, until: date, *, may_choose: bool = True, may_redirect: bool = True) -> str:
    """Sign that whoever holds this may see an order, choose, and say where it goes, until a day."""
    said = {"order": order.pk, "until": until.isoformat(), "chooses": may_choose}
    return Signer(salt=SALT).sign_object(said if may_redirect else said | {"redirects": False})


def hide_links(text: str) -> str:
    """Take the links out of a text that others than its customer read."""
    return re.sub(r"/o/(?:waitlist/)?[\w=:-]+", "/o/…", text)


def read_token(token: str, salt: str, today: date) -> dict[str, Any] | None:
    """Read what was signed; None if it is forged or over."""
    try:
        said: dict[str, Any] = Signer(salt=salt).unsign_object(token)
    except (BadSignature, ValueError):
        return None
    return None if date.fromisoformat(said["until"]) < today else said


@dataclass(frozen=True)
class Opened:
    """What a link opens."""

    order: Order
    may_choose: bool
    may_redirect: (
        bool  # who only knows a number and an address of mail has no letter, and sends no parcel elsewhere
    )


def open_link(token: str, today: date) -> Opened | None:
    """Open a link; None if it is forged or over. Nothing more is taken of whoever was erased: their link only shows."""
    said = read_token(token, SALT, today)
    if said is None:
        return None
    orders = Order.objects.select_related("customer", "customer_class", "address")
    order = orders.filter(pk=said["order"], held_until=None).first()
    if order is None:
        return None
    chooses = said["chooses"] and not is_erased(order)
    return Opened(order, chooses, chooses and said.get("redirects", True))


def is_erased(order: Order) -> bool:
    """Tell whether whoever ordered was erased: their name, or that of where it went, is a mark."""
    customer, address = order.customer, getattr(order, "address", None)
    return ERASED in {customer.name if customer else "", address.name if address else ""}


def write_wish_link(wish: Wish, today: date) -> str:
    """Write the address of the page of a place on a waitlist; blank if nobody said under which address this site is reached."""
    return f"{settings.URL}/o/waitlist/{sign_wish(wish, today + LASTS)}" if settings.URL else ""


def sign_wish(wish: Wish, until: date) -> str:
    """Sign that whoever holds this may see a place on a waitlist, and choose, until a day."""
    return Signer(salt=OF_WISHES).sign_object({"wish": wish.pk, "until": until.isoformat()})


def open_wish(token: str, today: date) -> Wish | None:
    """Open a link to a place on a waitlist; None if it is forged or over."""
    said = read_token(token, OF_WISHES, today)
    return None if said is None else Wish.objects.select_related("item", "customer").get(pk=said["wish"])
