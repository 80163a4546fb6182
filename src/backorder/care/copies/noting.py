"""What is to go by other ways than mail, once for each message and way: read from the journal, as receipts are."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from backorder.care.copies.rules import TEXTED
from backorder.care.copies.text_wishes import find_numbers
from backorder.care.house import House
from backorder.care.letters.texts import write_text
from backorder.care.links import write_link
from backorder.care.models import TEXT, WEBHOOK, Copy, Message, Notice, NoticeFailure
from backorder.orders.models import Order
from backorder.outbox.models import Entry

REFUSED = ("message.refused", "receipt.refused")
HOOK = "webhook:"
"""The mail server of a house whose own program sends: it is told of each message already."""
Found = tuple[Message, Entry, bool]
"""A message, the entry by which it is known what became of its mail, and whether that did not arrive."""


def note_copies(house: House, after: int, until: int) -> None:
    """Note what is to go by other ways, in the caller's transaction: for entries with a number above the first, up to the second."""
    if house.sending.mode != "on" or not (settings.TEXT_URL or tells_events()):
        return
    found = list(list_found(after, until))
    orders = Order.objects.select_related("customer").in_bulk({message.order_id for message, _, _ in found})
    numbers = find_numbers(each.customer_id for each in orders.values() if each.customer_id)
    copies = []
    for message, entry, failed in found:
        message.order = orders[message.order_id]
        number = numbers.get(message.order.customer_id or 0, "")
        if number and settings.TEXT_URL and wants_text(house, message, failed=failed):
            copies.append(build_text(house, message, entry, number, instead=failed))
        if tells_events() and not failed:
            copies.append(Copy(message=message, way=WEBHOOK, entry=entry, try_at=entry.at))
    Copy.objects.bulk_create(copies, ignore_conflicts=True, batch_size=1_000)


def tells_events() -> bool:
    """Tell whether a program is told of what mail servers took."""
    return bool(settings.WEBHOOK_URL) and settings.MAIL != HOOK


def wants_text(house: House, message: Message, *, failed: bool) -> bool:
    """Tell whether the house sends a text of a message: beside its mail by its kind, instead of one that did not arrive.

    What is kept for who is invited, or offered something, is given to others where its mail did not arrive: no text tells of it.
    """
    if message.kind not in TEXTED:
        return False
    return house.texting.when_mail_fails if failed else message.kind in house.texting.kinds


def build_text(house: House, message: Message, entry: Entry, number: str, *, instead: bool) -> Copy:
    """Build the text of a message."""
    link = write_link(message.order, timezone.localdate(entry.at))
    text = write_text(message, house, link, instead=instead)
    return Copy(
        message=message, way=TEXT, instead=instead, to=number, text=text, entry=entry, try_at=entry.at
    )


def list_found(after: int, until: int) -> Iterator[Found]:
    """List of which messages it became known that a mail server took them, refused them, or brought them back."""
    between = Q(entry__gt=after, entry__lte=until)
    sent = Notice.objects.filter(between, message__isnull=False).select_related("message", "entry")
    for notice in sent.order_by("id"):
        assert notice.message is not None
        yield notice.message, notice.entry, False
    back = NoticeFailure.objects.filter(between, notice__message__isnull=False)
    for failure in back.select_related("notice__message", "entry").order_by("id"):
        assert failure.notice.message is not None
        yield failure.notice.message, failure.entry, True
    refused = Entry.objects.filter(pk__gt=after, pk__lte=until, what__in=REFUSED)
    by_cause = {entry.caused_by_id: entry for entry in refused.order_by("id")}
    for message in Message.objects.filter(outcome="refused", entry__in=by_cause).order_by("id"):
        yield message, by_cause[message.entry_id], True
