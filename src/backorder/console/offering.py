"""Offers of something else, as forms: what may be offered for a line, and what is said to an offer that stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from backorder.care.house import read_house
from backorder.care.models import Offer
from backorder.care.offers.answering import decline, list_standing, take
from backorder.care.offers.finding import Choice, find_obstacle, list_choices
from backorder.care.offers.making import Wish, make_offer, read_line
from backorder.console.changes import Kind
from backorder.console.effects import Found
from backorder.console.forms.offers import AnswerForm, OfferForm
from backorder.console.templatetags.words import say_count, say_day, say_money, say_time
from backorder.orders.models import Disclosure, Line, Order
from backorder.outbox.services import Cause


def read_choices(line: Line) -> dict[str, Any]:
    """Read what stands in the form of an offer at first."""
    line = read_line(line)
    found = list_choices(line, read_house(), timezone.localdate())
    obstacle = find_obstacle(line)
    hint = f"Nothing: order {line.order.number} line {line.number} {obstacle}." if obstacle else ""
    if not found and not obstacle:
        hint = "Nothing that stands in for it is free, or it would ship no earlier."
    return {
        "choices": [(each.name, say_choice(each, line)) for each in found],
        "hint": hint,
        "writes": True,
    }


def say_choice(choice: Choice, line: Line) -> str:
    """Say what may be offered: what it is, when it would ship, and what it costs."""
    item, place = choice.substitute.substitute, f" from {choice.location.code}" if choice.location else ""
    instead = f"{choice.units:,} × {item.sku}{place} instead of {choice.quantity:,}"
    return f"{instead} ({choice.substitute.kind}), ships {say_day(choice.ships_on)}, {say_extra(choice.extra, line)}"


def say_extra(extra: int, line: Line) -> str:
    """Say what it costs more or less than what was agreed."""
    if extra == 0:
        return "costs the same"
    return f"costs {say_money(abs(extra), line.item.currency)} {'more' if extra > 0 else 'less'}"


def offer_choice(line: Line, typed: dict[str, Any], cause: Cause) -> Found:
    """Offer what was chosen. Raises OrderError."""
    wish = Wish(typed["choice"], typed["quantity"], typed["writes"])
    return make_offer(line, wish, cause).entry


OFFER: Kind[Line] = Kind(
    "Offer something else for", "Offer it", OfferForm, read_choices, offer_choice, moves_lines=False
)


def take_offer(offer: Offer, _: dict[str, Any], cause: Cause) -> Found:
    """Take an offer, as the customer said. Raises OrderError."""
    return Disclosure.objects.select_related("entry").get(line=take(offer, cause)).entry


ANSWERS: dict[str, Kind[Offer]] = {
    "take": Kind(
        "The customer takes", "Yes, they take it", AnswerForm, lambda _: {}, take_offer, moves_lines=False
    ),
    "decline": Kind(
        "The customer does not want",
        "No, they do not want it",
        AnswerForm,
        lambda _: {},
        lambda offer, _, cause: decline(offer, cause),
        moves_lines=False,
    ),
    "withdraw": Kind(
        "Take back the offer of",
        "Take it back",
        AnswerForm,
        lambda _: {},
        lambda offer, _, cause: decline(offer, cause, "withdrawn"),
        moves_lines=False,
    ),
}


def describe_offers(orders: Sequence[Order], now: datetime) -> dict[int, list[dict[str, Any]]]:
    """Describe what stands for orders, by id of the line."""
    found: dict[int, list[dict[str, Any]]] = {}
    for offer, day in list_standing([order.pk for order in orders], now):
        said = (
            f"{offer.units:,} × {offer.item.sku} instead of {say_count(offer.quantity, 'unit')}: would ship "
            f"{say_day(day)}, {say_extra(offer.extra, offer.line)}; kept until {say_time(offer.until)}"
        )
        found.setdefault(offer.line_id, []).append({"offer": offer, "said": said})
    return found
