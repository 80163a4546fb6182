"""The way of every form that changes facts: look at what it would do, then do it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.signing import BadSignature, dumps, loads
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from backorder.allocation.moves import Move
from backorder.allocation.selectors.lines import name_lines
from backorder.allocation.services import Decision, preview
from backorder.console.parts import Cell, Column, Empty, Row, Table
from backorder.console.templatetags.words import say_count, say_day
from backorder.fulfilment.services import FulfilmentError
from backorder.orders.services import OrderError
from backorder.supply.services import SupplyError

MOST = 200
"""Moved lines that a preview lists; it counts them all."""
Event = Callable[[Any], Decision | None]


@dataclass(frozen=True)
class Change:
    """A form with what surrounds it: where one comes from, what it is about, and what is done with what is typed in."""

    title: str
    about: str
    back: str
    button: str
    form: forms.Form
    event: Callable[[dict[str, Any]], Decision | None]


def take_change(request: HttpRequest, change: Change) -> HttpResponse:
    """Show the form; once it is filled in, what it would do; once that was seen, do it and go back."""
    context: dict[str, Any] = {"change": change, "form": change.form}
    if request.method == "POST" and change.form.is_valid():
        typed = change.form.cleaned_data
        try:
            if "save" in request.POST and was_seen(request, change, typed):
                decision = change.event(typed)
                messages.success(request, say_outcome(decision))
                return redirect(change.back)
            decision = preview(lambda: change.event(typed))
            context |= {
                "outcome": say_outcome(decision, would=True),
                "moves": describe_moves(decision.moves if decision else []),
                "seen": dumps([change.title, repr(typed)], salt="seen"),
            }
        except (FulfilmentError, OrderError, SupplyError) as error:
            change.form.add_error(None, f"{error}. Nothing was changed.")
    return render(request, "console/change.html", context)


def was_seen(request: HttpRequest, change: Change, typed: dict[str, Any]) -> bool:
    """Whether what is typed in now is what was looked at."""
    try:
        seen: object = loads(request.POST.get("seen", ""), salt="seen", max_age=3600)
    except BadSignature:
        return False
    return seen == [change.title, repr(typed)]


def say_outcome(decision: Decision | None, *, would: bool = False) -> str:
    """Say in one line what a change does, or would do."""
    if decision is None:
        return (
            "This changes nothing: it is known already."
            if would
            else "Nothing changed: it was known already."
        )
    later = sum(is_later(move) for move in decision.moves)
    earlier = sum(is_later(move, turned=True) for move in decision.moves)
    saved = "" if would else "Saved. "
    if not decision.moves:
        return f"{saved}No line {'would stand' if would else 'stands'} otherwise than before."
    verb = "would stand" if would else ("stands" if len(decision.moves) == 1 else "stand")
    moved = f"{saved}{say_count(len(decision.moves), 'line')} {verb} otherwise"
    return f"{moved}: {earlier:,} earlier or with more, {later:,} later or with less."


def weigh(stand: dict[str, Any] | None) -> tuple[int, int, int]:
    """Weigh how a line stands: what has no supply, then the day of its last unit, then that of its first."""
    if stand is None:
        return (0, 0, 0)
    last, first = stand["planned_on"], stand["first_ships_on"]
    return (int(stand["unallocated"]), last.toordinal() if last else 0, first.toordinal() if first else 0)


def is_later(move: Move, *, turned: bool = False) -> bool:
    """Whether a line that was there before and is there after stands worse; turned: better."""
    if move.before is None or move.after is None:
        return False
    return weigh(move.after) < weigh(move.before) if turned else weigh(move.after) > weigh(move.before)


def describe_moves(moves: Sequence[Move]) -> Table:
    """List how lines stand before and after; those that get worse first."""
    chosen = sorted(moves, key=lambda move: (not is_later(move), move.line))[:MOST]
    names = name_lines(move.line for move in chosen)
    rows = []
    for move in chosen:
        line = names.get(
            move.line
        )  # a line of an order that the change itself would place is taken back already
        if line is None:
            continue
        worse, better = is_later(move), is_later(move, turned=True)
        tone, word = ("bad", "worse") if worse else ("good", "better") if better else ("plain", "otherwise")
        customer = line.order.customer.code if line.order.customer else "none"
        rows.append(
            Row(
                [
                    Cell(
                        line.order.number,
                        reverse("order", args=[line.order.number]),
                        note=f"line {line.number}",
                    ),
                    Cell(line.item.sku, note=customer),
                    Cell(say_stand(move.before)),
                    Cell(say_stand(move.after)),
                    Cell(word, tone=tone),
                ]
            )
        )
    columns = [Column(title) for title in ("Order", "Item", "Now", "Then", "Effect")]
    return Table(
        "Lines that would stand otherwise",
        columns,
        rows,
        Empty("No line moves", "Everybody keeps what they have."),
    )


def say_stand(stand: dict[str, Any] | None) -> str:
    """Say how a line stands: when its last unit ships, or its first, and what has no supply."""
    if stand is None:
        return "not open"
    told = [f"ships {say_day(stand['planned_on'])}"] if stand["planned_on"] else []
    if not told and stand["first_ships_on"]:
        told = [f"ships in part from {say_day(stand['first_ships_on'])}"]
    if stand["unallocated"]:
        told.append(f"{stand['unallocated']:,} without supply")
    return ", ".join(told) or "nothing decided"
