"""What people see when something is not there or not theirs: customers on a page of theirs, all others on one of the console."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from backorder.console.views import faults
from backorder.portal.views import show_fault

CUSTOMERS = "/o/"


def show_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show that there is no such page."""
    if request.path.startswith(CUSTOMERS):
        return show_fault(request, "lost", 404)
    return faults.show_not_found(request, exception)


def show_expired_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show that a form was too old, or sent from elsewhere."""
    if request.path.startswith(CUSTOMERS):
        return show_fault(request, "expired", 403)
    return faults.show_expired_form(request, reason)
