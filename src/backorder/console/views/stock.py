"""What is on hand: the list, one item with its time line, and changes of stock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from backorder.accounts.roles import SUPPLY
from backorder.allocation import events
from backorder.allocation.events import Place
from backorder.allocation.selectors.supplies import list_levels, read_item
from backorder.allocation.services import Decision
from backorder.catalog.selectors import find_item, find_location, find_locations
from backorder.console.access import may_change, name_cause, signed_in
from backorder.console.changes import Change, take_change
from backorder.console.forms.supply import AdjustForm, CountForm, PlaceForm, StatusForm
from backorder.console.item_sheet import count_free, describe_item
from backorder.console.parts import Cell, Column, Empty, Pages, Row, Table
from backorder.console.templatetags.words import say_count
from backorder.outbox.services import Cause
from backorder.supply.models import SELLABLE, Level
from backorder.supply.services import SupplyError

PAGE = 100
COLUMNS = (
    *(Column("Item"), Column("Location"), Column("Status")),
    *(Column(title, numeric=True) for title in ("On hand", "Set aside", "In warehouse", "Free")),
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
    context = {
        "search": search,
        "table": Table("Stock", COLUMNS, [describe(level) for level in levels[:PAGE]], nothing),
        "pages": Pages(
            say_count(min(len(levels), PAGE), "place"),
            "?" + urlencode({"search": search}) if request.GET.get("after") else "",
            "?" + urlencode({"search": search, "after": f"{last.item.sku}~{last.pk}"}) if last else "",
        ),
    }
    return render(request, "console/stock.html", context)


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
                for units in (level.on_hand, level.allocated, level.released, count_free(level))
            ),
        ],
        link,
    )


@require_GET
@signed_in
def show_item(request: HttpRequest, sku: str) -> HttpResponse:
    """Show an item: supply against demand, who gets what, what is free when, and its ledger."""
    sheet = read_item(sku)
    if sheet is None:
        message = f"There is no item {sku}."
        raise Http404(message)
    return render(request, "console/item.html", describe_item(sheet, timezone.localdate()))


@dataclass(frozen=True)
class Kind:
    """A kind of change of stock: its words, its form and its event."""

    title: str
    button: str
    form: type[PlaceForm]
    event: Callable[[Place, dict[str, Any], Cause], Decision | None]


KINDS = {
    "count": Kind(
        "Count stock",
        "Save the count",
        CountForm,
        lambda place, typed, cause: events.count(place, typed["found"], cause),
    ),
    "adjust": Kind(
        "Adjust stock",
        "Adjust it",
        AdjustForm,
        lambda place, typed, cause: events.adjust(place, typed["quantity"], "adjustment", cause),
    ),
    "return": Kind(
        "Return units to stock",
        "Put them in",
        AdjustForm,
        lambda place, typed, cause: events.adjust(place, typed["quantity"], "return", cause),
    ),
    "status": Kind(
        "Change the status of stock",
        "Change it",
        StatusForm,
        lambda place, typed, cause: events.change_status(place, typed["to"], typed["quantity"], cause),
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
    initial = {name: request.GET.get(name, "") for name in ("sku", "location", "status")}

    def act(typed: dict[str, Any]) -> Decision | None:
        return kind.event(find_place(typed), typed, name_cause(request, typed["why"]))

    change = Change(
        title=kind.title,
        about="Every change is a movement of the ledger; nothing there is ever rewritten.",
        back=reverse("item", args=[sku]) if sku else reverse("stock"),
        button=kind.button,
        form=kind.form(request.POST or None, initial=initial, locations=sorted(find_locations())),
        event=act,
        subject=("item", request.POST.get("sku", sku).strip()),
    )
    return take_change(request, change)


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
