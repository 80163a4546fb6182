"""What is on the way: the list, one inbound order, and what happens to its lines."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from backorder.accounts.roles import SUPPLY
from backorder.allocation import events
from backorder.allocation.selectors.supplies import find_inbound_line, list_inbound, list_takers, read_inbound
from backorder.console.access import may_change, signed_in
from backorder.console.changes import Kind, Topic
from backorder.console.forms.supply import ExpectForm, GoneForm, ReceiveForm, SplitForm
from backorder.console.journal import describe_story
from backorder.console.parts import Cell, Column, Empty, Pages, Row, Table
from backorder.console.takers import describe_takers
from backorder.console.templatetags.words import say_count, say_day
from backorder.fulfilment import services as fulfilment
from backorder.outbox.selectors import read_story
from backorder.supply.models import InboundLine
from backorder.supply.services import Part

PAGE = 100
COLUMNS = (
    *(Column("Inbound", whole=True), Column("Item"), Column("From"), Column("To")),
    Column("Expected", whole=True),
    *(
        Column(title, numeric=True)
        for title in ("Ordered", "Received", "To come", "Set aside", "Not set aside")
    ),
)


@require_GET
@signed_in
def show_inbound_list(request: HttpRequest) -> HttpResponse:
    """Show what is expected, by day."""
    search, everything = (
        request.GET.get("search", "").replace("\0", "").strip(),
        request.GET.get("all") == "yes",
    )
    lines = list_inbound(
        search, everything=everything, after=read_place(request.GET.get("after", "")), size=PAGE + 1
    )
    asked = {"search": search, "all": "yes" if everything else ""}
    last = lines[PAGE - 1] if len(lines) > PAGE else None
    after = f"{last.expected_on.isoformat()}~{last.pk}" if last else ""
    nothing = (
        Empty("Nothing fits", "Nothing inbound begins with this.", "?", "Show all that is expected")
        if search
        else Empty(
            "Nothing is on the way",
            "Put units on order by a program, or import them with `backorder import`.",
        )
    )
    context = {
        "search": search,
        "everything": everything,
        "table": Table("Inbound lines", COLUMNS, [describe(line) for line in lines[:PAGE]], nothing),
        "pages": Pages(
            say_count(min(len(lines), PAGE), "line"),
            "?" + urlencode(asked) if request.GET.get("after") else "",
            "?" + urlencode(asked | {"after": after}) if after else "",
        ),
    }
    return render(request, "console/inbound_list.html", context)


def read_place(text: str) -> tuple[date, int] | None:
    """Read after which line the page begins."""
    day, _, line = text.partition("~")
    try:
        return date.fromisoformat(day), int(line[:18])
    except ValueError:
        return None


def name_origin(line: InboundLine) -> Cell:
    """Name where an inbound line comes from."""
    supplier = line.order.supplier
    return Cell(supplier.code, note=supplier.name) if supplier else Cell(line.order.kind)


def describe(line: InboundLine) -> Row:
    """Describe an inbound line."""
    link = reverse("inbound-order", args=[line.order.number])
    overdue = line.remaining > 0 and line.expected_on < timezone.localdate()
    return Row(
        [
            Cell(line.order.number, link, note=f"line {line.number}"),
            Cell(line.item.sku, reverse("item", args=[line.item.sku]), note=line.item.name),
            name_origin(line),
            Cell(line.location.code),
            Cell(say_day(line.expected_on), tone="bad" if overdue else "", note="overdue" if overdue else ""),
            *(
                Cell(f"{units:,}")
                for units in (
                    *(line.quantity_ordered, line.quantity_received, line.remaining),
                    *(line.allocated, line.remaining - line.allocated),
                )
            ),
        ],
        link,
    )


@require_GET
@signed_in
def show_inbound(request: HttpRequest, number: str) -> HttpResponse:
    """Show an inbound order: what came, what is to come, and who waits for it."""
    order = read_inbound(number)
    if order is None:
        message = f"There is no inbound order {number}."
        raise Http404(message)
    lines = [
        {
            "line": line,
            "takers": describe_takers(list_takers(line), line.item.sku),
            "rest": line.remaining - line.allocated,
        }
        for line in order.lines.all()
    ]
    story = describe_story(read_story("inbound", number))
    return render(request, "console/inbound.html", {"order": order, "lines": lines, "story": story})


def list_typed_parts(typed: dict[str, Any]) -> list[Part]:
    """List the parts that were typed in."""
    named = ((typed[f"quantity_{place}"], typed[f"on_{place}"]) for place in (1, 2, 3))
    return [Part(quantity, on) for quantity, on in named if quantity]


KINDS: dict[str, Kind[InboundLine]] = {
    "receive": Kind(
        "Receive units of",
        "Receive them",
        ReceiveForm,
        lambda line: {"quantity": line.remaining or None},
        lambda line, typed, cause: fulfilment.receive(line, typed["quantity"], cause, status=typed["status"]),
    ),
    "date": Kind(
        "Another day for",
        "Save the day",
        ExpectForm,
        lambda line: {"on": line.expected_on},
        lambda line, typed, cause: events.expect(line, typed["on"], typed["source"], cause),
    ),
    "gone": Kind(
        "Units that will not come of",
        "They will not come",
        GoneForm,
        lambda line: {"quantity": line.remaining or None},
        lambda line, typed, cause: events.cancel_rest(line, typed["quantity"], cause),
    ),
    "split": Kind(
        "Split",
        "Split the line",
        SplitForm,
        lambda line: {"quantity_1": line.remaining or None, "on_1": line.expected_on},
        lambda line, typed, cause: events.split(line, list_typed_parts(typed), typed["source"], cause),
    ),
}


@require_http_methods(["GET", "POST"])
@may_change(SUPPLY)
def change_inbound(request: HttpRequest, line: int, what: str) -> HttpResponse:
    """Change an inbound line, after showing what it would do."""
    found, kind = find_inbound_line(line), KINDS.get(what)
    if found is None or kind is None:
        message = "There is no such inbound line."
        raise Http404(message)
    number = found.order.number
    to_come = f"{found.remaining:,} of {found.quantity_ordered:,} {found.item.sku} are"
    topic = Topic(
        f"{number} line {found.number}",
        f"{to_come} to come to {found.location.code}, expected {say_day(found.expected_on)}.",
        reverse("inbound-order", args=[number]),
        ("inbound", number),
    )
    return kind.take(request, found, topic)
