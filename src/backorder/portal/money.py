"""What the page of an order says of money: what came in, what goes back, and what is still to be decided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, tzinfo

from backorder.care.house import House
from backorder.care.letters.speech import Speech
from backorder.care.refunds.owed import list_owed
from backorder.orders.models import Order
from backorder.payments.models import Refund, Transfer
from backorder.payments.selectors import list_open_links, read_payments, read_refunds


def list_money(order: Order, now: datetime, zone: tzinfo, speech: Speech, house: House) -> Iterator[str]:
    """List what there is to say of money, what happened first at the front."""
    for payment in read_payments().filter(order=order.pk).order_by("paid_at", "pk"):
        amount, day = (
            speech.money(payment.amount, payment.currency),
            speech.day(find_day(payment.paid_at, zone)),
        )
        yield name(speech.say("{amount} came in on {day}", amount=amount, day=day), payment.label)
    for refund in read_refunds().filter(order=order.pk).order_by("pk"):
        yield from list_refund(refund, now, zone, speech)
    if house.refunds.mode != "off":  # else nobody here said that money goes back
        yield from list_to_decide(order, now, zone, speech)


def list_pay(order: Order, speech: Speech) -> list[tuple[str, str]]:
    """List what the customer is asked to pay, and where."""
    said = []
    for link in list_open_links(order):
        amount = speech.money(link.amount, link.charge.currency)
        text = speech.say(
            "We could not take {amount} from your card. Your order keeps its place.", amount=amount
        )
        said.append((text, link.link))
    return said


def list_to_decide(order: Order, now: datetime, zone: tzinfo, speech: Speech) -> Iterator[str]:
    """List what is owed and not decided about; what is late is said to be."""
    for owed in list_owed(now, [order]):
        day, late = speech.day(owed.due_by), owed.due_by < find_day(now, zone)
        if late and owed.amount != 0:
            yield speech.say("We should have sent money back by {day}. We are sorry: please ask us.", day=day)
        elif owed.amount is None:
            yield speech.say("For what was cancelled we send money back by {day}.", day=day)
        elif owed.amount:
            amount = speech.money(owed.amount, owed.currency)
            yield speech.say("For what was cancelled we send {amount} back by {day}.", amount=amount, day=day)


def list_refund(refund: Refund, now: datetime, zone: tzinfo, speech: Speech) -> Iterator[str]:
    """List what there is to say of a refund. What failed is sent again, and says nothing to who waits for it."""
    for transfer in refund.transfers.all():
        if transfer.state == "sent":
            yield say_sent(transfer, refund, zone, speech)
    rest = refund.amount - sum(each.amount for each in refund.transfers.all() if each.state == "sent")
    if not rest:
        return
    amount = speech.money(rest, refund.currency)
    if refund.due_by is None or refund.due_by < find_day(now, zone):
        yield speech.say("{amount} are on their way back to you.", amount=amount)
    else:
        yield speech.say("We send {amount} back by {day}.", amount=amount, day=speech.day(refund.due_by))


def say_sent(transfer: Transfer, refund: Refund, zone: tzinfo, speech: Speech) -> str:
    """Say that money left, and to where."""
    assert transfer.sent_at is not None
    amount, day = speech.money(transfer.amount, refund.currency), speech.day(find_day(transfer.sent_at, zone))
    return name(speech.say("{amount} left on {day}, back to you", amount=amount, day=day), transfer.to)


def name(said: str, label: str) -> str:
    """Add how the customer knows a card or an account."""
    return f"{said} ({label})." if label else f"{said}."


def find_day(at: datetime, zone: tzinfo) -> date:
    """Find the day on the customer's calendar."""
    return at.astimezone(zone).date()
