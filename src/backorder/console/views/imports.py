"""Import: hand in files, look at their faults or at what they would change, then apply them."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from backorder.accounts.roles import ORDERS, SUPPLY
from backorder.allocation.policies.publications import Draft
from backorder.allocation.what_if.publishing import publish_policy
from backorder.catalog.selectors import read_items
from backorder.channels.files.intake.schemas import COMPLETED, IMPORTED
from backorder.channels.files.intake.services import Report, apply_import, check_import
from backorder.channels.files.intake.tables import ONE_OF_AN_ORDER, read_uploads
from backorder.channels.files.sample import compose_sample
from backorder.channels.files.sample.policy import POLICY
from backorder.console.access import may_change, name_cause
from backorder.console.parts import Cell, Column, Empty, Row, Table, cut_short
from backorder.console.templatetags.words import say_count, say_day
from backorder.console.uploads import (
    UploadError,
    drop_files,
    find_upload,
    keep_files,
    read_files,
    refuse_size,
)
from backorder.faults import FaultyInputError

MOST = 200
"""Moved lines that are listed; all are counted."""
FAULT = re.compile(
    r"(?P<file>[^:]+\.[a-z]+)(?::(?P<record>\d+))?: (?:(?P<column>[a-z_]+): )?(?P<said>.+)", re.DOTALL
)


@require_http_methods(["GET", "POST"])
@may_change(ORDERS)
@may_change(SUPPLY)
def take_files(request: HttpRequest) -> HttpResponse:
    """Take files in, and lead to what they would change."""
    fault = ""
    if request.method == "POST":
        handed = request.FILES.getlist("files")
        complete = [name for name in request.POST.getlist("complete") if name in COMPLETED]
        try:
            files = read_handed(handed)
            upload = keep_files(request.user, files, complete, timezone.now())
        except UploadError as error:
            fault = str(error)
        else:
            return redirect("import-look", upload.pk)
    context = {"fault": fault, "tables": describe_tables(), "completed": COMPLETED}
    return render(request, "console/import.html", context)


def describe_tables() -> list[dict[str, Any]]:
    """Describe what files may hold: the columns that each must have, and those it may have."""
    return [
        {
            "name": name,
            "must": [column.name for column in schema.columns if column.required],
            "may": [column.name for column in schema.columns if not column.required],
        }
        for name, schema in IMPORTED.items()
    ]


def read_handed(handed: list[UploadedFile[bytes]]) -> dict[str, bytes]:
    """Read files by name. Raises UploadError without any, if one name comes twice, or before it reads too much."""
    if not handed:
        message = "No file was chosen. Choose one or more, then press Look at them."
        raise UploadError(message)
    names = [Path(str(file.name)).name for file in handed]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        message = f"{', '.join(twice)} was handed in twice; hand each in once."
        raise UploadError(message)
    refuse_size(sum(file.size or 0 for file in handed))
    return {name: file.read() for name, file in zip(names, handed, strict=True)}


@require_http_methods(["GET", "POST"])
@may_change(ORDERS)
@may_change(SUPPLY)
def look_at_files(request: HttpRequest, number: int) -> HttpResponse:
    """Show the faults of files, or what they would change; on request apply them, which compares them again."""
    upload = find_upload(request.user, number, timezone.now())
    if upload is None:
        message = (
            "These files are no longer here: they were applied, or an hour has passed. Hand them in again."
        )
        raise Http404(message)
    files, cause = read_files(upload), name_cause(request, request.POST.get("why", "").strip()[:300])
    try:
        tables = read_uploads(files, upload.complete)
        report = apply_import(tables, cause) if request.method == "POST" else check_import(tables, cause)
    except FaultyInputError as error:
        report = Report(tuple(files), error.lines)
    except OSError as error:
        report = Report(tuple(files), (f"a file cannot be read: {error}",))
    if request.method == "POST" and not report.faults:
        drop_files(upload)
        moved = say_count(len(report.moves), "line")
        verb = "ships" if len(report.moves) == 1 else "ship"
        said = (
            f"Imported. {moved} {verb} on another day."
            if report.changes
            else "Nothing changed: it was known already."
        )
        messages.success(request, said)
        return redirect("queue")
    return render(request, "console/import_look.html", describe_report(report))


def describe_report(report: Report) -> dict[str, Any]:
    """Lay out what files would change, or their faults."""
    return {
        "report": report,
        "faults": list_faults(report.faults),
        "counts": list_counts(report),
        "moves": list_moves(report),
        "said": say_count(len(report.moves), "line"),
    }


def list_faults(faults: tuple[str, ...]) -> Table:
    """List faults by file and row."""
    rows = []
    for fault in faults:
        found = FAULT.fullmatch(fault)
        parts = (
            found.groupdict(default="") if found else {"file": "", "record": "", "column": "", "said": fault}
        )
        rows.append(Row([Cell(parts[name]) for name in ("file", "record", "column", "said")]))
    columns = [Column("File"), Column("Row", numeric=True), Column("Column"), Column("What is wrong")]
    return Table("Faults", columns, rows)


def list_counts(report: Report) -> Table:
    """List by table how many rows are new, changed, as they were, or gone."""
    rows = [
        Row([Cell(name), *(Cell(f"{number:,}") for number in counted.as_facts().values())])
        for name, counted in report.counts
    ]
    numbers = ("New", "Changed", "As they were", "Gone")
    return Table(
        "Changes by table", [Column("Table"), *(Column(name, numeric=True) for name in numbers)], rows
    )


def list_moves(report: Report) -> Table:
    """List the lines that would ship on another day."""
    rows = [
        Row(
            [
                Cell(move.order, note=f"line {move.line}"),
                Cell(move.sku),
                Cell(say_day(move.from_date) or "no day"),
                Cell(say_day(move.to_date) or "no day"),
            ]
        )
        for move in report.moves[:MOST]
    ]
    columns = [Column(title) for title in ("Order", "Item", "Now", "Then")]
    nothing = Empty("No line that is known already moves", "New lines find their place behind.")
    cut = cut_short(len(rows), len(report.moves))
    return Table("Lines that would ship on another day", columns, rows, nothing, cut)


@require_POST
@may_change(ORDERS)
@may_change(SUPPLY)
def load_sample(request: HttpRequest) -> HttpResponse:
    """Fill an empty shop with the sample shop and its rules."""
    if read_items().exists():
        messages.error(request, "There are items already, so no sample was loaded. Nothing was changed.")
        return redirect("queue")
    cause = name_cause(request, "sample shop")
    with transaction.atomic():
        report = apply_import(read_uploads(write_tables()), cause)
        if not report.faults:
            publish_policy(Draft(POLICY), cause)
    if report.faults:
        messages.error(request, f"The sample could not be loaded: {report.faults[0]}")
        return redirect("start")
    messages.success(
        request, "The sample shop is here. This is its queue; open a line, or try other rules under What-if."
    )
    return redirect("queue")


def write_tables() -> dict[str, bytes]:
    """Write the tables of the sample shop; in the database an order has one customer and one way to ship, that of its first line."""
    tables = compose_sample()
    first: dict[str | int, dict[str, str | int]] = {}
    for row in tables["orders"]:
        of_order = first.setdefault(row["order"], row)
        row.update({name: of_order[name] for name in ONE_OF_AN_ORDER if name in row})
    files = {}
    for name, rows in tables.items():
        file = io.StringIO(newline="")
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        files[f"{name}.csv"] = file.getvalue().encode()
    return files
