"""Where one arrives."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from backorder.catalog.selectors import read_items
from backorder.console.access import signed_in


@require_GET
@signed_in
def show_start(request: HttpRequest) -> HttpResponse:
    """Lead to the page that work begins on; in an empty shop say how to begin."""
    if read_items().exists():
        return redirect("queue")
    return render(request, "console/start.html")
