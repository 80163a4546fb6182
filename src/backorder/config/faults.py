"""What people see when something is not there or not theirs: customers on a page of theirs, all others on one of the console."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from backorder.care.house import UnreadableError
from backorder.console.views import faults
from backorder.faults import FaultyInputError
from backorder.portal.views import show_fault

CUSTOMERS, PROGRAMS = "/o/", "/api/"


class TellUnreadable:
    """Says so where something needs rules that nobody can read any more; programs are answered in their own way."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what answers."""
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let others answer."""
        return self.respond(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Show what is wrong to whoever can mend it, and a customer that we cannot say now how it stands."""
        if not isinstance(error, FaultyInputError) or request.path.startswith(PROGRAMS):
            return None
        if request.path.startswith(CUSTOMERS):
            return show_fault(request, "asked", HTTPStatus.SERVICE_UNAVAILABLE)
        if not isinstance(error, UnreadableError):
            return faults.show_faulty(request, error.lines)
        return faults.show_unreadable(request, error.lines)


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
