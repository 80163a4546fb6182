"""Where one arrives."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from backorder.console.access import signed_in


@require_GET
@signed_in
def show_start(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the shape of a view
    """Lead to the page that work begins on."""
    return redirect("queue")
