"""What happened to an order, as its page tells it: what left, what was promised, told, chosen and changed, each with its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.db.models import Prefetch, Q

from backorder.allocation.models import Promise
from backorder.care.changes import Changeable, Undo
from backorder.care.choices import CUSTOMER
from backorder.care.letters.parts import name_units
from backorder.care.letters.reasons import REASONS, TOO_FEW
from backorder.care.letters.receipts import find_day, say_answer, say_taken
from backorder.care.letters.speech import Speech
from backorder.care.links import hide_links
from backorder.care.models import Answer, Notice, NoticeLine, Offer
from backorder.fulfilment.models import Shipment
from backorder.fulfilment.selectors import read_shipments
from backorder.orders.models import Cancellation, Order
from backorder.outbox.models import Entry
from backorder.outbox.selectors import read_story
from backorder.portal.words import say_changed, say_day_of, say_time

CHANGES = ("order.amended", "line.amended", "order.address_changed", "callback.noted")
"""Entries by which a customer changes something here."""


@dataclass(frozen=True)
class Parcel:
    """What left at once, with whom, and where it can be followed."""

    said: str
    units: Sequence[str]
    link: str
    left: Shipment


@dataclass(frozen=True)
class Told:
    """What was told, promised or chosen, and when."""

    at: str
    text: str
    moment: datetime
    of: Promise | Notice | Answer | Cancellation | Entry | Offer
    undo: Undo | None = None


def list_parcels(order: Order, zone: tzinfo, speech: Speech) -> Iterator[Parcel]:
    """List what left."""
    for shipment in read_shipments().filter(order=order.pk).order_by("shipped_at", "pk"):
        day = speech.day(shipment.shipped_at.astimezone(zone).date())
        by = " ".join(part for part in (shipment.carrier, shipment.tracking_number) if part)
        said = (
            speech.say("Left on {day} with {carrier}.", day=day, carrier=by)
            if by
            else speech.say("Left on {day}.", day=day)
        )
        units = [name_units(end.release.line, end.quantity, speech) for end in shipment.lines.all()]
        yield Parcel(said, units, shipment.tracking_link, shipment)


def list_promised(order: Order, zone: tzinfo, speech: Speech) -> Iterator[Told]:
    """List every day that was promised and why, the last first."""
    promises = Promise.objects.filter(line__order=order.pk).select_related("line__item", "entry")
    for promise in promises.order_by("-id"):
        line = promise.line
        day = say_day_of(line.item.name or line.item.sku, promise.promised_on, speech)
        why = speech.say(REASONS.get(promise.reason, TOO_FEW)) if promise.reason != "ON_HAND" else ""
        yield Told(
            say_time(promise.entry.at, zone, speech),
            f"{day} ({why})" if why else day,
            promise.entry.at,
            promise,
        )


def list_told_before(order: Order, zone: tzinfo, speech: Speech) -> Iterator[Told]:
    """List what the customer was told, the last first: its text, or the days that it named."""
    told = Notice.objects.filter(order=order.pk, failure=None)
    days = Prefetch("lines", NoticeLine.objects.select_related("line__item"))
    for notice in told.prefetch_related(days).order_by("-told_at", "-id"):
        said = hide_links(notice.text) or "\n".join(say_told_day(line, speech) for line in notice.lines.all())
        yield Told(say_time(notice.told_at, zone, speech), said, notice.told_at, notice)


def say_told_day(told: NoticeLine, speech: Speech) -> str:
    """Say a day that was told of a line."""
    units = name_units(told.line, told.quantity or told.line.quantity_ordered, speech)
    return say_day_of(units, told.revised_on, speech)


def list_said(order: Order, zone: tzinfo, speech: Speech) -> Iterator[Told]:
    """List what the customer said, and what was cancelled."""
    answers = Answer.objects.filter(line__order=order.pk).select_related("line__item", "notice")
    for answer in answers.prefetch_related("notice__lines").order_by("id"):
        units = name_units(answer.line, answer.quantity or answer.line.quantity_ordered, speech)
        said = say_answer(answer, units, find_day(answer), speech)
        yield Told(say_time(answer.said_at, zone, speech), said, answer.said_at, answer)
    offers = Offer.objects.filter(line__order=order.pk, outcome__in=("taken", "declined"))
    answered = list(offers.select_related("line__item", "item").order_by("id"))
    taken = {offer.cancellation_id: offer for offer in answered}
    gone = Cancellation.objects.filter(line__order=order.pk).select_related("line__item", "entry")
    for each in gone.order_by("id"):
        offer = taken.get(each.pk)
        said = (
            say_taken(offer, speech)
            if offer
            else speech.say("Cancelled: {units}.", units=name_units(each.line, each.quantity, speech))
        )
        yield Told(say_time(each.entry.at, zone, speech), said, each.entry.at, offer or each)
    for offer in answered:
        if offer.outcome == "declined":
            assert offer.ended_at is not None
            item = offer.item.name or offer.item.sku
            said = speech.say("You did not want {item} instead.", item=item)
            yield Told(say_time(offer.ended_at, zone, speech), said, offer.ended_at, offer)


def list_changed(order: Order, changes: Changeable, zone: tzinfo, speech: Speech) -> Iterator[Told]:
    """List what the customer changed here, and what became of a call that was wished for."""
    story = read_story("order", order.number).filter(
        Q(who=CUSTOMER, what__in=CHANGES) | Q(what="callback.ended")
    )
    undos = {undo.entry.pk: undo for undo in changes.undoable}
    names = {line.number: line.item.name or line.item.sku for line in order.lines.all()}
    for entry in story:
        said = say_changed(entry, names, speech)
        if said:
            yield Told(say_time(entry.at, zone, speech), said, entry.at, entry, undos.get(entry.pk))
