"""Receipts of charges: what is to be charged when it ships, and what could not be taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils import timezone

from backorder.care.charges.announcing import list_still
from backorder.care.letters.parts import Said
from backorder.care.letters.scene import Scene
from backorder.care.letters.speech import Speech
from backorder.outbox.models import Entry
from backorder.payments.failing import list_still_failed, sum_to_pay
from backorder.payments.models import Attempt


def announce_charge(scene: Scene, entries: Sequence[int]) -> tuple[str, list[Said]]:
    """Tell how much is to be charged when what ships leaves, by which day, and what the customer can do."""
    entry = Entry.objects.get(pk=max(entries))
    return say_ahead(list_still(scene.order, entry, timezone.localdate(scene.now)), scene)


def say_ahead(told: Sequence[tuple[date, Mapping[str, int]]], scene: Scene) -> tuple[str, list[Said]]:
    """Say how much is to be charged on which days, and what the customer can do before; amounts: minor units by currency."""
    speech, sums = scene.speech, dict[str, int]()
    for _, amounts in told:
        for currency, amount in amounts.items():
            sums[currency] = sums.get(currency, 0) + amount
    subject = speech.say(
        "Your order {order}: {amount} to be charged when it ships",
        order=scene.order.number,
        amount=add_up(sums, speech),
    )
    said: list[Said] = [
        speech.say(
            "We plan to ship on {day}, and charge {amount} to your card then.",
            day=speech.day(on),
            amount=add_up(amounts, speech),
        )
        for on, amounts in told
    ]
    if not scene.house.charges.before_shipment:
        said.append(speech.say("Nothing is charged before it ships."))
    said.append(
        speech.say("Before that you can change or cancel your order, or give us another card: please ask us.")
    )
    return subject, said


def say_charge_failed(scene: Scene, entries: Sequence[int]) -> tuple[str, list[Said]]:
    """Tell how much could not be taken, until when the order keeps its place, and how it can be paid."""
    facts = Entry.objects.filter(pk__in=entries).values_list("facts", flat=True)
    attempts = Attempt.objects.filter(pk__in=[each["attempt"] for each in facts])
    charges = list_still_failed(entries, scene.now)
    sums = sum_to_pay(scene.order, charges)
    until = max(each.keeps_until for each in charges if each.keeps_until is not None)
    return say_failed(sums, until, scene, asks=any(each.needs_customer for each in attempts))


def say_failed(
    sums: Mapping[str, int], until: datetime, scene: Scene, *, asks: bool
) -> tuple[str, list[Said]]:
    """Say how much could not be taken, and until when the order keeps its place; `asks`: the bank wants to ask the customer."""
    speech = scene.speech
    amounts = add_up(sums, speech)
    subject = speech.say(
        "Your order {order}: we could not take {amount}", order=scene.order.number, amount=amounts
    )
    said: list[Said] = [
        speech.say("We could not take {amount} from your card.", amount=amounts),
        speech.say("Your order keeps its place until {day}.", day=scene.day(until)),
    ]
    if asks:
        said.append(speech.say("Your bank wants to ask you first: pay on the page of your order."))
    else:
        said.append(speech.say("Please give us another card, or ask us how else you can pay."))
    return subject, said


def add_up(sums: Mapping[str, int], speech: Speech) -> str:
    """Write amounts of several currencies as one sum."""
    return " + ".join(speech.money(amount, currency) for currency, amount in sums.items())
