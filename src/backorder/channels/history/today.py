"""One eventful day of the invented shop: a rush order, a delivery, slips, a cancellation, and what each of them changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce

from backorder.allocation import events
from backorder.allocation.models import Standing
from backorder.allocation.moves import Move
from backorder.allocation.reasons import WHY
from backorder.allocation.services import Decision
from backorder.care.refunds.alone import refund_alone
from backorder.catalog.models import Channel, CustomerClass, Item
from backorder.fulfilment import services as fulfilment
from backorder.money import say_amount
from backorder.orders.models import Customer, Line, Order
from backorder.orders.services import Buyer, Wanted
from backorder.outbox.services import Cause
from backorder.payments.models import BY_HAND, Transfer
from backorder.payments.services import Paid, note_payment, sum_prices
from backorder.payments.transfers import note_sent
from backorder.supply.models import InboundLine

RUSH, TOO_MANY, SUPPLIER = 6, 2, "the supplier, by phone"
SLIP_DAYS, SLIP_AGAIN, SLIP_ONCE_MORE = 12, 9, 6
RUSH_ORDER = "RUSH-1"
OFFERED = 2
"""So many customers who wait for what the rush order wants are offered something else."""
EVERY = timedelta(minutes=2)
LASTS = 7 * EVERY


@dataclass(frozen=True)
class Happening:
    """What happened, and the lines that stand otherwise after it."""

    at: datetime
    told: str
    moves: list[Move]


def live_through(at: datetime) -> Iterator[Happening]:
    """Let the day happen, an event every other minute."""
    yield order_in_a_rush(at)
    yield receive_half(at + EVERY)
    yield slip([find_inbound()], at + 2 * EVERY, SLIP_DAYS)
    yield slip(list_inbound_of_the_rush(), at + 3 * EVERY, SLIP_AGAIN)
    yield slip(list_inbound_of_the_rush(), at + 4 * EVERY, SLIP_ONCE_MORE)
    yield lose_a_customer(at + 5 * EVERY)
    yield pay_back(at + 6 * EVERY)


def order_in_a_rush(at: datetime) -> Happening:
    """Let a contract customer order an item that others wait for."""
    item = find_scarce()
    contract = CustomerClass.objects.get(code="contract")
    customer = Customer.objects.filter(customer_class=contract).order_by("code").first()
    buyer = Buyer(
        customer=customer, customer_class=contract, channel=Channel.objects.get(code="phone"), priority=10
    )
    wanted = [Wanted("1", item, RUSH, at.date())]
    answer = events.place_order(RUSH_ORDER, wanted, Cause("service", at, "fitting out a hotel"), buyer)
    order = Order.objects.get(number=RUSH_ORDER)
    total, currency = sum_prices(order), item.currency
    note_payment(order, Paid(BY_HAND, total, currency, at, label="bank transfer"), Cause("finance", at))
    told = f"A rush order, {RUSH_ORDER}: {RUSH} of {item.sku} ({item.name}), priority 10."
    return Happening(at, told, list_moves(answer.decision))


def receive_half(at: datetime) -> Happening:
    """Take in half of a delivery that many wait for, early."""
    line = find_inbound()
    units = -(-line.remaining // 2)
    decision = fulfilment.receive(line, units, Cause("warehouse", at))
    told = (
        f"A delivery, {line.order.number}: {units} of {line.remaining} expected {line.item.sku} "
        f"({line.item.name}) arrive early."
    )
    return Happening(at, told, list_moves(decision))


def slip(lines: Sequence[InboundLine], at: datetime, days: int) -> Happening:
    """Let a supplier name a day for some deliveries: so much later than the last of them was to come."""
    day = max(line.expected_on for line in lines) + timedelta(days=days)
    decisions, parts = [], []
    for line in lines:
        decisions.append(events.expect(line, day, SUPPLIER, Cause("buyer", at, "the kiln broke")))
        parts.append(
            f"{line.order.number} with {line.remaining} of {line.item.sku} ({line.item.name}) comes on {say_day(day)}, "
            f"not on {say_day(line.expected_on)}"
        )
    return Happening(at, f"A slip: {'; '.join(parts)}.", list_moves(*decisions))


def lose_a_customer(at: datetime) -> Happening:
    """Let somebody who waits give up; the units go to who is next."""
    line = find_waiting("allocated_inbound")
    decision = events.cancel_line(line, line.quantity_unreleased, Cause("service", at, "found it elsewhere"))
    told = (
        f"A cancellation: {line.order.number} line {line.number} no longer wants its {line.quantity_unreleased} of "
        f"{line.item.sku} ({line.item.name})."
    )
    return Happening(at, told, list_moves(decision))


def pay_back(at: datetime) -> Happening:
    """Let the rush order want fewer units: a rule lets their money go back, and finance sends it."""
    line = Line.objects.select_related("order", "item").get(order__number=RUSH_ORDER)
    decision = events.cancel_line(line, TOO_MANY, Cause("service", at, "fewer rooms"))
    refund_alone(lambda: at)
    transfer = Transfer.objects.select_related("refund__order").get(refund__order=line.order)
    note_sent(transfer, at, Cause("finance", at), label="the account that it came from")
    amount = say_amount(transfer.amount, transfer.refund.currency)
    told = (
        f"Money back: {RUSH_ORDER} wants {TOO_MANY} fewer {line.item.sku} ({line.item.name}); a rule of the house lets {amount} go, "
        "and finance sends them."
    )
    return Happening(at, told, list_moves(decision))


def find_scarce() -> Item:
    """Find what to order in a rush: the item that a line with most units ahead waits for, enough of which is to come for all.

    Several customers wait for it with nothing on hand, so that something else can be offered to some of them. On a day that has no
    such item, it is the one with most units ahead.
    """
    items = [line.item for line in list_waiting("units_ahead")]
    several = (
        Standing.objects.filter(allocated_on_hand=0)
        .values("item")
        .annotate(customers=Count("line__order__customer", distinct=True))
    )
    wanted = set(several.filter(customers__gte=OFFERED).values_list("item", flat=True))
    return next((item for item in items if item.pk in wanted and count_coming(item) >= RUSH), items[0])


def count_coming(item: Item) -> int:
    """Count the units of an item that are to come and that nobody who waits needs."""
    lines = InboundLine.objects.filter(item=item).annotate(taken=Coalesce(Sum("allocations__quantity"), 0))
    short: int = Standing.objects.filter(item=item).aggregate(units=Coalesce(Sum("unallocated"), 0))["units"]
    return sum(int(line.remaining - line.taken) for line in lines) - short


def find_waiting(most: str) -> Line:
    """Find the line that waits with most of something, for another item than the rush order does."""
    wanted = Line.objects.filter(order__number=RUSH_ORDER).values_list("item", flat=True)
    return next(line for line in list_waiting(most) if line.item_id not in wanted)


def list_waiting(most: str) -> list[Line]:
    """List the lines that wait for what is to come on a known day, those with most of something first."""
    stands = Standing.objects.filter(in_time=False, planned_on__isnull=False, allocated_inbound__gt=0)
    stands = stands.order_by(f"-{most}", "line").select_related("line__item", "line__order")
    return [stand.line for stand in stands]


def find_inbound() -> InboundLine:
    """Find the inbound line that most lines wait for, of another item than the rush order waits for."""
    lines = InboundLine.objects.filter(remaining__gt=1).annotate(takers=Count("allocations"))
    lines = lines.exclude(item__in=Line.objects.filter(order__number=RUSH_ORDER).values("item"))
    return lines.select_related("order", "item").order_by("-takers", "id")[0]


def list_inbound_of_the_rush() -> list[InboundLine]:
    """List every delivery of what the rush order waits for, so that none makes up for another."""
    wanted = Line.objects.filter(order__number=RUSH_ORDER).values("item")
    lines = InboundLine.objects.filter(item__in=wanted, remaining__gt=0)
    return list(lines.select_related("order", "item").order_by("id"))


def list_moves(*decisions: Decision | None) -> list[Move]:
    """List the lines of which it can be told that they stand otherwise; who is ahead of them is not told here."""
    moves: dict[int, Move] = {}
    for decision in decisions:
        for move in decision.moves if decision else ():
            first = moves.get(move.line, move)
            moves[move.line] = Move(move.line, first.before, move.after)
    return list_stands(moves.values())


def list_stands(moves: Iterable[Move]) -> list[Move]:
    """List the moves of which it can be told that a line stands otherwise."""
    return [move for move in moves if move.before is None or say_stand(move.before) != say_stand(move.after)]


def say_move(move: Move, name: str) -> str:
    """Say how a line stood and stands, in one line, and why it stands no better where the units do not say that."""
    was = f"was to be {say_stand(move.before)}; now " if move.before else ""
    why = WHY[move.after["reason"]] if move.after else ""
    return f"{name}: {was}{say_stand(move.after)}" + (f" (no better: {why})" if why else "")


def say_stand(stand: dict[str, object] | None) -> str:
    """Say how a line stands."""
    if stand is None:
        return "it waits no longer"
    parts = []
    if units := stand["allocated_on_hand"]:
        parts.append(f"{units} on hand")
    if units := stand["allocated_inbound"]:
        day = stand["planned_on"]
        parts.append(f"{units} inbound" + (f" by {say_day(day)}" if isinstance(day, date) else ""))
    if units := stand["unallocated"]:
        parts.append(f"{units} without supply")
    return ", ".join(parts)


def say_day(day: date) -> str:
    """Write a day."""
    return f"{day.day} {day:%B %Y}"
