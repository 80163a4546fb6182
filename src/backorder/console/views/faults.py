"""What people see when something is not there, not theirs, or broken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def show_fault(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    """Show what is wrong and what to do."""
    return render(request, "console/fault.html", {"title": title, "text": text}, status=status)


class RefuseNul:
    """Refuses a request whose address or form holds a NUL: no text of the database can. The interface answers in its own way."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what answers."""
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let others answer."""
        return self.respond(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:  # noqa: ANN401 - Django names the view
        """Refuse what holds a NUL; after the token of a form is checked, which reads the form."""
        if request.path.startswith("/api/"):
            return None
        texts = (text for asked in (request.GET, request.POST) for _, all_ in asked.lists() for text in all_)
        if "\0" in request.path or any("\0" in text for text in texts):
            text = "It holds a character (NUL) that no text here can hold. Nothing was changed. Take it out and try again."
            return show_fault(request, 400, "Not understood", text)
        return None


def show_unreadable(request: HttpRequest, lines: Sequence[str]) -> HttpResponse:
    """Show that something needs the rules of the house, which nobody can read any more, and which fault stands where."""
    text = (
        "This needs the rules of the house. Nothing was changed. Once they are mended it goes on as before."
    )
    context = {"title": "The rules cannot be read", "text": text, "house_faults": lines}
    return render(request, "console/fault.html", context, status=HTTPStatus.CONFLICT)


def show_faulty(request: HttpRequest, lines: Sequence[str]) -> HttpResponse:
    """Show that something needs rules that nobody can read any more, as those of a policy, and which fault stands where."""
    text = f"This needs rules that nobody can read any more. Nothing was changed. {'; '.join(lines)}"
    return show_fault(request, HTTPStatus.CONFLICT, "The rules cannot be read", text)


def show_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show that there is no such page, or no such order, item or inbound."""
    said = exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""
    return show_fault(
        request,
        404,
        "Not found",
        said or "There is nothing at this address. Check it, or start from the queue.",
    )


def show_forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show that the role of this user does not reach here."""
    return show_fault(request, 403, "Not allowed", str(exception) or "Your role may not do this.")


def show_bug(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - named by Django
    """Show that we failed; nothing that needs the database."""
    text = "This is a bug of ours; nothing was changed. Try again, and tell whoever runs this site when it happened."
    return HttpResponse(
        f"<!doctype html><html lang=en><title>A bug</title><h1>A bug</h1><p>{text}</p>", status=500
    )


def show_expired_form(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - named by Django
    """Show that a form was too old, or sent from elsewhere."""
    return show_fault(
        request,
        403,
        "The form has expired",
        "Nothing was changed. Go back, load the page again and repeat it.",
    )
