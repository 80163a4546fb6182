"""What is on hand: the list, one item with its time line, and changes of stock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from backorder.accounts.roles import SUPPLY
from backorder.allocation import events
from backorder.allocation.acceptance.rules import list_rules
from backorder.allocation.availability import read_with_parts
from backorder.allocation.events import Place
from backorder.allocation.selectors.supplies import list_levels, read_item
from backorder.care.offers.outside import list_of
from backorder.catalog.selectors import find_item, find_location
from backorder.console.acceptance import describe_rules
from backorder.console.access import may_change, signed_in
from backorder.console.changes import Kind, Topic
from backorder.console.forms.supply import AdjustForm, CountForm, ReturnForm, StatusForm
from backorder.console.item_sheet import describe_item
from backorder.console.parts import Cell, Column, Empty, Pages, Row, Table
from backorder.console.templatetags.words import say_count
from backorder.console.waiting import describe_item_list
from backorder.supply.models import SELLABLE, Level
from backorder.supply.selectors import Accuracy, read_accuracy
from backorder.supply.services import SupplyError

PAGE = 100
WINDOW = timedelta(days=90)
COLUMNS = (
    *(Column("Item"), Column("Location"), Column("Status")),
    *(Column(title, numeric=True) for title in ("On hand", "Set aside", "In warehouse", "Not set aside")),
)


@require_GET
@signed_in
def show_stock(request: HttpRequest) -> HttpResponse:
    """Show what is on hand, by item."""
    search = request.GET.get("search", "").replace("\0", "").strip()
    sku, _, level = request.GET.get("after", "").replace("\0", "").rpartition("~")
    levels = list_levels(
        search, (sku, int(level)) if level.isdecimal() and len(level) < len(str(2**63)) else None, PAGE + 1
    )
    last = levels[PAGE - 1] if len(levels) > PAGE else None
    nothing = Empty("Nothing fits", "No item begins with this, and no name holds it.", "?", "Show all stock")
    if not search:
        text = "Count what is there, receive what is on the way, or import stock with `backorder import`."
        nothing = Empty("Nothing is on hand", text, reverse("stock-change", args=["count"]), "Count an item")
    now = timezone.now()
    context = {
        "search": search,
        "accuracy": say_accuracy(read_accuracy(now - WINDOW, now + timedelta(seconds=1))),
        "table": Table("Stock", COLUMNS, [describe(level) for level in levels[:PAGE]], nothing),
        "pages": Pages(
            say_count(min(len(levels), PAGE), "place"),
            "?" + urlencode({"search": search}) if request.GET.get("after") else "",
            "?" + urlencode({"search": search, "after": f"{last.item.sku}~{last.pk}"}) if last else "",
        ),
    }
    return render(request, "console/stock.html", context)


def say_accuracy(found: Accuracy) -> str:
    """Say how many counts found what the record said."""
    if found.share is None:
        return "no counts yet"
    return f"{found.agreed:,} of {say_count(found.counts, 'count')} ({found.share:.1%})"


def describe(level: Level) -> Row:
    """Describe what is on hand at a place."""
    link = reverse("item", args=[level.item.sku])
    return Row(
        [
            Cell(level.item.sku, link, note=level.item.name),
            Cell(level.location.code),
            Cell(level.status.replace("_", " "), tone="good" if level.status == SELLABLE else "warn"),
            *(
                Cell(f"{units:,}")
                for units in (level.on_hand, level.allocated, level.released, level.not_set_aside)
            ),
        ],
        link,
    )


@require_GET
@signed_in
def show_item(request: HttpRequest, sku: str) -> HttpResponse:
    """Show an item: supply against demand, who gets what, what is free when, and its ledger."""
    today = timezone.localdate()
    sheet = read_item(sku)
    if sheet is None:
        message = f"There is no item {sku}."
        raise Http404(message)
    told = describe_item(sheet, read_with_parts(sheet.item, today), today)
    rules = describe_rules(sheet.item, list_rules(sheet.item.pk))
    wishes = describe_item_list(sheet.item)
    more = {"rules": rules, "wishes": wishes, "outside": list_of(sheet.item, today)}
    return render(request, "console/item.html", {**told, **more})


Asked = dict[str, str]
"""Item, location and status with which the page of a change is opened; others may be typed in."""
KINDS: dict[str, Kind[Asked]] = {
    "count": Kind(
        "Count",
        "Save the count",
        CountForm,
        dict,
        lambda _, typed, cause: events.count(find_place(typed), typed["found"], cause),
    ),
    "adjust": Kind(
        "Adjust",
        "Adjust it",
        AdjustForm,
        dict,
        lambda _, typed, cause: events.adjust(find_place(typed), typed["quantity"], "adjustment", cause),
    ),
    "return": Kind(
        "Return units to",
        "Put them in",
        ReturnForm,
        dict,
        lambda _, typed, cause: events.adjust(find_place(typed), typed["quantity"], "return", cause),
    ),
    "status": Kind(
        "Change the status of",
        "Change it",
        StatusForm,
        dict,
        lambda _, typed, cause: events.change_status(
            find_place(typed), typed["to"], typed["quantity"], cause
        ),
    ),
}


@require_http_methods(["GET", "POST"])
@may_change(SUPPLY)
def change_stock(request: HttpRequest, what: str) -> HttpResponse:
    """Change stock, after showing what it would do."""
    kind = KINDS.get(what)
    if kind is None:
        message = "There is no such change of stock."
        raise Http404(message)
    sku = request.GET.get("sku", "").strip()
    if "\n" in sku:  # no item is called so, and no address of an item can hold it
        message = "There is no such item."
        raise Http404(message)
    asked = {name: request.GET.get(name, "") for name in ("sku", "location", "status")}
    topic = Topic(
        "stock",
        "Every change is a movement of the ledger; nothing there is ever rewritten.",
        reverse("item", args=[sku]) if sku else reverse("stock"),
        ("item", request.POST.get("sku", sku).strip()),
    )
    return kind.take(request, asked, topic)


def find_place(typed: dict[str, Any]) -> Place:
    """Find item and location that were typed in. Raises SupplyError."""
    item, location = find_item(typed["sku"]), find_location(typed["location"])
    if item is None or location is None:
        message = (
            f"There is no item {typed['sku']}"
            if item is None
            else f"there is no location {typed['location']}"
        )
        raise SupplyError(message)
    return item, location, typed["status"]
