"""Who must be told something, what was let go, and what became of it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from backorder.accounts.roles import ORDERS
from backorder.accounts.selectors import list_rights
from backorder.care.copies import webhook
from backorder.care.house import look_at_house
from backorder.care.judging import FactsError
from backorder.care.letters.pieces import LetterError
from backorder.care.links import hide_links
from backorder.care.models import Draft, MailEvent, Message
from backorder.care.post.messages import is_stopped, let_go, stop, take_back
from backorder.care.post.receipts import count_kept, drop_kept, let_kept_go
from backorder.care.post.rules import KINDS, TOLD
from backorder.care.post.selectors import (
    count_messages,
    find_message,
    is_last_day,
    list_drafts,
    list_messages,
)
from backorder.care.replies.arrivals import look_at_reply
from backorder.care.replies.selectors import list_events, list_replies, list_unread
from backorder.care.telling import note_failure
from backorder.console.access import may_change, name_cause, signed_in
from backorder.console.chosen import let_chosen_go, press_switch, read_chosen
from backorder.console.parts import Cell, Column, Empty, Row, Table, cut_short
from backorder.console.templatetags.words import say_count, say_day, say_time
from backorder.faults import FaultyInputError
from backorder.orders.services import OrderError

SHOWN = 100
DRAFTS = (
    Column("Order", whole=True),
    Column("Customer"),
    Column("To be told"),
    Column("Since", whole=True),
    Column("Counts until", whole=True),
    Column("How"),
)
REPLIES = (Column("Order", whole=True), Column("Customer"), Column("Came", whole=True), Column("Says"))
BEGINS = 160
"""So many letters of a reply are shown in a list."""
MESSAGES = (
    Column("Order", whole=True),
    Column("Told"),
    Column("Let go by"),
    Column("Let go", whole=True),
    Column("Where it is"),
)
OUTCOMES = {
    "": ("on its way", "info"),
    "sent": ("sent", "good"),
    "refused": ("not delivered", "bad"),
    "failed": ("not delivered", "bad"),
    "withdrawn": ("not true any more", "plain"),
    "taken_back": ("taken back", "plain"),
    "shadow": ("would have gone", "plain"),
}
EVENT_WORDS = {
    "delivered": "delivered to the mailbox",
    "deferred": "put off by a mail server, which tries on",
    "bounced": "came back",
    "complained": "called spam by whoever got it",
    "automatic": "answered by a machine: no answer",
    "reply": "answered",
}
NOTHING = Empty(
    "Nobody must be told anything", "What changes for somebody who waits appears here within a minute."
)
NONE_SENT = Empty("Nothing was sent yet", "What you let go appears here, with what became of it.")
SILENT = {
    "off": "Nothing is sent from here. Read each letter, send it yourself and note it; or say how in the rules of the house.",
    "shadow": "In the shadow: what rules would send is noted, and nothing leaves.",
}


@require_GET
@signed_in
def show_notices(request: HttpRequest) -> HttpResponse:
    """Show who must be told what, and what was sent."""
    now, (house, faults) = timezone.now(), look_at_house()
    mode = house.sending.mode
    counts, stopped, shadow = count_messages(now), is_stopped(), mode == "shadow"
    may_send = "orders" in list_rights(request.user) and mode == "on" and bool(settings.MAIL)
    shown = list(list_drafts()[:SHOWN])
    context = {
        "counts": counts,
        "stopped": stopped,
        "kept": count_kept(),
        "events_stopped": webhook.find_stop(),
        "house_faults": faults,
        "silent": "" if faults else say_silent(mode),
        "may_send": may_send and any(draft.to and not draft.fault for draft in shown),
        "replies": describe_replies(),
        "drafts": describe_drafts(shown, counts.drafts, now, may_send=may_send),
        "messages_table": describe_messages("Messages", list_messages(SHOWN)),
        "shadows": describe_messages("What would have gone", list_messages(SHOWN, shadow=True))
        if shadow
        else None,
    }
    return render(request, "console/notices.html", context)


def describe_replies() -> Table:
    """Lay out what customers answered and nobody dealt with."""
    unread = list_unread()
    rows = [describe_reply(reply) for reply in unread[:SHOWN]]
    count = unread.count() if len(rows) == SHOWN else len(rows)
    return Table("Replies to read", REPLIES, rows, cut=cut_short(len(rows), count))


def describe_reply(reply: MailEvent) -> Row:
    """Lay out a reply."""
    order, page = reply.message.order, reverse("message", args=[reply.message_id])
    cells = [Cell(order.number, link=page), Cell(order.buyer), Cell(say_time(reply.at))]
    return Row([*cells, Cell(textwrap.shorten(hide_links(reply.text), BEGINS) or "no text")], page)


def say_silent(mode: str) -> str:
    """Say why nothing leaves; blank if it does."""
    if mode == "on" and not settings.MAIL:
        return "Nothing can leave: no mail server is named. Set BACKORDER_MAIL, and start again."
    return SILENT.get(mode, "")


def describe_drafts(drafts: Sequence[Draft], count: int, now: datetime, *, may_send: bool) -> Table:
    """Lay out what is to be told."""
    columns = (Column("Send"), *DRAFTS) if may_send else DRAFTS
    rows = [describe_draft(draft, now, may_send=may_send) for draft in drafts]
    return Table("Who must be told", columns, rows, NOTHING, cut_short(len(drafts), count))


def describe_draft(draft: Draft, now: datetime, *, may_send: bool) -> Row:
    """Lay out one of them."""
    order = draft.order
    letter = reverse("letter", args=[order.number])
    ready = draft.to and not draft.fault
    tick = Cell(f"Send {order.number}", tick=f"{order.pk}:{draft.news}") if ready else Cell("")
    last = is_last_day(draft, now)
    until = Cell(say_day(draft.tell_by), tone="bad" if last else "") if draft.tell_by else Cell("any day")
    if draft.fault:
        how = Cell("a person must look", tone="bad", note=draft.fault)
    else:
        how = (
            Cell("by mail", note=draft.to)
            if draft.to
            else Cell("by a person", tone="warn", note=say_phone(draft))
        )
    cells = [
        Cell(order.number, link=letter),
        Cell(order.buyer),
        Cell(KINDS[draft.kind]),
        Cell(say_time(draft.since)),
        until,
        how,
    ]
    return Row([tick, *cells] if may_send else cells, letter)


def say_phone(draft: Draft) -> str:
    """Say where a person reaches the customer."""
    phone = draft.order.customer.phone if draft.order.customer else ""
    return (
        f"no address takes mail; phone {phone}" if phone else "no address takes mail, and no phone is known"
    )


def describe_messages(caption: str, found: Sequence[Message]) -> Table:
    """Lay out messages."""
    return Table(caption, MESSAGES, [describe_message(message) for message in found], NONE_SENT)


def describe_message(message: Message) -> Row:
    """Lay out a message."""
    page = reverse("message", args=[message.pk])
    return Row(
        [
            Cell(message.order.number, link=page),
            Cell(TOLD[message.kind]),
            Cell(message.entry.who),
            Cell(say_time(message.entry.at)),
            describe_outcome(message),
        ],
        page,
    )


def describe_outcome(message: Message) -> Cell:
    """Say what became of a message."""
    notice = getattr(message, "notice", None)
    said, tone = OUTCOMES["refused" if notice is not None and hasattr(notice, "failure") else message.outcome]
    note = " · ".join(
        part for part in (say_time(message.ended_at) if message.ended_at else "", message.said) if part
    )
    return Cell(said, tone=tone, note=note)


@require_POST
@may_change(ORDERS)
def send_chosen(request: HttpRequest) -> HttpResponse:
    """Let go what was chosen, as far as it is what was read."""
    nothing = "Nothing was chosen. Tick the orders whose customers you want to write to."
    let_chosen_go(request, send_one, "message", nothing)
    return redirect("notices")


def send_one(request: HttpRequest, chosen: str) -> str:
    """Let one message go; else say why not."""
    key, news = read_chosen(chosen)
    draft = list_drafts().filter(order=key).first()
    if draft is None:
        return "An order that you chose needs no message any more."
    try:
        let_go(draft.order, news, name_cause(request))
    except (OrderError, LetterError, FactsError, FaultyInputError) as error:
        return f"{draft.order.number}: {error}"
    return ""


@require_POST
@may_change(ORDERS)
def stop_all(request: HttpRequest) -> HttpResponse:
    """Stop all messages, or let them go on."""
    press_switch(request, stop, "All messages are stopped.", "Messages go on.")
    return redirect("notices")


@require_POST
@may_change(ORDERS)
def let_events_go(request: HttpRequest) -> HttpResponse:
    """Let programs be told of messages again."""
    webhook.stop(name_cause(request), stopped=False)
    messages.success(request, "Programs are told of messages again.")
    return redirect("notices")


@require_POST
@may_change(ORDERS)
def let_receipts_go(request: HttpRequest) -> HttpResponse:
    """Let the receipts go that were kept back because there were many, or drop them."""
    drops = request.POST.get("drop") == "yes"
    entry = (drop_kept if drops else let_kept_go)(name_cause(request))
    if entry is None:
        messages.info(request, "No receipts are kept back any more.")
    else:
        said = say_count(int(entry.facts["receipts"]), "receipt")
        messages.success(request, f"{said} dropped." if drops else f"{said} let go.")
    return redirect("notices")


@require_GET
@signed_in
def show_message(request: HttpRequest, number: int) -> HttpResponse:
    """Show a message as it was sent, or would be."""
    message = get_message(number)
    context: dict[str, Any] = {
        "message": message,
        "kind": TOLD[message.kind],
        "text": hide_links(message.text),
        "outcome": describe_outcome(message),
        "copies": [
            (copy, OUTCOMES[copy.outcome][0], hide_links(copy.text)) for copy in message.copies.order_by("id")
        ],
        "events": [
            (event, hide_links(event.text), EVENT_WORDS[event.kind]) for event in list_events(message)
        ],
        "may_take_back": not message.outcome and message.handed_at is None,
        "may_have_failed": message.outcome == "sent" and not hasattr(message.notice, "failure"),
    }
    return render(request, "console/message.html", context)


def get_message(number: int) -> Message:
    """Find a message. Raises Http404."""
    message = find_message(number)
    if message is None:
        text = f"There is no message {number}."
        raise Http404(text)
    return message


@require_POST
@may_change(ORDERS)
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take back a message that did not leave."""
    try:
        take_back(get_message(number), name_cause(request))
    except OrderError as error:
        messages.error(request, f"{error}.")
    else:
        messages.success(request, "It is taken back.")
    return redirect("message", number)


@require_POST
@may_change(ORDERS)
def note_return(request: HttpRequest, number: int) -> HttpResponse:
    """Note that a message came back: its customer was not told."""
    message = get_message(number)
    if message.outcome != "sent":
        messages.error(request, f"The message to the customer of {message.order.number} was not sent.")
    else:
        note_failure(message.notice, name_cause(request))
        messages.success(
            request,
            "It is noted: the receipt did not arrive. Tell the customer otherwise."
            if message.is_receipt
            else "It is noted: the customer was not told, and is in the list again.",
        )
    return redirect("message", number)


@require_POST
@may_change(ORDERS)
def read_reply(request: HttpRequest, number: int) -> HttpResponse:
    """Note that a reply was dealt with."""
    reply = list_replies().filter(pk=number).first()
    if reply is None:
        text = f"There is no reply {number}."
        raise Http404(text)
    look_at_reply(reply, name_cause(request))
    messages.success(request, "It is noted: you dealt with the reply.")
    return redirect("message", reply.message_id)
