"""Links by which customers see their order without a password: signed, for one order, until a day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer

from backorder.orders.models import Order

SALT = "backorder.portal"
LASTS = timedelta(days=90)


def write_link(order: Order, today: date) -> str:
    """Write the address of the page of an order; blank if nobody said under which address this site is reached."""
    return f"{settings.URL}/o/{sign(order, today + LASTS)}" if settings.URL else ""


def sign(order: Order, until: date, *, may_choose: bool = True) -> str:
    """Sign that whoever holds this may see an order, and choose, until a day."""
    return Signer(salt=SALT).sign_object(
        {"order": order.pk, "until": until.isoformat(), "chooses": may_choose}
    )


def hide_links(text: str) -> str:
    """Take the links out of a text that others than its customer read."""
    return re.sub(r"/o/[\w=:-]+", "/o/…", text)


@dataclass(frozen=True)
class Opened:
    """What a link opens."""

    order: Order
    may_choose: bool


def open_link(token: str, today: date) -> Opened | None:
    """Open a link; None if it is forged or over."""
    try:
        said = Signer(salt=SALT).unsign_object(token)
    except (BadSignature, ValueError):
        return None
    if date.fromisoformat(said["until"]) < today:
        return None
    orders = Order.objects.select_related("customer", "customer_class", "address")
    order = orders.filter(pk=said["order"], held_until=None).first()
    return None if order is None else Opened(order, said["chooses"])
