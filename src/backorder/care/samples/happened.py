"""Samples of what happened, of invitations and of offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from backorder.care.choices import PAGE
from backorder.care.letters.arrived import say_arrived
from backorder.care.letters.cancelled import name_cancelled, say_cancelled, say_owed
from backorder.care.letters.charging import say_ahead, say_failed
from backorder.care.letters.parts import Said
from backorder.care.letters.receipts import (
    name_answered,
    name_refunded,
    name_shipped,
    say_answer,
    say_for_what,
    say_received,
    say_shipment,
    say_transfer,
)
from backorder.care.letters.scene import say_nothing_left
from backorder.care.letters.thanked import say_thanked, say_thanks
from backorder.care.models import INVITED, OFFERED, Answer, Offer, Thanks
from backorder.care.offers.letter import say_offered
from backorder.care.refunds.owed import Owed
from backorder.care.samples.stage import CURRENCY, PRICE, UNITS, Stage
from backorder.care.waitlist.letter import say_invitation
from backorder.catalog.models import Item
from backorder.fulfilment.models import Shipment
from backorder.orders.models import Cancellation
from backorder.outbox.models import Entry
from backorder.payments.models import BY_HAND, Transfer

CARRIER, PARCEL, FOLLOW = "Example Post", "EX 123", "https://post.example/EX123"
WEEK, TWO_WEEKS, MONTH = 7, 14, 30
THANKS = 490
"""Minor units."""
PAID = UNITS * PRICE
Sample = tuple[str, list[Said]]


def show_cancelled(stage: Stage) -> Sample:
    """Say that a customer cancelled on the page."""
    scene = stage.scene
    gone = Cancellation(line=stage.line, quantity=UNITS, by="buyer", entry=Entry(at=scene.now))
    answer = Answer(line=stage.line, kind="cancels", channel=PAGE, said_at=scene.now)
    rules = scene.house.refunds
    due_by = stage.in_days(TWO_WEEKS if rules.mode == "off" else min(rules.days, TWO_WEEKS))
    owed = Owed(scene.order, [gone], PAID, CURRENCY, due_by, "", scene.now)
    said: list[Said] = [say_cancelled(gone, answer, scene), (stage.units,), say_owed(owed, scene.speech)]
    return name_cancelled([stage.units], scene), [*said, say_nothing_left(scene.speech)]


def show_answered(stage: Stage) -> Sample:
    """Say that a customer agreed to wait."""
    scene = stage.scene
    answer = Answer(line=stage.line, kind="accepts", channel=PAGE, said_at=scene.now)
    agreed = say_answer(answer, stage.units, stage.in_days(MONTH), scene.speech)
    return name_answered(scene), [say_received(scene.now, scene), (agreed,)]


def show_shipped(stage: Stage) -> Sample:
    """Say that all of it left."""
    scene = stage.scene
    parcel = {"carrier": CARRIER, "tracking_number": PARCEL, "tracking_link": FOLLOW}
    shipment = Shipment(order=scene.order, shipped_at=scene.now, **parcel)
    said = say_shipment(shipment, [stage.units], scene)
    return name_shipped([stage.units], scene), [*said, say_nothing_left(scene.speech)]


def show_refunded(stage: Stage) -> Sample:
    """Say that money left by hand."""
    scene = stage.scene
    transfer = Transfer(way=BY_HAND, amount=PAID, sent_at=scene.now)
    said = [say_transfer(transfer, CURRENCY, scene), *say_for_what([stage.units], scene.speech)]
    return name_refunded({CURRENCY: PAID}, scene), said


def show_arrived(stage: Stage) -> Sample:
    """Say that it is here."""
    scene = stage.scene
    return say_arrived([stage.units], {scene.day(scene.now): [stage.units]}, [], scene)


def show_charge_ahead(stage: Stage) -> Sample:
    """Say what is to be charged."""
    return say_ahead([(stage.in_days(WEEK), {CURRENCY: PAID})], stage.scene)


def show_charge_failed(stage: Stage) -> Sample:
    """Say that a card gave nothing."""
    until = stage.scene.now + timedelta(days=WEEK)
    return say_failed({CURRENCY: PAID}, until, stage.scene, asks=False)


def show_thanked(stage: Stage) -> Sample:
    """Say thanks: in the words of the first rule that has some, else with money."""
    scene = stage.scene
    words = [rule.say(scene.speech.language) for rule in scene.house.incentives if rule.words]
    money = Thanks(manner="refund", amount=THANKS, currency=CURRENCY)
    return say_thanked(words[:1] or [say_thanks(money, scene.speech)], scene)


def show_invited(stage: Stage) -> Sample:
    """Say that units are kept for somebody on a waitlist."""
    scene = stage.scene
    known = (scene.moment(scene.now + scene.house.waitlist.holds_for), stage.matter.link)
    return say_invitation(stage.line, known, stage.matter, scene.speech, more_wished=False)


def show_offered(stage: Stage) -> Sample:
    """Say that a variant could be had instead, for less."""
    scene = stage.scene
    offer = Offer(
        line=stage.line,
        quantity=UNITS,
        kind="variant",
        item=Item(pk=2, sku="LAMP-2", name="LAMP-2", currency=CURRENCY),
        units=UNITS,
        unit_price=PRICE - 100,
    )
    days = (stage.in_days(1), stage.in_days(MONTH))
    known = (scene.moment(scene.now + scene.house.offers.lasts), stage.matter.link)
    return say_offered(offer, days, known, stage.matter, scene.speech)


SAMPLES: Mapping[str, Callable[[Stage], Sample]] = {
    "cancelled": show_cancelled,
    "answered": show_answered,
    "shipped": show_shipped,
    "refunded": show_refunded,
    "arrived": show_arrived,
    "charge_ahead": show_charge_ahead,
    "charge_failed": show_charge_failed,
    "thanked": show_thanked,
    INVITED: show_invited,
    OFFERED: show_offered,
}
"""The subject of each kind, and what it says; of invitations and offers all of it."""
