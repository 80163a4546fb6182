"""What the law asks, in words for the people of the shop."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from backorder.care.judging import Judged
from backorder.care.models import DEADLINES
from backorder.engine import consent

STATES: dict[str, str] = {
    "settled": "cancelled or kept; nothing is left to pay back",
    "not_running": "no clock runs",
    "shipped": "left",
    "open_wait": "the customer waits without a day, and may cancel until it ships",
    "on_time": "planned in time",
    "agreed": "planned by a later day that the customer agreed to",
    "told": "will be late; the customer knows",
    "asked": "the customer is asked; silence cancels it",
    "late": "will be late; the customer must be told",
    "missed": "the day was missed; the customer may set a further period",
    "may_end": "the day was missed; the customer may end the contract",
    "refund_due": "its time is over, or it was cancelled: see what is left to do",
}
ACTIONS: dict[str, str] = {
    "ship": "ship it",
    "ship_or_tell": "ship it, or tell the customer a new day",
    "tell": "tell the customer the new day",
    "cancel": "cancel it",
    "refund": "send the money back",
    "ask_a_person": "decide: it left when its money was due back",
}
DEADLINE_WORDS: dict[str, str] = {
    **{name: said for name, said in ACTIONS.items() if name in DEADLINES},
    "crossed": "decide about an answer that came too late",
    "answer": "an answer of the customer; silence cancels",
}
COMING: dict[str, str] = {
    "last_day": "the last day that is in order",
    "lapses": "without a yes by the end of this day it is cancelled",
}


def say_coming(what: str) -> str:
    """Say what is to come on a day."""
    if what.startswith("should_"):
        return f"time to {ACTIONS[what.removeprefix('should_')]}"
    return COMING.get(what) or ACTIONS.get(what) or STATES[what]


def say_actions(verdict: consent.Verdict) -> Iterator[tuple[date, str, str]]:
    """Say what is to be done by when, and where that stands."""
    for action in verdict.actions:
        yield action.by, ACTIONS[action.kind], ", ".join(action.citations)


NOT_SEEN = (
    "What is sent and paid back from here counts. What you told the customer otherwise, and what the customer said, counts once it is "
    "noted here."
)


def say_limits(judged: Judged) -> str:
    """Say what a judgement does not know."""
    return (
        f"{NOT_SEEN} It has no address: it is judged as if it went to {judged.assumed}."
        if judged.assumed
        else NOT_SEEN
    )
