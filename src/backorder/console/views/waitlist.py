"""The waitlist: who is on it, who is invited, and putting customers on it and taking them off."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backorder.accounts.roles import ORDERS
from backorder.accounts.selectors import list_rights
from backorder.care.house import look_at_house
from backorder.care.letters.speech import NAMES
from backorder.care.waitlist.inviting import find_obstacle
from backorder.care.waitlist.selectors import count_waiting, find_wish, list_shadows, list_waiting
from backorder.care.waitlist.wishes import Wished, join, remove
from backorder.catalog.selectors import find_item
from backorder.console.access import may_change, name_cause, signed_in
from backorder.console.changes import Kind, Topic
from backorder.console.chosen import read_chosen
from backorder.console.forms.fields import ask_units, ask_why
from backorder.console.parts import Cell, Column, Pages, Row, Table
from backorder.console.templatetags.words import say_count, say_time
from backorder.console.waiting import SHOWN, describe_list
from backorder.orders.selectors import find_customer
from backorder.orders.services import OrderError
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause

LONGEST = 200


class WishForm(forms.Form):
    """A customer who wants to hear when units of an item are free."""

    sku = forms.CharField(label="Item", max_length=LONGEST)
    customer = forms.CharField(
        label="Customer", max_length=LONGEST, help_text="The code of a customer with an e-mail address."
    )
    quantity = ask_units("Units wished for")
    language = forms.ChoiceField(
        label="Language of the invitation",
        choices=[("", "that of the house"), *NAMES.items()],
        required=False,
    )
    order = forms.CharField(
        label="Refused in order",
        max_length=LONGEST,
        required=False,
        help_text="The number under which it was asked for and refused, if there is one.",
    )
    why = ask_why(required=False, help_text="Stands in the story of the item.")


def put_on(_asked: dict[str, str], typed: dict[str, Any], cause: Cause) -> Entry:
    """Put a customer on a list. Raises OrderError."""
    item, customer = find_item(typed["sku"]), find_customer(typed["customer"])
    if item is None or customer is None:
        message = (
            f"there is no item {typed['sku']}"
            if item is None
            else f"there is no customer {typed['customer']}"
        )
        raise OrderError(message)
    wished = Wished(item, customer, typed["quantity"], typed["language"], order_number=typed["order"])
    return join(wished, cause).entry


ADD = Kind("Put a customer on", "Put them on it", WishForm, dict, put_on, moves_lines=False)


@require_GET
@signed_in
def show_waitlist(request: HttpRequest) -> HttpResponse:
    """Show who is on which list, who has waited longest first."""
    (house, faults), after = look_at_house(), read_chosen(request.GET.get("after", ""))[0]
    found = list(list_waiting().filter(pk__gt=after).order_by("id")[: SHOWN + 1])
    more = f"?{urlencode({'after': found[SHOWN - 1].pk})}" if len(found) > SHOWN else ""
    may_remove = ORDERS in list_rights(request.user) and bool(found)
    counts = count_waiting()
    context = {
        "counts": counts,
        "house_faults": faults,
        "obstacle": "" if faults else find_obstacle(house),
        "shadow": house.waitlist.mode == "shadow",
        "may_remove": may_remove,
        "table": describe_list(found[:SHOWN], may_remove=may_remove),
        "pages": Pages(
            f"{min(len(found), SHOWN):,} of {say_count(counts['waiting'], 'place')}",
            reverse("waitlist") if after else "",
            more,
        ),
        "shadows": describe_shadows() if house.waitlist.mode == "shadow" else None,
    }
    return render(request, "console/waitlist.html", context)


def describe_shadows() -> Table:
    """Lay out who would have been invited, the last first."""
    rows = [
        Row(
            [
                Cell(say_time(entry.at)),
                Cell(sku, link=reverse("item", args=[sku])),
                Cell(f"{len(entry.facts['wishes']):,}"),
                Cell(f"{sum(units for _, units in entry.facts['wishes']):,}"),
            ]
        )
        for entry, sku in list_shadows(SHOWN)
    ]
    columns = (
        *(Column("When", whole=True), Column("Item")),
        *(Column("Customers", numeric=True), Column("Units", numeric=True)),
    )
    return Table("Who would have been invited", columns, rows)


@require_http_methods(["GET", "POST"])
@may_change(ORDERS)
def add_customer(request: HttpRequest) -> HttpResponse:
    """Put a customer on the list of an item."""
    sku = request.GET.get("sku", "").replace("\0", "").strip()
    known = sku if "\n" not in sku and find_item(sku) else ""
    about = "They hear when units are free to sell, and it is their turn; the units are kept for them for a while."
    back = reverse("item", args=[known]) if known else reverse("waitlist")
    return ADD.take(request, {"sku": sku}, Topic("a waitlist", about, back, ("", "")))


@require_POST
@may_change(ORDERS)
def remove_chosen(request: HttpRequest) -> HttpResponse:
    """Take the customers who were ticked off their lists."""
    gone = 0
    for chosen in dict.fromkeys(request.POST.getlist("chosen")):
        wish = find_wish(read_chosen(chosen)[0])
        gone += wish is not None and remove(wish, name_cause(request)) is not None
    if gone:
        messages.success(request, f"{say_count(gone, 'customer')} taken off the list.")
    else:
        messages.error(request, "Nobody was taken off. Tick who is on the list and is to leave it.")
    return redirect("waitlist")
