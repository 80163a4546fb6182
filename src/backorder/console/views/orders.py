"""The page of an order, and the units that its customer no longer wants."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from backorder.accounts.roles import ORDERS
from backorder.allocation import events
from backorder.allocation.models import Allocation, Promise
from backorder.allocation.reasons import say_reason
from backorder.allocation.selectors.lines import find_line, read_order
from backorder.allocation.services import Decision
from backorder.channels.records import tell_line
from backorder.console.access import may_change, name_cause, signed_in
from backorder.console.changes import Change, take_change
from backorder.console.forms import CancelForm
from backorder.console.journal import say_entry
from backorder.console.templatetags.words import say_count, say_day, say_money
from backorder.fulfilment import floor
from backorder.orders.models import Line
from backorder.outbox.selectors import read_story


@require_GET
@signed_in
def show_order(request: HttpRequest, number: str) -> HttpResponse:
    """Show an order: how each line stands, what covers it, what was promised and why, and its story."""
    order = read_order(number)
    if order is None:
        message = f"There is no order {number}."
        raise Http404(message)
    lines = [describe_line(line) for line in order.lines.all()]
    story = [
        {"at": entry.at, "who": entry.who, "said": say_entry(entry), "why": entry.why}
        for entry in read_story("order", number)
    ]
    context = {
        "order": order,
        "lines": lines,
        "story": story,
        "releases": list(floor.list_releases(order)),
        "shipments": list(floor.list_shipments(order)),
        "blocks": list(floor.list_blocks(order)),
    }
    return render(request, "console/order.html", context)


def describe_line(line: Line) -> dict[str, Any]:
    """Describe a line of an order."""
    stand = getattr(line, "standing", None)
    return {
        "line": line,
        "value": say_money(line.value_open, line.item.currency),
        "stands": say_line(line),
        "reason": say_reason(stand.reason) if stand and line.quantity_open else "",
        "ahead": say_ahead(line),
        "covered": [describe_cover(allocation) for allocation in line.allocations.all()],
        "promises": [describe_promise(promise) for promise in line.promises.all()],
    }


def say_line(line: Line) -> str:
    """Say in a sentence how a line stands."""
    stand = getattr(line, "standing", None)
    if line.quantity_open == 0:
        return f"Closed: {line.quantity_shipped:,} shipped, {line.quantity_cancelled:,} cancelled."
    if stand is None:
        return "Not decided yet."
    covered = stand.allocated_on_hand + stand.allocated_inbound
    if covered == 0:
        return f"No supply for {say_count(line.quantity_open, 'unit')}."
    source = "from stock" if stand.allocated_inbound == 0 else "with what is on the way"
    if stand.unallocated:
        day = say_day(stand.planned_on or stand.first_ships_on)
        return f"{covered:,} of {line.quantity_open:,} ship by {day}; {stand.unallocated:,} without supply."
    return f"All {line.quantity_open:,} ship by {say_day(stand.planned_on)}, {source}."


def say_ahead(line: Line) -> str:
    """Say how much is ahead of a line."""
    stand = getattr(line, "standing", None)
    if stand is None or line.quantity_open == 0:
        return ""
    if not stand.lines_ahead:
        return "Nobody is ahead of it for this item."
    return f"Ahead of it for this item: {say_count(stand.units_ahead, 'unit')} in {say_count(stand.lines_ahead, 'line')}."


def describe_cover(allocation: Allocation) -> dict[str, Any]:
    """Describe units that are set aside for a line."""
    if allocation.level is not None:
        supply, link = allocation.level, reverse("item", args=[allocation.level.item.sku])
        return {
            "text": f"{allocation.quantity:,} of {supply.item.sku} on hand at {supply.location.code}",
            "link": link,
            "ships": allocation.ships_on,
        }
    inbound = allocation.inbound_line
    assert inbound is not None  # held by a constraint
    source = f"{inbound.order.number} line {inbound.number}, expected {say_day(inbound.expected_on)}"
    return {
        "text": f"{allocation.quantity:,} of {inbound.item.sku} from {source}",
        "link": reverse("inbound-order", args=[inbound.order.number]),
        "ships": allocation.ships_on,
    }


def describe_promise(promise: Promise) -> dict[str, Any]:
    """Describe a promise, and the event that led to it."""
    cause = promise.entry.caused_by
    return {
        "on": promise.promised_on,
        "reason": say_reason(promise.reason),
        "at": promise.entry.at,
        "by": f"{cause.who} {say_entry(cause)}" if cause else say_entry(promise.entry),
    }


@require_http_methods(["GET", "POST"])
@may_change(ORDERS)
def cancel_units(request: HttpRequest, line: int) -> HttpResponse:
    """Cancel units of a line, after showing what it would do."""
    found = find_line(line)
    if found is None:
        message = "There is no such line."
        raise Http404(message)

    def cancel(typed: dict[str, Any]) -> Decision | None:
        return events.cancel_line(found, typed["quantity"], name_cause(request, typed["why"]))

    number = found.order.number
    change = Change(
        title=f"Cancel units of order {number} line {found.number}",
        about=f"{found.quantity_open:,} of {found.quantity_ordered:,} {found.item.sku} are open.",
        back=reverse("order", args=[number]),
        button="Cancel these units",
        form=CancelForm(request.POST or None, initial={"quantity": found.quantity_open}),
        event=cancel,
    )
    return take_change(request, change)


@require_GET
@signed_in
def explain_line(request: HttpRequest, line: int) -> HttpResponse:
    """Say to a planner why a line gets what it gets; asked for apart, since it decides again all that is linked."""
    found = find_line(line)
    if found is None:
        message = "There is no such line."
        raise Http404(message)
    told = tell_line(found, timezone.localdate(), "planner")
    part = bool(getattr(request, "htmx", False))
    page = "console/parts/why.html" if part else "console/why.html"
    return render(request, page, {"told": told, "line": found})
