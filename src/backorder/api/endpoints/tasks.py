"""What only a person can do, for programs in which people work."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Query
from pydantic import Field

from backorder.api.endpoints.named import take_order
from backorder.api.endpoints.noted import Noted, note
from backorder.api.nouns import Act, Noun
from backorder.api.values import Day, Instant, Key, Reason, Sent, Shown
from backorder.care import calls
from backorder.care import tasks as care

tasks = Noun("tasks", "care")
MOST = 200
What = Literal[
    "phone",
    "reply",
    "callback",
    "cancel",
    "decide",
    "repair",
    "send_money",
    "stuck_money",
    "silent_money",
    "charge",
]


class ShownTask(Shown):
    """Something to do for a customer. It goes when it is done, wherever."""

    what: What
    order: str
    by: Day | None = Field(description="The last day on which it counts; null: any day.")
    since: Instant | None
    about: str = Field(description="A phone number, what is wrong, or blank.")
    number: int | None = Field(description="Of a reply its message, of a callback its own; else null.")
    missed: int = Field(description="Calls that reached nobody.")
    missed_how: str = Field(description="How the last of them ended: nobody, voicemail or wrong; else blank.")


class Todo(Shown):
    """What is to be done, what is due first at the front."""

    items: list[ShownTask] = Field(description=f"At most {MOST} of each kind.")
    counts: dict[str, int] = Field(description="All there is, by kind.")


class ChosenTasks(Sent):
    """Which of them."""

    what: Annotated[What | None, Field(description="Only these.")] = None


class MissedCall(Sent):
    """A call that reached nobody."""

    order: Key
    how: Annotated[
        Literal["nobody", "voicemail", "wrong"],
        Field(description="Nobody answered, a voicemail did, or the number is wrong."),
    ] = "nobody"
    why: Reason = ""


@tasks.reads("/tasks", Todo)
def list_tasks(chosen: Query[ChosenTasks]) -> Todo:
    """List what only a person can do."""
    found = care.list_tasks(chosen.what or "", MOST)
    return Todo(
        items=[
            ShownTask(
                what=task.kind,  # type: ignore[arg-type] # one of them
                order=task.order.number,
                by=task.by,
                since=task.since,
                about=task.about,
                number=task.number or None,
                missed=task.missed,
                missed_how=task.missed_how,
            )
            for task in found
        ],
        counts=dict(care.count_tasks()),
    )


@tasks.changes("/missed-calls", Noted)
def note_missed_call(act: Act, called: MissedCall) -> Noted:
    """Note that the customer of an order was called, and not reached: nobody was told anything."""
    return note(act, calls.note_missed_call(take_order(called.order), act.cause(called.why), called.how))
