"""Whoever calls: one box finds them, one screen says what is owed, since when, why, what was said, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from backorder.allocation.reasons import say_reason
from backorder.care.copies.text_wishes import find_wrong_number
from backorder.care.incentives.selectors import list_running
from backorder.care.links import sign
from backorder.care.models import Answer, Notice
from backorder.care.post.due import read_heard
from backorder.console.access import signed_in
from backorder.console.forms.law import CHANNELS, KINDS
from backorder.console.offering import describe_offers
from backorder.console.parts import Cell, Column, Empty, Row, Table
from backorder.console.templatetags.words import say_count, say_day, say_time
from backorder.orders.callers import Callers, find_callers, find_customer, list_orders_of
from backorder.orders.models import Customer, Line, Order
from backorder.orders.selectors import find_order

SHOWN = 10
"""Orders of a customer that are told in full; the others stand in the queue."""
FOUND = (Column("Who"), Column("E-mail"), Column("Phone", whole=True), Column("What"))
NOBODY = Empty(
    "Nobody found",
    "Try the number of the order, the e-mail address, seven digits of the phone, or the beginning of a name.",
)
SAID = dict(KINDS)


@require_GET
@signed_in
def answer_call(request: HttpRequest) -> HttpResponse:
    """Find whoever calls, and show what is owed."""
    text = request.GET.get("find", "").replace("\0", "").strip()
    customer, orders = choose(request, text)
    context: dict[str, Any] = {"text": text, "customer": customer}
    if customer is None and not orders:
        found = find_callers(text)
        if len(found.customers) + len(found.orders) == 1:  # nobody else can be meant
            customer, orders = open_only(found)
            context["customer"] = customer
        else:
            context["found"] = describe_found(found) if text else None
    if customer is not None or orders:
        context |= describe_caller(customer, orders, timezone.now())
    return render(request, "console/call.html", context)


def choose(request: HttpRequest, text: str) -> tuple[Customer | None, list[Order]]:
    """Read who was chosen of those that were found; an order that is typed in full needs no choice."""
    customer = find_customer(request.GET.get("customer", "").replace("\0", ""))
    order = find_order(request.GET.get("order", "").replace("\0", "") or text) if customer is None else None
    if order is None:
        return customer, []
    return order.customer, [order]


def open_only(found: Callers) -> tuple[Customer | None, list[Order]]:
    """Open the only one who was found."""
    if found.customers:
        return found.customers[0], []
    return found.orders[0].customer, [found.orders[0]]


def describe_found(found: Callers) -> Table:
    """Lay out who it may be."""
    people = [
        build_row(each.name or each.code, address(customer=each.code), (each.email, each.phone, "customer"))
        for each in found.customers
    ]
    orders = [
        build_row(each.number, address(order=each.number), ("", "", f"order of {say_day(each.ordered_on)}"))
        for each in found.orders
    ]
    return Table("Who it may be", FOUND, [*people, *orders], NOBODY)


def build_row(name: str, link: str, texts: Sequence[str]) -> Row:
    """Build the row of one who may be meant."""
    return Row([Cell(name, link=link), *map(Cell, texts)], link)


def address(**chosen: str) -> str:
    """Write where somebody is shown."""
    return f"{reverse('call')}?{urlencode(chosen)}"


def describe_caller(customer: Customer | None, first: Sequence[Order], now: datetime) -> dict[str, Any]:
    """Describe what is owed to whoever calls: the order that was asked for, then the last others."""
    keys = [order.pk for order in first]
    if customer is not None:
        keys += [
            key
            for key in list_orders_of(customer).values_list("pk", flat=True)[: SHOWN + 1]
            if key not in keys
        ]
    orders = read_orders(keys[:SHOWN])
    heard, offers = read_heard(orders), describe_offers(orders, now)
    told = [
        {
            "order": order,
            "lines": [
                {**describe_line(line), "offers": offers.get(line.pk, [])} for line in order.lines.all()
            ],
            "heard": heard.get(order.pk),
            **describe_talk(order, now),
        }
        for order in orders
    ]
    thanks = bool(list_running(timezone.localdate(now)))
    wrong = find_wrong_number(customer) if customer else ""
    return {"orders": told, "more": len(keys) > SHOWN, "thanks": thanks, "wrong_number": wrong}


def read_orders(keys: Sequence[int]) -> list[Order]:
    """Read orders with all that is told of them, in the order of their ids here."""
    lines = Prefetch("lines", Line.objects.select_related("item", "standing").order_by("id"))
    notices = Prefetch("notices", Notice.objects.select_related("failure").order_by("-told_at", "-id"))
    answers = Prefetch("lines__answers", Answer.objects.order_by("-said_at", "-id"))
    found = (
        Order.objects.select_related("address").prefetch_related(lines, notices, answers).in_bulk(list(keys))
    )
    return [found[key] for key in keys]


def describe_line(line: Line) -> dict[str, Any]:
    """Describe what is owed of a line, since when, and why."""
    stand = getattr(line, "standing", None)
    return {
        "line": line,
        "promised": say_day(line.promised_on) if line.promised_on else "no day",
        "moved": line.first_promised_on is not None and line.first_promised_on != line.promised_on,
        "why": say_reason(stand.reason) if stand and line.quantity_open else "",
        "answers": [say_answer(answer) for answer in line.answers.all()],
    }


def say_answer(answer: Answer) -> str:
    """Say what a customer said, and when."""
    units = f", {answer.quantity:,}" if answer.quantity else ""
    return f"{say_time(answer.said_at)}: {SAID[answer.kind]}{units}"


def describe_talk(order: Order, now: datetime) -> dict[str, Any]:
    """Describe what was said of an order, and where its customer sees it."""
    told = [
        f"{say_time(notice.told_at)}, {dict(CHANNELS)[notice.channel]}"
        + (" (did not arrive)" if hasattr(notice, "failure") else "")
        for notice in order.notices.all()
    ]
    open_units = sum(line.quantity_open for line in order.lines.all())
    return {
        "told": told[:SHOWN],
        "open": open_units,
        "said": say_count(open_units, "unit") if open_units else "nothing is open",
        "page": f"/o/{sign(order, timezone.localdate(now) + timedelta(days=1), may_choose=False)}",
    }
