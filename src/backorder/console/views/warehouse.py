"""The warehouse: what may be released, what is being picked, and what leaves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backorder.accounts.roles import SHIPPING
from backorder.allocation.selectors.lines import read_order
from backorder.allocation.services import Decision
from backorder.catalog.selectors import find_location
from backorder.console.access import may_change, name_cause, signed_in
from backorder.console.changes import Change, take_change, take_plain_change
from backorder.console.effects import Found, say_outcome
from backorder.console.floor import describe_pick_lists, describe_releases, list_parts
from backorder.console.forms.floor import HandleForm, MissingForm, ShipForm
from backorder.console.templatetags.words import say_count
from backorder.fulfilment import floor, services
from backorder.fulfilment.models import Release
from backorder.fulfilment.selectors import read_dock_hours
from backorder.fulfilment.services import FulfilmentError, Parcel
from backorder.orders.models import Order

SHOWN, REFUSED = 100, 5
HANDLINGS = {
    "pick": ("Pick", "They are picked"),
    "short": ("Not found:", "They are not there"),
    "take-back": ("Put back", "Put them back"),
}
"""What can become of units on a pick list: how the page is called, and its button."""
WINDOW = timedelta(days=30)


@require_GET
@signed_in
def show_warehouse(request: HttpRequest) -> HttpResponse:
    """Show what lies ready by place, what is being picked, and how long goods stay."""
    now = timezone.now()
    hours = read_dock_hours(now - WINDOW, now + timedelta(seconds=1))
    context = {
        "shelves": floor.list_shelves(),
        "pick_lists": describe_pick_lists(floor.list_pick_lists(SHOWN)),
        "hours": None if hours is None else f"{hours:,.1f}",
    }
    return render(request, "console/warehouse.html", context)


@require_POST
@may_change(SHIPPING)
def release_place(request: HttpRequest) -> HttpResponse:
    """Hand over everything at a place that may leave, on one pick list."""
    location = find_location(request.POST.get("location", "").replace("\0", ""))
    if location is None:
        message = "There is no such place."
        raise Http404(message)
    ready = services.release_ready(location, name_cause(request))
    for said in ready.refused[:REFUSED]:
        messages.warning(request, f"{said}.")
    if len(ready.refused) > REFUSED:
        messages.warning(
            request, f"And {say_count(len(ready.refused) - REFUSED, 'more order')} may not leave."
        )
    if ready.pick_list is None:
        messages.error(request, f"Nothing at {location.code} may leave now. Nothing was changed.")
        return redirect("warehouse")
    messages.success(request, f"Released {say_count(ready.orders, 'order')} at {location.code}.")
    return redirect("pick-list", ready.pick_list.pk)


@require_POST
@may_change(SHIPPING)
def release_order(request: HttpRequest) -> HttpResponse:
    """Hand over all of one order that may leave."""
    order = get_order(request.POST.get("order", ""))
    try:
        decision = services.release_order(order, name_cause(request))
    except FulfilmentError as error:
        messages.error(request, f"{error}. Nothing was changed.")
    else:
        messages.success(request, f"Released. {say_outcome(decision)}")
    return redirect("order", order.number)


@require_GET
@signed_in
def show_pick_list(request: HttpRequest, number: int) -> HttpResponse:
    """Show what is left to send of a pick list, to be printed or worked through."""
    found = floor.find_pick_list(number)
    if found is None:
        message = f"There is no pick list {number}."
        raise Http404(message)
    context = {"pick_list": found, "table": describe_releases(floor.list_to_pick(found))}
    return render(request, "console/pick_list.html", context)


@require_http_methods(["GET", "POST"])
@may_change(SHIPPING)
def handle_release(request: HttpRequest, number: int, what: str) -> HttpResponse:
    """Note what became of units on a pick list; what moves lines is shown before it is done."""
    release = floor.find_release(number)
    if release is None or what not in HANDLINGS:
        message = "There is no such part of a pick list."
        raise Http404(message)
    title, button = HANDLINGS[what]
    left = release.quantity - release.quantity_picked if what == "pick" else release.quantity_open
    initial, order = {"quantity": left or None}, release.line.order.number
    missing = MissingForm(request.POST or None, initial=initial, release=release)
    form = missing if what == "short" else HandleForm(request.POST or None, initial=initial)

    def act(typed: dict[str, Any]) -> Found:
        cause, units = name_cause(request, typed.get("why", "")), typed["quantity"]
        if what == "pick":
            return services.pick(release, units, cause)
        if what == "short":
            return services.short_ship(release, units, cause, missing.find_lost())
        return services.take_back(release, units, cause)

    change = Change(
        title=f"{title} {release.line.item.sku} for order {order} line {release.line.number}",
        about=f"At {release.location.code} the warehouse has {say_count(release.quantity_open, 'unit')} of it, "
        f"{release.quantity_picked:,} picked.{say_parts(release)}",
        back=reverse("pick-list", args=[release.pick_list_id]),
        button=button,
        form=form,
        event=act,
        subject=("order", order),
    )
    return take_plain_change(request, change) if what == "pick" else take_change(request, change)


def say_parts(release: Release) -> str:
    """Say of a kit what each one takes from the shelves."""
    named = list_parts(release)
    return f" Each takes {', '.join(named)}." if named else ""


@require_http_methods(["GET", "POST"])
@may_change(SHIPPING)
def ship_order(request: HttpRequest, number: str) -> HttpResponse:
    """Note that released units of an order left, after showing what that does."""
    order = get_order(number)
    releases = list(floor.list_releases(order))
    form = ShipForm(request.POST or None, releases=releases)

    def ship(typed: dict[str, Any]) -> Decision | None:
        parts = [(each, typed[f"units_{each.pk}"]) for each in releases if typed[f"units_{each.pk}"]]
        parcel = Parcel(typed["carrier"], typed["tracking_number"], typed["tracking_link"])
        return services.ship(order, parts, parcel, name_cause(request))

    change = Change(
        title=f"Ship order {number}",
        about=f"{say_count(sum(each.quantity_open for each in releases), 'unit')} of it are with the warehouse.",
        back=reverse("order", args=[number]),
        button="They left",
        form=form,
        event=ship,
        subject=("order", number),
    )
    return take_change(request, change)


@require_POST
@may_change(SHIPPING)
def block_order(request: HttpRequest) -> HttpResponse:
    """Hold an order back, with a reason."""
    order, reason = get_order(request.POST.get("order", "")), request.POST.get("reason", "").strip()[:300]
    try:
        services.block(order, reason, name_cause(request))
    except FulfilmentError as error:
        messages.error(request, f"{error}. Nothing was changed.")
    else:
        messages.success(request, f"Order {order.number} is held back until somebody lifts the block.")
    return redirect("order", order.number)


@require_POST
@may_change(SHIPPING)
def lift_block(request: HttpRequest, number: int) -> HttpResponse:
    """Lift a block."""
    block = floor.find_block(number)
    if block is None:
        message = "There is no such block."
        raise Http404(message)
    try:
        services.lift(block, name_cause(request))
    except FulfilmentError as error:
        messages.error(request, f"{error}. Nothing was changed.")
    else:
        messages.success(request, f"Order {block.order.number} is no longer held back by this.")
    return redirect("order", block.order.number)


def get_order(number: str) -> Order:
    """Find an order, or answer that there is none."""
    order = read_order(number.replace("\0", ""))
    if order is None:
        message = f"There is no order {number}."
        raise Http404(message)
    return order
