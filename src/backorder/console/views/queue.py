"""The queue: every open line, filtered, sorted, searched, a page at a time; its sums come by a request of their own."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from urllib.parse import parse_qsl

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from backorder.allocation.reasons import say_reason
from backorder.allocation.selectors.queue import COVERS, QueueRow, read_queue, sum_queue
from backorder.catalog.selectors import find_channels, find_customer_classes
from backorder.console.access import signed_in
from backorder.console.parts import Cell, Column, Empty, Pages, Row, Table
from backorder.console.queue_address import Address, read_address, read_place, write_place
from backorder.console.services import ViewError, list_views, remove_view, rename_view, save_view
from backorder.console.templatetags.words import say_count, say_day, say_money, say_place

PAGE, CHUNK = 100, 2_000
TONES = {"nothing": "bad", "in part": "warn", "inbound": "info", "on hand": "good"}
NAMES = {number: name for name, number in COVERS.items()}
COLUMNS = {
    "order": "Order",
    "item": "Item",
    "customer": "Customer",
    "open": "Open",
    "covered": "Covered",
    "requested": "Wanted",
    "promised": "Promised",
    "late": "Days late",
    "ahead": "Ahead",
    "value": "Value",
    "reason": "Why",
}
NUMERIC = {"open", "late", "ahead", "value"}
WHOLE = {"order", "covered", "requested", "promised"}
FILE_COLUMNS = (
    *("order", "line", "sku", "name", "customer", "customer_name", "quantity_open", "covered"),
    *("requested_on", "promised_on", "first_promised_on", "days_late", "units_ahead", "value_minor", "currency", "reason"),
    "held_until",
)  # fmt: skip


@require_GET
@signed_in
def show_queue(request: HttpRequest) -> HttpResponse:
    """Show a page of the queue; asked for by HTMX, only the list."""
    address = read_address(request.GET)
    rows = read_queue(address.asked, address.order, PAGE + 1)
    shown = rows[:PAGE]
    after = write_place(address.order.by, shown[-1]) if len(rows) > PAGE else ""
    begun = address.order.after is not None
    count, query = say_count(len(shown), "line"), address.write()[1:]
    views = list_views(request.user)
    context = {
        "table": Table(
            "Open lines", name_columns(address), [describe(row) for row in shown], say_nothing(address)
        ),
        "pages": Pages(
            f"{count} of more" if after or begun else f"{count}, all there are",
            address.write() if begun else "",
            address.write(after=after) if after else "",
        ),
        "query": query,
        "written": address.written,
        "opened": next((view for view in views if view.query == query), None),
    }
    if getattr(request, "htmx", False) and not request.htmx.history_restore_request:  # type: ignore[attr-defined] # set by HTMX's middleware
        response = render(request, "console/queue_list.html", context)
        place = address.write(after=request.GET.get("after", "") if begun else "")
        response["HX-Push-Url"] = f"{reverse('queue')}{place if len(place) > 1 else ''}"
        return response
    context |= {
        "covers": list(COVERS),
        "channels": sorted(find_channels()),
        "classes": sorted(find_customer_classes()),
        "views": views,
    }
    return render(request, "console/queue.html", context)


@require_GET
@signed_in
def show_totals(request: HttpRequest) -> HttpResponse:
    """Show the sums over all lines that are wanted; asked for by HTMX, only these."""
    address = read_address(request.GET)
    part = "console/queue_totals.html" if getattr(request, "htmx", False) else "console/sums.html"
    return render(request, part, {"totals": sum_queue(address.asked), "back": address.write()})


@require_GET
@signed_in
def download_queue(request: HttpRequest) -> StreamingHttpResponse:
    """Give all lines that are wanted, as they are sorted, as a file."""
    response = StreamingHttpResponse(
        write_lines(read_address(request.GET)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="queue.csv"'
    return response


def write_lines(address: Address) -> Iterator[str]:
    """Write all lines that are wanted, some thousands at a time."""
    yield ",".join(FILE_COLUMNS) + "\r\n"
    order = replace(address.order, after=None)
    while rows := read_queue(address.asked, order, CHUNK):
        text = StringIO()
        csv.writer(text).writerows([list_values(row) for row in rows])
        yield text.getvalue()
        order = replace(order, after=read_place(order.by, write_place(order.by, rows[-1])))


def list_values(row: QueueRow) -> list[object]:
    """List what a file says of a line."""
    told = (row.order, row.number, row.sku, row.name, row.customer or "", row.customer_name or "")
    return [
        *map(defuse, told),
        *(row.quantity_open, NAMES.get(row.cover, ""), row.requested_on, row.promised_on or ""),  # type: ignore[arg-type] # None has no name
        *(row.first_promised_on or "", "" if row.late_days is None else row.late_days),
        *("" if row.units_ahead is None else row.units_ahead, row.value_open, row.currency, row.reason or ""),
        "" if row.held_until is None else timezone.localtime(row.held_until).isoformat(),
    ]


def defuse(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


@require_POST
@signed_in
def keep_view(request: HttpRequest) -> HttpResponse:
    """Keep what is shown under a name, or give the view that it is another name."""
    query = read_address(dict(parse_qsl(request.POST.get("query", "")))).write()[1:]
    name, view = request.POST.get("name", ""), request.POST.get("rename", "")
    try:
        if view.isdecimal() and len(view) < len(str(2**63)):
            rename_view(request.user, int(view), name)
        else:
            save_view(request.user, name, query)
    except ViewError as error:
        messages.error(request, str(error))
    return redirect(f"{reverse('queue')}?{query}")


@require_POST
@signed_in
def drop_view(request: HttpRequest, view: int) -> HttpResponse:
    """Keep a view no longer."""
    remove_view(request.user, view)
    return redirect("queue")


def name_columns(address: Address) -> list[Column]:
    """Name the columns; each leads to the list sorted by it, and back."""
    columns = []
    for name, title in COLUMNS.items():
        here = name == address.order.by
        turned = (
            f"-{name}" if (here and not address.order.descending) or (not here and name == "late") else name
        )
        now = ("descending" if address.order.descending else "ascending") if here else "none"
        columns.append(Column(title, name in NUMERIC, address.write(sort=turned), now, name in WHOLE))
    return columns


def describe(row: QueueRow) -> Row:
    """Describe a line."""
    link = f"{reverse('order', args=[row.order])}#line-{row.number}"
    released = row.quantity_released > 0
    cover = NAMES[row.cover] if row.cover is not None else "in warehouse" if released else "not decided"
    why = (
        say_reason(row.reason)
        if row.reason
        else "the warehouse has it"
        if released
        else "waits for a decision"
    )
    slipped = (
        (row.promised_on - row.first_promised_on).days if row.promised_on and row.first_promised_on else 0
    )
    note = f"first {say_day(row.first_promised_on)}" if slipped else ""
    earlier = row.planned_on and row.promised_on and row.planned_on < row.promised_on
    if earlier:
        note = f"can ship {say_day(row.planned_on)}"
    late = "no day" if row.late_days is None else f"{max(row.late_days, 0):,}"
    return Row(
        [
            Cell(row.order, link, note=say_place(row.number, row.held_until)),
            Cell(row.sku, reverse("item", args=[row.sku]), note=row.name),
            Cell(row.customer or "none", note=row.customer_name or ""),
            Cell(f"{row.quantity_open:,}"),
            Cell(cover, tone=TONES.get(cover, "plain"), note=say_parts(row) if cover == "in part" else ""),
            Cell(say_day(row.requested_on)),
            Cell(say_day(row.promised_on) or "no day", note=note),
            Cell(late, note=say_slip(slipped)),
            Cell("" if row.units_ahead is None else f"{row.units_ahead:,}"),
            Cell(say_money(row.value_open, row.currency)),
            Cell(why),
        ],
        link,
    )


def say_slip(days: int) -> str:
    """Say by how many days a promise was moved since it was first told."""
    if not days:
        return ""
    return f"slipped {days:,}" if days > 0 else f"gained {-days:,}"


def say_parts(row: QueueRow) -> str:
    """Say how many units are covered by what."""
    return f"{row.on_hand:,} on hand, {row.inbound:,} inbound"


def say_nothing(address: Address) -> Empty:
    """Say why the list is empty, and what to do."""
    if any(text for name, text in address.written.items() if name != "sort"):
        return Empty("No line fits", "Nothing open fits what you asked for.", "?", "Show all open lines")
    if address.order.after:
        return Empty(
            "That was the last page", "There are no lines after it.", address.write(), "To the first page"
        )
    return Empty(
        "Nobody waits",
        "There is no open line. Import orders with `backorder import`, or let a program place them.",
    )
