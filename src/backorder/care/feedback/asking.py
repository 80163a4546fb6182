"""Whether a customer is asked now: once at each moment that the house names, and never beside what a law asks."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Sum

from backorder.care.house import House
from backorder.care.models import Feedback
from backorder.orders.models import Order

PAGE = "page"


def find_moment(order: Order) -> str:
    """Find at which moment an order is: something of it waits, nothing does any more, or nothing of it ever came."""
    sums = order.lines.aggregate(waits=Sum("quantity_open"), shipped=Sum("quantity_shipped"))
    if sums["waits"]:
        return "waiting"
    return "delivered" if sums["shipped"] else "cancelled"


def is_asked(order: Order, house: House) -> bool:
    """Tell whether the customer of an order is asked what they think now: they were not yet at this moment."""
    if not house.feedback.ask:
        return False
    moment = find_moment(order)
    return moment in house.feedback.ask and not has_said(order, moment)


def has_said(order: Order, moment: str) -> bool:
    """Tell whether a customer said on the page what they think at a moment."""
    return Feedback.objects.filter(order=order.pk, moment=moment, channel=PAGE).exists()


def find_question(order: Order, link: str, house: House) -> str:
    """Find where a receipt asks what the customer thinks; blank if it does not. `link`: to the page of the order.

    Who still waits is asked on the page alone.
    """
    asked = bool(settings.URL and link) and find_moment(order) != "waiting" and is_asked(order, house)
    return f"{link}/feedback" if asked else ""
