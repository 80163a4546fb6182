"""What customers callback for that a person must do: a call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from ninja import Query
from pydantic import Field

from backorder.api.endpoints.named import take_order
from backorder.api.endpoints.noted import Noted, note
from backorder.api.nouns import Act, Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import require
from backorder.api.values import Day, Given, Instant, Key, Number, Reason, Sent, Shown
from backorder.care import callbacks as calls
from backorder.care.models import Callback

callbacks = Noun("callbacks", "care")


class ShownCallback(Shown):
    """A callback to be called."""

    callback: int | None = Field(description="Its number; null if it was only tried.")
    order: str
    phone: str = Field(description="As it is dialled from anywhere.")
    on: Day | None = Field(description="Null: on any day.")
    part: str = Field(description="Of the day: morning, afternoon or evening; blank: at any time.")
    text: str = Field(description="What it is about, in the customer's words.")
    state: str = Field(description="open, done or withdrawn.")
    at: Instant
    who: str = Field(description="Who noted it; `customer`: on the page of the order.")
    said: str = Field(description="What was said when it was done.")
    ended_at: Instant | None
    ended_by: str | None
    entry: int | None = Field(
        description="The number of its entry in the journal; null if it was only tried."
    )


class NewCallback(Sent):
    """A customer wants to be called."""

    order: Key
    phone: Annotated[
        str,
        Field(
            min_length=1,
            max_length=40,
            description="With + and the country, or as it is dialled where the order goes.",
        ),
    ]
    on: Annotated[Day | None, Field(description="Null: on any day.")] = None
    part: Annotated[
        Literal["", "morning", "afternoon", "evening"], Field(description="Of the day; blank: at any time.")
    ] = ""
    text: Annotated[Reason, Field(description="What it is about.")] = ""
    why: Reason = ""


class FulfilledCallback(Sent):
    """What was said, in a word, also if nobody answered."""

    said: Given
    why: Reason = ""


class WithdrawnCallback(Sent):
    """The customer wants no call any more."""

    why: Reason = ""


class ChosenCallbacks(Asked):
    """Which callbacks."""

    order: Annotated[Key | None, Field(description="Only of this order.")] = None
    state: Annotated[Literal["open", "done", "withdrawn"] | None, Field(description="Only these.")] = None


@callbacks.reads("/callbacks", Page[ShownCallback])
def list_callbacks(chosen: Query[ChosenCallbacks]) -> Page[ShownCallback]:
    """List the calls that customers callback for, the last one first."""
    rows = calls.read_callbacks()
    if chosen.order is not None:
        rows = rows.filter(order__number=chosen.order)
    if chosen.state is not None:
        rows = rows.filter(state=chosen.state)
    return take_page(rows, "-id", chosen, show_callbacks)


@callbacks.reads("/callbacks/{callback}", ShownCallback)
def get_callback(callback: Number) -> ShownCallback:
    """Show a callback."""
    return show_callbacks([require(calls.read_callbacks().filter(pk=callback).first())])[0]


@callbacks.changes("/callbacks", ShownCallback, at=lambda made: f"callbacks/{made.callback}")
def note_callback(act: Act, callback: NewCallback) -> ShownCallback:
    """Note that a customer wants to be called; of one order there is one such callback at a time."""
    wanted = calls.CallWanted(callback.phone, callback.on, callback.part, callback.text)
    made = calls.note_callback(take_order(callback.order), wanted, act.cause(callback.why))
    (shown,) = show_callbacks([made])
    return shown.model_copy(update={"callback": None, "entry": None}) if act.preview else shown


@callbacks.changes("/callbacks/{callback}/done", Noted)
def fulfil_callback(act: Act, callback: Number, fulfilled: FulfilledCallback) -> Noted:
    """Note that somebody called, and what was said."""
    found = require(calls.read_callbacks().filter(pk=callback).first())
    return note(act, calls.fulfil_callback(found, fulfilled.said, act.cause(fulfilled.why)))


@callbacks.changes("/callbacks/{callback}/withdrawal", Noted)
def take_callback_back(act: Act, callback: Number, withdrawn: WithdrawnCallback) -> Noted:
    """Note that the customer wants no call any more."""
    found = require(calls.read_callbacks().filter(pk=callback).first())
    return note(act, calls.take_callback_back(found, act.cause(withdrawn.why)))


def show_callbacks(rows: Sequence[Callback]) -> list[ShownCallback]:
    """Show callbacks."""
    return [
        ShownCallback(
            callback=row.pk,
            order=row.order.number,
            phone=row.phone,
            on=row.wanted_on,
            part=row.part,
            text=row.text,
            state=row.state,
            at=row.entry.at,
            who=row.entry.who,
            said=row.said,
            ended_at=row.ended.at if row.ended else None,
            ended_by=row.ended.who if row.ended else None,
            entry=row.entry_id,
        )
        for row in rows
    ]
