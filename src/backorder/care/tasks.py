"""What only a person can do: found where it stands, so that none is kept twice and none is forgotten.

A task goes when what it is about is done, whoever did it and wherever.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Count, Q
from django.utils import timezone

from backorder.care.callbacks import list_open_callbacks
from backorder.care.calls import MISSED, NOBODY
from backorder.care.clock.cancelling import list_overdue
from backorder.care.models import Copy, Deadline
from backorder.care.post.selectors import list_drafts
from backorder.care.replies.selectors import list_unread
from backorder.orders.models import Order
from backorder.outbox.models import Subject
from backorder.payments.selectors import list_ending, list_not_taken, list_silent, list_stuck, list_to_pay

KINDS: dict[str, str] = {
    "phone": "tell the customer by phone",
    "reply": "read what the customer wrote",
    "callback": "call the customer, who asked for it",
    "cancel": "cancel what a law wants cancelled",
    "decide": "decide about an answer, or a parcel, that crossed its time",
    "repair": "see why no letter can be written",
    "send_money": "send money back by hand",
    "stuck_money": "see why money did not go back",
    "silent_money": "ask the provider what became of money that goes back",
    "charge": "see why money was not taken",
}
"""What there may be to do."""
CALLS = ("phone", "callback")


@dataclass(frozen=True)
class Task:
    """Something to do for a customer."""

    kind: str
    order: Order
    by: date | None = None  # the last day on which it counts; none: any day
    since: datetime | None = None
    about: str = ""  # a number, an amount, a few words
    number: int = 0  # of what it is about, among those of its kind
    missed: int = 0  # calls that reached nobody
    missed_at: datetime | None = None  # the last of them …
    missed_how: str = ""  # … and how it ended, as UNREACHED names it


def list_tasks(kind: str = "", most: int = 100) -> list[Task]:
    """List what is to be done, of one kind or of all, what is due first at the front; of each kind so many at most."""
    found = [task for name in KINDS if kind in ("", name) for task in FOUND[name](most)]
    return count_missed(sorted(found, key=lambda task: (task.by or date.max, task.order.pk)))


def list_phone(most: int) -> Iterator[Task]:
    """List whom no mail reaches, and who must be told something."""
    drafts = list(list_drafts().filter(to="", fault="")[:most])
    texts = find_texts_instead([draft.order for draft in drafts])
    for draft in drafts:
        phone = draft.order.customer.phone if draft.order.customer else ""
        about = "; ".join(part for part in (phone, texts.get(draft.order_id, "")) if part)
        yield Task("phone", draft.order, draft.tell_by, draft.since, about)


def find_texts_instead(orders: Sequence[Order]) -> Mapping[int, str]:
    """Find what became of the last text that went because a mail came back, by order: no law takes it for a notice."""
    copies = Copy.objects.filter(message__order__in=orders, instead=True).order_by("id")
    return {
        order: f"a text instead of the last mail: {outcome or 'on its way'}"
        for order, outcome in copies.values_list("message__order", "outcome")
    }


def list_repair(most: int) -> Iterator[Task]:
    """List of whom nothing can be written, though they must be told something."""
    for draft in list_drafts().exclude(fault="")[:most]:
        yield Task("repair", draft.order, draft.tell_by, draft.since, draft.fault)


def list_reply(most: int) -> Iterator[Task]:
    """List what customers answered."""
    for event in list_unread()[:most]:
        yield Task("reply", event.message.order, None, event.at, number=event.message_id)


def list_callback(most: int) -> Iterator[Task]:
    """List who wants to be called."""
    for wanted in list_open_callbacks()[:most]:
        about = " ".join(part for part in (wanted.phone, wanted.part) if part)
        yield Task("callback", wanted.order, wanted.wanted_on, wanted.entry.at, about, wanted.pk)


def list_cancel(most: int) -> Iterator[Task]:
    """List what laws want cancelled."""
    for overdue in list_overdue()[:most]:
        yield Task("cancel", overdue.order, overdue.since)


def list_decide(most: int) -> Iterator[Task]:
    """List what laws leave to a person."""
    asked = Deadline.objects.filter(kind__in=("ask_a_person", "crossed")).order_by("by", "line")
    for deadline in asked.select_related("line__order__customer")[:most]:
        yield Task("decide", deadline.line.order, deadline.by, about=f"line {deadline.line.number}")


def list_send_money(most: int) -> Iterator[Task]:
    """List what is to be sent by hand."""
    for transfer in list_to_pay()[:most]:
        yield Task("send_money", transfer.refund.order, transfer.refund.due_by, transfer.refund.entry.at)


def list_stuck_money(most: int) -> Iterator[Task]:
    """List what did not go back."""
    for refund in list_stuck()[:most]:
        yield Task("stuck_money", refund.order, refund.due_by, refund.entry.at)


def list_silent_money(most: int) -> Iterator[Task]:
    """List what a provider was to send back long ago, and nobody knows whether it did."""
    for transfer in list_silent(timezone.now())[:most]:
        refund = transfer.refund
        yield Task("silent_money", refund.order, refund.due_by, transfer.entry.at, transfer.said)


def list_charge(most: int) -> Iterator[Task]:
    """List what was not taken, and what is held and ends."""
    for charge in list_not_taken().select_related("order__customer", "entry")[:most]:
        until = charge.keeps_until
        yield Task("charge", charge.order, timezone.localdate(until) if until else None, charge.entry.at)
    for means in list_ending()[:most]:
        until = means.capture_before
        yield Task("charge", means.order, timezone.localdate(until) if until else None)


FOUND = {
    "phone": list_phone,
    "reply": list_reply,
    "callback": list_callback,
    "cancel": list_cancel,
    "decide": list_decide,
    "repair": list_repair,
    "send_money": list_send_money,
    "stuck_money": list_stuck_money,
    "silent_money": list_silent_money,
    "charge": list_charge,
}


def count_tasks() -> Mapping[str, int]:
    """Count what is to be done, by kind."""
    deadlines = Deadline.objects.aggregate(
        cancel=Count("line__order", filter=Q(kind="cancel"), distinct=True),
        decide=Count("pk", filter=Q(kind__in=("ask_a_person", "crossed"))),
    )
    drafts = list_drafts().order_by()
    return {
        "phone": drafts.filter(to="", fault="").count(),
        "reply": list_unread().count(),
        "callback": list_open_callbacks().count(),
        "cancel": deadlines["cancel"],
        "decide": deadlines["decide"],
        "repair": drafts.exclude(fault="").count(),
        "send_money": list_to_pay().count(),
        "stuck_money": list_stuck().count(),
        "silent_money": list_silent(timezone.now()).count(),
        "charge": list_not_taken().count() + list_ending().count(),
    }


def count_missed(tasks: Sequence[Task]) -> list[Task]:
    """Count how often who is to be called was not reached, and how the last call ended."""
    numbers = {task.order.number for task in tasks if task.kind in CALLS}
    calls = Subject.objects.filter(kind="order", key__in=numbers, entry__what=MISSED).order_by("entry")
    found: dict[str, list[tuple[datetime, str]]] = {}
    for number, at, how in calls.values_list("key", "entry__at", "entry__facts__how"):
        found.setdefault(number, []).append((at, how or NOBODY))
    return [
        replace(task, missed=len(missed), missed_at=missed[-1][0], missed_how=missed[-1][1])
        if task.kind in CALLS and (missed := found.get(task.order.number))
        else task
        for task in tasks
    ]
