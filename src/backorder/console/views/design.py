"""All parts of the design on one page: to look at, and for tests to look at."""

from __future__ import annotations

from datetime import date

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from backorder.console.access import signed_in
from backorder.console.parts import Cell, Column, Empty, Pages, Row, Table, cut_short
from backorder.console.pictures.bars import draw_bars
from backorder.console.pictures.timeline import Day, draw_timeline


class ExampleForm(forms.Form):
    """Fields of each kind."""

    units = forms.IntegerField(
        label="Units", min_value=1, help_text="How many arrived; more than ordered may come."
    )
    on = forms.DateField(label="Expected on", widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.ChoiceField(label="Reason", choices=[("", "Choose one"), ("count", "Counted")])
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    told = forms.BooleanField(label="The customer knows", required=False)


def example_table() -> Table:
    """Give a table with every kind of cell."""
    columns = [
        Column("Order", sort="?sort=order", sorted="ascending"),
        Column("Item", sort="?sort=sku"),
        Column("Open", numeric=True, sort="?sort=open"),
        Column("Covered"),
        Column("Promised"),
    ]
    lines = [
        ("A-1001", "LAMP-2", "Lamp, two arms", "12", Cell("on hand", tone="good"), Cell("24 Nov 2026")),
        (
            *("A-1002", "TENT-4", "Tent for four", "1,250"),
            Cell("inbound", tone="info"),
            Cell("12 Jan 2027", note="first 5 Jan 2027"),
        ),
        ("A-1003", "MUG-1", "Mug", "3", Cell("nothing", tone="bad"), Cell("no day")),
        ("A-1004", "MUG-2", "Mug with handle", "8", Cell("in part", tone="warn"), Cell("1 Dec 2026")),
    ]
    rows = [
        Row([Cell(order, "#"), Cell(sku, note=name), Cell(units), covered, promised], "#")
        for order, sku, name, units, covered, promised in lines
    ]
    return Table("Open lines", columns, rows, cut=cut_short(len(rows), 1_234, "#", "All in the queue"))


@require_GET
@signed_in
def show_design(request: HttpRequest) -> HttpResponse:
    """Show every part."""
    days = [
        Day(date(2026, 11, 24), 14, 20, -6),
        Day(date(2026, 12, 1), 0, 5, -11),
        Day(date(2026, 12, 12), 40, 8, 21),
        Day(date(2027, 1, 4), 0, 16, 5),
    ]
    if "toast" in request.GET:
        messages.success(request, "12 of LAMP-2 received. 3 lines ship earlier now.")
    wrong = {"faulty-units": "0", "faulty-on": "someday", "faulty-reason": ""}
    nobody = Empty(
        "Nobody waits",
        "Every open line ships from stock. New orders appear here at once.",
        "#",
        "Place an order",
    )
    reasons = [("No supply", 120), ("After others", 48), ("Kept for others", 7)]
    context = {
        "table": example_table(),
        "nothing": Table("No rows", [Column("Order")], [], nobody),
        "pages": Pages("1 to 4 of more than 10,000 lines", "?", "?after=4"),
        "form": ExampleForm(),
        "faulty": ExampleForm(wrong, prefix="faulty"),
        "timeline": draw_timeline("Supply and demand of LAMP-2", days),
        "bars": draw_bars("Units that wait, by reason", reasons, "units"),
    }
    return render(request, "console/design.html", context)
