"""Receipts: what happened to an order in writing, as a customer keeps it. They report facts with their time, and ask for nothing.

A receipt is no notice of a delay: it counts for no law as one, and whoever gets it has heard no news.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from backorder.care.feedback.asking import find_question
from backorder.care.house import read_house
from backorder.care.judging import build_parties, find_rules
from backorder.care.letters.arrived import confirm_arrived
from backorder.care.letters.cancelled import confirm_cancelled
from backorder.care.letters.charging import add_up, announce_charge, say_charge_failed
from backorder.care.letters.parts import Matter, Rights, Said, give_contact, greet, name_units
from backorder.care.letters.scene import Scene, say_rest, say_subject
from backorder.care.letters.speech import Speech
from backorder.care.letters.thanked import confirm_thanked
from backorder.care.letters.writing import Letter, choose_language, name_customer
from backorder.care.links import write_link
from backorder.care.models import Answer, Offer
from backorder.fulfilment.models import Shipment
from backorder.fulfilment.selectors import read_shipments
from backorder.orders.models import Order
from backorder.outbox.models import Entry
from backorder.payments.models import BY_HAND, Refund, Transfer

ASKING = ("shipped", "cancelled")
"""Kinds of receipts that may ask what the customer thinks."""


@dataclass(frozen=True)
class Event:
    """What happened to an order: its kind, of RECEIPTS, and the entries of the journal by which it happened."""

    kind: str
    entries: Sequence[int]


def write_receipt(order: Order, event: Event, now: datetime) -> Letter:
    """Write what happened to an order for its customer."""
    house = read_house()
    rules = find_rules(build_parties(order, house), order.ordered_on, house)
    speech, zone = Speech(choose_language(order, house)), rules.place.zone
    scene = Scene(order, house, speech, zone, now, frozenset(pack.name for pack in rules.packs))
    today = now.astimezone(zone).date()
    rights = Rights(
        runs=False, may_set_period=False, may_end=False, refund_by=None
    )  # a receipt speaks of none
    matter = Matter(order.number, name_customer(order), [], rights, house, today)
    subject, said = WRITERS[event.kind](scene, event.entries)
    link = write_link(order, today)
    see = list_links(link, ask_feedback(event.kind, link, scene), speech)
    body = (*greet(matter, speech), *said, *see, *give_contact(matter, speech))
    to = order.customer.email if order.customer else ""
    return Letter(
        order, to, speech.language, today, zone, " ".join(subject.split()), body, None, (), None, matter
    )


def list_links(link: str, question: str, speech: Speech) -> list[str]:
    """List where the customer sees how the order stands, and can say what they think; a blank one is left out."""
    see = [speech.say("See here how your order stands today: {link}", link=link)] if link else []
    if question:
        see.append(speech.say("Tell us here what you think, in a minute: {link}", link=question))
    return see


def ask_feedback(kind: str, link: str, scene: Scene) -> str:
    """Find where a receipt asks what the customer thinks; blank if it does not, as where it acknowledges a withdrawal."""
    acknowledges = kind == "cancelled" and "eu" in scene.laws
    return "" if kind not in ASKING or acknowledges else find_question(scene.order, link, scene.house)


def confirm_answered(scene: Scene, entries: Sequence[int]) -> tuple[str, list[Said]]:
    """Confirm what a customer chose on the page, and when it was received."""
    answers = Answer.objects.filter(line__order=scene.order.pk, entry__in=entries)
    rows = answers.select_related("line__item", "notice").prefetch_related("notice__lines").order_by("id")
    groups: dict[str, list[str]] = {}
    for each in rows:
        first = say_received(each.said_at, scene)
        units = name_units(each.line, each.quantity or each.line.quantity_ordered, scene.speech)
        groups.setdefault(first, []).append(say_answer(each, units, find_day(each), scene.speech))
    taken = Offer.objects.filter(cancellation__entry__in=entries, line__order=scene.order.pk)
    for offer in taken.select_related("line__item", "item", "cancellation__entry").order_by("id"):
        moment = scene.moment(offer.cancellation.entry.at)  # type: ignore[union-attr] # as chosen
        groups.setdefault(scene.speech.say("You said yes on {moment}:", moment=moment), []).append(
            say_taken(offer, scene.speech)
        )
    return name_answered(scene), [said for first, same in groups.items() for said in (first, tuple(same))]


def name_answered(scene: Scene) -> str:
    """Name in a subject that a choice was received."""
    return scene.speech.say("Your order {order}: what you chose has reached us", order=scene.order.number)


def say_received(at: datetime, scene: Scene) -> str:
    """Say when a choice was received."""
    return scene.speech.say("We received on {moment}, on the page of your order:", moment=scene.moment(at))


def say_taken(offer: Offer, speech: Speech) -> str:
    """Say what a customer took in the place of what."""
    instead = f"{speech.number(offer.units)} × {offer.item.name or offer.item.sku}"
    units = name_units(offer.line, offer.quantity, speech)
    return speech.say("You took {instead} instead of {units}.", instead=instead, units=units)


def say_answer(answer: Answer, units: str, day: date | None, speech: Speech) -> str:
    """Say what a customer chose, about which day."""
    named = speech.day(day) if day else ""
    if answer.kind == "cancels":
        return speech.say("You asked to cancel {units}.", units=units)
    if answer.kind == "period":
        return speech.say("You set us a further period for {units}: until {day}.", units=units, day=named)
    if day is None:
        return speech.say("You agreed to wait for {units} without a day.", units=units)
    return speech.say("You agreed to wait for {units} until {day}.", units=units, day=named)


def find_day(answer: Answer) -> date | None:
    """Find the day that an answer is about: that of its period, or the last that the notice named of the line."""
    if answer.until is not None or answer.notice is None:
        return answer.until
    days = [told.revised_on for told in answer.notice.lines.all() if told.line_id == answer.line_id]
    named = [day for day in days if day is not None]
    return max(named, default=None) if len(named) == len(days) else None


def confirm_shipped(scene: Scene, entries: Sequence[int]) -> tuple[str, list[Said]]:
    """Tell what left, by whom and under which number, and what still waits."""
    shipments = list(read_shipments().filter(order=scene.order.pk, entry__in=entries).order_by("pk"))
    said = [
        paragraph
        for shipment in shipments
        for paragraph in say_shipment(
            shipment, scene.count((end.release.line, end.quantity) for end in shipment.lines.all()), scene
        )
    ]
    units = scene.count(
        (end.release.line, end.quantity) for shipment in shipments for end in shipment.lines.all()
    )
    return name_shipped(units, scene), [*said, *say_rest(scene)]


def name_shipped(units: Sequence[str], scene: Scene) -> str:
    """Name what left in a subject."""
    return say_subject(
        units,
        (
            scene.speech.say(
                "Your order {order}: shipped: {units}", order=scene.order.number, units=units[0]
            ),
            scene.speech.say(
                "Your order {order}: shipped: {units}, and more", order=scene.order.number, units=units[0]
            ),
        ),
    )


def say_shipment(shipment: Shipment, units: Sequence[str], scene: Scene) -> Iterator[Said]:
    """Say what left at one time, and where it can be followed."""
    speech, day = scene.speech, scene.day(shipment.shipped_at)
    if shipment.carrier:
        yield speech.say("Left on {day} with {carrier}.", day=day, carrier=shipment.carrier)
    else:
        yield speech.say("Left on {day}.", day=day)
    yield tuple(units)
    if shipment.tracking_number:
        yield speech.say("Number of the parcel: {number}", number=shipment.tracking_number)
    if shipment.tracking_link:
        yield speech.say("Follow the parcel: {link}", link=shipment.tracking_link)


def confirm_refunded(scene: Scene, entries: Sequence[int]) -> tuple[str, list[Said]]:
    """Tell what money left: how much, when, to where, and for what."""
    facts = Entry.objects.filter(pk__in=entries).values_list("facts", flat=True)
    rows = Transfer.objects.filter(
        pk__in=[each["transfer"] for each in facts], refund__order=scene.order.pk
    ).select_related("refund", "payment")
    groups: dict[Refund, list[Transfer]] = {}
    for transfer in rows.order_by("id"):
        groups.setdefault(transfer.refund, []).append(transfer)
    said = [
        paragraph for refund, sent in groups.items() for paragraph in say_refund_sent(refund, sent, scene)
    ]
    sums: dict[str, int] = {}
    for refund, sent in groups.items():
        sums[refund.currency] = sums.get(refund.currency, 0) + sum(each.amount for each in sent)
    return name_refunded(sums, scene), said


def name_refunded(sums: Mapping[str, int], scene: Scene) -> str:
    """Name in a subject how much left, minor units by currency."""
    return scene.speech.say(
        "Your order {order}: {amount} sent back to you",
        order=scene.order.number,
        amount=add_up(sums, scene.speech),
    )


def say_refund_sent(refund: Refund, sent: Sequence[Transfer], scene: Scene) -> Iterator[Said]:
    """Say what left of a refund, and for what it is."""
    for transfer in sent:
        yield say_transfer(transfer, refund.currency, scene)
    speech = scene.speech
    if sum(each.amount for each in sent) < refund.amount:
        whole = speech.money(refund.amount, refund.currency)
        yield speech.say("It is a part of {amount} that you get back.", amount=whole)
    parts = refund.parts.select_related("cancellation__line__item").order_by("id")
    units = scene.count((part.cancellation.line, part.cancellation.quantity) for part in parts)
    if units:
        yield from say_for_what(units, speech)


def say_for_what(units: Sequence[str], speech: Speech) -> list[Said]:
    """Say for what money is that left."""
    return [speech.say("It is for what was cancelled:"), tuple(units)]


def say_transfer(transfer: Transfer, currency: str, scene: Scene) -> str:
    """Say that money left, and to where, as far as that is known: what came by card may go back to an account."""
    assert transfer.sent_at is not None
    payment, speech = transfer.payment, scene.speech
    values = {"amount": speech.money(transfer.amount, currency), "day": scene.day(transfer.sent_at)}
    same_way = payment is not None and payment.way == transfer.way and transfer.way != BY_HAND
    if transfer.to:
        return speech.say("We sent {amount} back to you on {day}, to {label}.", **values, label=transfer.to)
    if same_way:
        return speech.say("We sent {amount} back to you on {day}, the way that you paid.", **values)
    return speech.say("We sent {amount} back to you on {day}.", **values)


WRITERS: Mapping[str, Callable[[Scene, Sequence[int]], tuple[str, list[Said]]]] = {
    "cancelled": confirm_cancelled,
    "answered": confirm_answered,
    "shipped": confirm_shipped,
    "refunded": confirm_refunded,
    "arrived": confirm_arrived,
    "charge_ahead": announce_charge,
    "charge_failed": say_charge_failed,
    "thanked": confirm_thanked,
}
"""The subject and the paragraphs of each kind."""
