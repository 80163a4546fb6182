"""The page of an order, and why a line gets what it gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from backorder.allocation.models import Allocation, Promise
from backorder.allocation.reasons import say_reason
from backorder.allocation.selectors.lines import find_line, read_order, read_waits
from backorder.care.incentives.selectors import list_running
from backorder.channels.records import tell_line
from backorder.console.access import signed_in
from backorder.console.forms.orders import CONSENTS, PAYMENTS, SHIP_POLICIES
from backorder.console.laws import describe_law
from backorder.console.line_story import list_turns, say_causes, tell_story
from backorder.console.offering import describe_offers
from backorder.console.templatetags.words import say_count, say_day, say_money
from backorder.fulfilment import floor
from backorder.orders.models import Line, Order
from backorder.orders.selectors import find_address
from backorder.orders.together import ships_whole
from backorder.outbox.selectors import read_story


@require_GET
@signed_in
def show_order(request: HttpRequest, number: str) -> HttpResponse:
    """Show an order: how each line stands, what covers it, what was promised and why, and its story."""
    order = read_order(number)
    if order is None:
        message = f"There is no order {number}."
        raise Http404(message)
    rows, story = list(order.lines.all()), list(read_story("order", number))
    turns = list_turns(rows, read_waits(order))
    said = say_causes(turns, number)
    offers = describe_offers([order], timezone.now())
    lines = [
        {
            **describe_line(line, said),
            "together": say_together(order, line, rows),
            "offers": offers.get(line.pk, []),
        }
        for line in rows
    ]
    context = {
        "order": order,
        "lines": lines,
        "open": [row for row in lines if row["line"].quantity_open],
        "address": find_address(number),
        "ships": dict(SHIP_POLICIES)[order.ship_policy],
        "at_most": say_at_most(order),
        "payment": say_unless_needless(PAYMENTS, order.payment_state),
        **describe_law(order, timezone.now()),
        "story": tell_story(story, rows, turns, said),
        "releases": list(floor.list_releases(order)),
        "shipments": list(floor.list_shipments(order)),
        "blocks": list(floor.list_blocks(order)),
        "thanks": bool(list_running(timezone.localdate())),
    }
    return render(request, "console/order.html", context)


def describe_line(line: Line, said: Mapping[int, str]) -> dict[str, Any]:
    """Describe a line of an order; `said` is what led to its promises."""
    stand = getattr(line, "standing", None)
    return {
        "line": line,
        "value": say_money(line.value_open, line.item.currency),
        "stands": say_line(line),
        "reason": say_reason(stand.reason) if stand and line.quantity_open else "",
        "consent": say_unless_needless(CONSENTS, line.consent),
        "ahead": say_ahead(line),
        "covered": [describe_cover(allocation) for allocation in line.allocations.all()],
        "promises": [describe_promise(promise, said) for promise in line.promises.all()],
    }


def say_unless_needless(words: Sequence[tuple[str, str]], state: str) -> str:
    """Say how far something is settled that must be before an order leaves; blank if it need not be."""
    return "" if state == "not_needed" else dict(words)[state]


def say_at_most(order: Order) -> str:
    """Say in how many shipments an order leaves at most, and how many of them are left."""
    if order.most_shipments is None:
        return ""
    left = order.most_shipments - order.shipments_begun
    rest = ", and takes all that is open" if left == 1 else ""
    return f"{order.most_shipments:,}; {left:,} {'is' if left == 1 else 'are'} left{rest}"


def say_together(order: Order, line: Line, lines: Sequence[Line]) -> str:
    """Say with which other lines of its order a line of a set leaves."""
    if not line.ship_set or not line.quantity_open or ships_whole(order):
        return ""
    others = [other.number for other in lines if other.quantity_open and other.ship_set == line.ship_set]
    others.remove(line.number)
    if not others:
        return f"whole (set {line.ship_set})"
    named = f"lines {', '.join(others[:-1])} and {others[-1]}" if others[1:] else f"line {others[0]}"
    return f"together with {named} (set {line.ship_set})"


def say_line(line: Line) -> str:
    """Say in a sentence how a line stands."""
    if line.quantity_open == 0:
        ended = ((line.quantity_shipped, "shipped"), (line.quantity_cancelled, "cancelled"))
        return f"Closed: {', '.join(f'{units:,} {how}' for units, how in ended if units)}."
    rest = line.quantity_unreleased
    with_warehouse = f" {line.quantity_released:,} are with the warehouse." if line.quantity_released else ""
    return f"{say_plan(line, rest) if rest else ''}{with_warehouse}".strip()


def say_plan(line: Line, rest: int) -> str:
    """Say when what the warehouse does not have yet is to ship."""
    stand = getattr(line, "standing", None)
    if stand is None:
        return "Not decided yet."
    covered = stand.allocated_on_hand + stand.allocated_inbound
    if covered == 0:
        return f"No supply for {say_count(rest, 'unit')}."
    source = "from stock" if stand.allocated_inbound == 0 else "with what is on the way"
    if stand.unallocated:
        day = say_day(stand.planned_on or stand.first_ships_on)
        return f"{covered:,} of {rest:,} ship by {day}; {stand.unallocated:,} without supply."
    ship = "It ships" if rest == 1 else f"All {rest:,} ship"
    return f"{ship} by {say_day(stand.planned_on)}, {source}."


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


def describe_promise(promise: Promise, said: Mapping[int, str]) -> dict[str, Any]:
    """Describe a promise, and the event that led to it."""
    cause = promise.entry.caused_by or promise.entry
    return {
        "on": promise.promised_on,
        "reason": say_reason(promise.reason),
        "at": promise.entry.at,
        "by": said[cause.pk],
    }


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
