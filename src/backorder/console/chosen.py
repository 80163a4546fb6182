"""What was ticked in a list: each is let go by itself, and what does not go says why."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest

from backorder.console.templatetags.words import say_count

REFUSED = 5
"""So many refusals are shown; the others are counted."""
MOST_DIGITS = 19


def let_chosen_go(
    request: HttpRequest, let_one: Callable[[HttpRequest, str], str], noun: str, nothing: str
) -> None:
    """Let go what was ticked, and tell of it; `let_one` says why one does not go, `nothing` what to do if none was ticked."""
    gone, refused = 0, list[str]()
    for chosen in dict.fromkeys(request.POST.getlist("chosen")):
        fault = let_one(request, chosen)
        gone += not fault
        refused += [fault] if fault else []
    for said in refused[:REFUSED]:
        messages.warning(request, said)
    if len(refused) > REFUSED:
        messages.warning(request, f"And {say_count(len(refused) - REFUSED, f'more {noun}')} did not go.")
    if gone:
        messages.success(request, f"{say_count(gone, noun)} let go.")
    elif not refused:
        messages.error(request, nothing)


def read_chosen(chosen: str) -> tuple[int, str]:
    """Read what a tick stands for: the id of an order, 0 if it is none, and what was read of it."""
    key, _, mark = chosen.partition(":")
    is_id = key.isascii() and key.isdecimal() and len(key) < MOST_DIGITS
    return int(key) if is_id else 0, mark
