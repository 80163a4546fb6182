"""The way of every form that changes facts: look at what it would do, then do it, unless others were faster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django import forms
from django.contrib import messages
from django.core.signing import BadSignature, dumps, loads
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from backorder.allocation.policies.publications import PolicyError
from backorder.allocation.services import preview
from backorder.catalog.services import CatalogError
from backorder.console.access import name_cause
from backorder.console.effects import Effect, Found, describe_moves, read_effect, say_outcome
from backorder.console.journal import describe_story
from backorder.fulfilment.services import FulfilmentError
from backorder.orders.services import OrderError
from backorder.outbox.models import Entry
from backorder.outbox.selectors import find_last, read_news
from backorder.outbox.services import Cause
from backorder.supply.services import SupplyError

REFUSALS = (CatalogError, FulfilmentError, OrderError, PolicyError, SupplyError)
LARGEST = 2**63
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Change:
    """A form with what surrounds it: where one comes from, what it is about, and what is done with what is typed in.

    `subject` is what the journal calls the thing; what others do to it while the page is open is told before it is changed.
    """

    title: str
    about: str
    back: str
    button: str
    form: forms.Form
    event: Callable[[dict[str, Any]], Found]
    subject: tuple[str, str] = ("", "")

    @property
    def order(self) -> str:
        """Name the order that it is about."""
        kind, key = self.subject
        return key if kind == "order" else ""


@dataclass(frozen=True)
class Topic:
    """What a change is about: the thing as the title names it, what is said of it, and where one goes back to."""

    named: str
    about: str
    back: str
    subject: tuple[str, str]


@dataclass(frozen=True)
class Kind(Generic[Thing]):
    """A kind of change to a thing: its words, its form, what stands in it at first, and its event."""

    title: str
    button: str
    form: type[forms.Form]
    initial: Callable[[Thing], dict[str, Any]]
    event: Callable[[Thing, dict[str, Any], Cause], Found]
    moves_lines: bool = True  # else there is nothing to look at before
    also_for: tuple[str, ...] = ()  # rights that suffice beside that to change such things

    def ask(self, request: HttpRequest, thing: Thing, topic: Topic) -> Change:
        """Lay out the form for one thing."""
        return Change(
            title=f"{self.title} {topic.named}",
            about=topic.about,
            back=topic.back,
            button=self.button,
            form=self.form(request.POST or None, initial=self.initial(thing)),
            event=lambda typed: self.event(thing, typed, name_cause(request, typed.get("why", ""))),
            subject=topic.subject,
        )

    def take(self, request: HttpRequest, thing: Thing, topic: Topic) -> HttpResponse:
        """Take a change to one thing; one that can move lines shows first what it would do."""
        change = self.ask(request, thing, topic)
        return take_change(request, change) if self.moves_lines else take_plain_change(request, change)


def take_change(request: HttpRequest, change: Change) -> HttpResponse:
    """Show the form; once it is filled in, what it would do; once that was seen, do it and go back."""
    context = describe_change(request, change)
    if request.method == "POST" and change.form.is_valid():
        typed = change.form.cleaned_data
        try:
            if "save" in request.POST and was_seen(request, change, typed):
                effect = act_unless_news(request, change, typed)
                if effect:
                    return tell_and_go(request, change, effect)
                context = describe_change(request, change)
            effect = read_effect(preview(lambda: change.event(typed)))
        except REFUSALS as error:
            change.form.add_error(None, say_error(error))
        else:
            context |= {
                "effect": effect,
                "outcome": say_outcome(effect, would=True),
                "moves": describe_moves(effect.moves, change.order),
                "seen": dumps([change.title, repr(typed)], salt="seen"),
            }
    return render(request, "console/change.html", context)


def take_plain_change(request: HttpRequest, change: Change) -> HttpResponse:
    """Show the form; once it is filled in, do it and go back: of what moves no line there is nothing to look at before."""
    context = describe_change(request, change)
    if request.method == "POST" and change.form.is_valid():
        try:
            effect = act_unless_news(request, change, change.form.cleaned_data)
        except REFUSALS as error:
            change.form.add_error(None, say_error(error))
        else:
            if effect:
                return tell_and_go(request, change, effect)
            context = describe_change(request, change)
    return render(request, "console/plain_change.html", context)


def describe_change(request: HttpRequest, change: Change) -> dict[str, Any]:
    """Lay out a form, and what others did since it was opened; `opened` is how far this page knows the journal."""
    opened = read_opened(request)
    news = list(read_news(change.subject, opened)) if opened is not None else []
    return {
        "change": change,
        "form": change.form,
        "news": describe_story(news),
        "opened": news[-1].pk if news else find_last(change.subject) if opened is None else opened,
    }


def act_unless_news(request: HttpRequest, change: Change, typed: dict[str, Any]) -> Effect | None:
    """Do it, unless others changed the thing since the page was opened: then nothing is done.

    The journal is asked after the event, which locks the thing, so that nobody can come in between.
    """
    opened = read_opened(request)
    with transaction.atomic():
        effect = read_effect(change.event(typed))
        if opened is not None and has_news(change.subject, opened, effect.entry):
            transaction.set_rollback(True)
            return None
    return effect


def has_news(subject: tuple[str, str], opened: int, own: Entry | None) -> bool:
    """Tell whether others changed a thing after what a page knew of, and before one's own entry."""
    return own is not None and read_news(subject, opened).filter(pk__lt=own.pk).exists()


def tell_and_go(request: HttpRequest, change: Change, effect: Effect) -> HttpResponse:
    """Tell what was done, and go back to where one came from."""
    if effect.entry is not None or not effect.refused:
        messages.success(request, say_outcome(effect))
    for said in effect.refused:
        messages.warning(request, f"{said} Nothing else was changed." if effect.entry is None else said)
    return redirect(change.back)


def read_opened(request: HttpRequest) -> int | None:
    """Read how far the page knew the journal; None if it does not say."""
    text = request.POST.get("opened", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < len(str(LARGEST)) else None


def was_seen(request: HttpRequest, change: Change, typed: dict[str, Any]) -> bool:
    """Whether what is typed in now is what was looked at."""
    try:
        seen: object = loads(request.POST.get("seen", ""), salt="seen", max_age=3600)
    except BadSignature:
        return False
    return seen == [change.title, repr(typed)]


def say_error(error: ValueError) -> str:
    """Say what the facts do not allow."""
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}. Nothing was changed."
