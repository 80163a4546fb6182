"""What people see when something is not there, not theirs, or broken."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def show_fault(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    """Show what is wrong and what to do."""
    return render(request, "console/fault.html", {"title": title, "text": text}, status=status)


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
