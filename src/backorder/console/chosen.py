"""What was ticked in a list: each is let go by itself, and what does not go says why. And the button that stops all of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.http import HttpRequest

from backorder.care.judging import FactsError
from backorder.console.access import name_cause
from backorder.console.templatetags.words import say_count
from backorder.faults import FaultyInputError
from backorder.orders.models import Order
from backorder.orders.services import OrderError
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause

REFUSED = 5
"""So many refusals are shown; the others are counted."""
MOST_DIGITS = 19
NOT_THERE = "An order that you chose is not there."


def let_chosen_go(
    request: HttpRequest, let_one: Callable[[HttpRequest, str], str], noun: str, nothing: str
) -> None:
    """Let go what was ticked, and tell of it; `let_one` says why one does not go, `nothing` what to do if none was ticked."""
    tell_gone(request, [let_one(request, chosen) for chosen in list_ticked(request)], noun, nothing)


def list_ticked(request: HttpRequest) -> list[str]:
    """List what was ticked, each once."""
    return list(dict.fromkeys(request.POST.getlist("chosen")))


def tell_gone(request: HttpRequest, faults: Sequence[str], noun: str, nothing: str) -> None:
    """Tell of what was ticked why it did not go, blank for what did; `nothing` is what to do if none was ticked."""
    refused = [fault for fault in faults if fault]
    gone = len(faults) - len(refused)
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


def let_orders_go(
    request: HttpRequest, let_go: Callable[[Order, str, Cause], object], noun: str, nothing: str
) -> None:
    """Let go what was ticked of orders, each as it was read; `let_go` raises what is said of one that does not go."""

    def let_one(request: HttpRequest, chosen: str) -> str:
        key, mark = read_chosen(chosen)
        order = Order.objects.filter(pk=key).first()
        if order is None:
            return NOT_THERE
        try:
            let_go(order, mark, name_cause(request))
        except (OrderError, FactsError, FaultyInputError) as error:
            return f"{error}."
        return ""

    let_chosen_go(request, let_one, noun, nothing)


def press_switch(request: HttpRequest, stop: Callable[..., Entry | None], off: str, on: str) -> None:
    """Stop all that goes by a name, or let it go on, and say which."""
    stopped = request.POST.get("stopped") == "yes"
    stop(name_cause(request), stopped=stopped)
    messages.success(request, off if stopped else on)
