"""Looks who must be told something: at orders that something happened to, and at all who wait when a day begins.

What is to be looked at is noted first, and then done a hundred orders at a time: whoever is killed in between goes on where the
rows that are left say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import chain

from django.db import OperationalError, connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from psycopg.errors import SerializationFailure

from backorder.allocation.services import read_steadily
from backorder.care.clock.deadlines import keep_deadlines
from backorder.care.copies.noting import note_copies
from backorder.care.house import read_house
from backorder.care.judging import FactsError, Judged, judge_orders
from backorder.care.models import Deadline, Draft, Look, Lookout, MailEvent, Message
from backorder.care.post.due import Due, Heard, find_due, read_heard
from backorder.care.post.happened import note_receipts
from backorder.care.post.touched import find_touched
from backorder.orders.models import Line, Order
from backorder.outbox.feed import find_end
from backorder.outbox.models import Entry

AT_ONCE, TRIES = 100, 3
PATIENCE = timedelta(seconds=40)
TAKE = """
DELETE FROM care_look WHERE order_id IN (SELECT order_id FROM care_look ORDER BY order_id LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING order_id
"""
"""Rows go before the orders are read: whoever notes one of them meanwhile waits, and notes it anew."""
JudgedEach = tuple[dict[int, list[Judged]], dict[int, str]]
"""The lines of orders, by order, and of others why they cannot be judged."""
RENEWED = ("kind", "news", "since", "changed_at", "looked_at", "tell_by", "to", "zones", "fault")


def look_out(clock: Callable[[], datetime], patience: timedelta = PATIENCE) -> int:
    """Look at all orders that there is a reason to look at; gives how many.

    It ends after a while, and goes on when it is called again: other work waits for the same worker.
    """
    begun, looked = clock(), 0
    note_looks(timezone.localdate(begun))
    while clock() < begun + patience and (orders := look_steadily(clock())):
        looked += orders
    return looked


def look_steadily(now: datetime) -> int:
    """Look at some of the orders; again, if somebody else wrote a draft of theirs meanwhile. Raises OperationalError."""
    for _ in range(TRIES):
        try:
            return look_at_some(now)
        except OperationalError as error:
            if not isinstance(error.__cause__, SerializationFailure):
                raise
    return look_at_some(now)


@transaction.atomic
def note_looks(today: date) -> None:
    """Note which orders are to be looked at, and what wants a receipt. Other rules of the house are a reason to look at all.

    What happened before the first look wants none: nobody looked who could have promised one.
    """
    Lookout.objects.get_or_create(pk=1)
    lookout = Lookout.objects.select_for_update().get(pk=1)
    end = find_end()
    fresh = Entry.objects.filter(pk__gt=lookout.read_to, pk__lte=end)
    if lookout.looked_on != today or fresh.filter(what="house.written").exists():
        found = list_to_look_at()
    else:
        found = find_touched(lookout.read_to, end)
    noted = [Look(order_id=order) for order in found.order_by("pk").values_list("pk", flat=True)]
    Look.objects.bulk_create(noted, ignore_conflicts=True, batch_size=10_000)
    if lookout.looked_on is not None:
        note_receipts(read_house(), lookout.read_to, end)
        note_copies(read_house(), lookout.read_to, end)
    lookout.read_to, lookout.looked_on = end, today
    lookout.save(update_fields=["read_to", "looked_on"])


def list_to_look_at() -> QuerySet[Order]:
    """List the orders whose customers wait, and those of which something was drafted, or asked by a law."""
    asked = Deadline.objects.values("line__order")
    return Order.objects.filter(
        Q(pk__in=list_waiting().values("pk")) | Q(draft__isnull=False) | Q(pk__in=asked)
    )


def list_waiting() -> QuerySet[Order]:
    """List the orders whose customers wait."""
    waiting = Line.objects.filter(quantity_open__gt=0).values("order")
    return Order.objects.filter(held_until=None, pk__in=waiting).exclude(payment_state="unpaid")


def look_at_some(now: datetime) -> int:
    """Look at some of the orders that were noted, keep what is to be told of each and what laws ask; gives how many."""
    with read_steadily():
        with connection.cursor() as cursor:
            cursor.execute(TAKE, [AT_ONCE])
            keys = [key for (key,) in cursor.fetchall()]
        if not keys:
            return 0
        orders = list(list_waiting().filter(pk__in=keys).select_related("customer").order_by("pk"))
        heard = read_heard(orders)
        judged, faults = judge_each(orders, now)
        keep_drafts(keys, find_drafts(orders, (judged, faults), heard, now), heard, now)
        keep_deadlines(keys, chain.from_iterable(judged.values()))
    return len(keys)


def find_drafts(
    orders: Sequence[Order], each: JudgedEach, heard: Mapping[int, Heard], now: datetime
) -> list[Draft]:
    """Find what is to be told of orders now; `each`: as they are judged; `heard`: what their customers heard last."""
    (judged, faults), dead, house = each, find_dead(orders), read_house()
    found = []
    for order in orders:
        lines = judged.get(order.pk, [])
        due = find_due(order, lines, heard.get(order.pk), house.sending, now) if lines else None
        if order.pk in faults:
            due = Due("required", "", None, faults[order.pk])
        if due is not None:
            to = find_mail(order)
            found.append(build_draft(order, due, "" if to in dead else to, name_zones(lines)))
    return found


def find_mail(order: Order) -> str:
    """Find the address of mail of whoever waits; blank if nobody said."""
    return order.customer.email if order.customer else ""


def name_zones(lines: Sequence[Judged]) -> list[str]:
    """Name the zones of the place that lines go to: where days end first, and where they begin last."""
    if not lines:
        return [timezone.get_default_timezone_name()] * 2
    place = lines[0].rules.place
    return [str(place.zone), str(place.first_zone or place.zone)]


def build_draft(order: Order, due: Due, to: str, zones: list[str]) -> Draft:
    """Make a draft of what is to be told."""
    return Draft(
        order=order, kind=due.kind, news=due.news, tell_by=due.tell_by, to=to, zones=zones, fault=due.fault
    )


def judge_each(orders: Sequence[Order], now: datetime) -> JudgedEach:
    """Judge the lines of orders, by order; and say why one cannot be: that keeps no other."""
    try:
        found = judge_orders(orders, now)
    except FactsError as error:
        if len(orders) == 1:
            return {}, {orders[0].pk: f"the record contradicts itself: {error}"}
        parts = [judge_each([order], now) for order in orders]
        judged = {key: lines for part, _ in parts for key, lines in part.items()}
        return judged, {key: fault for _, part in parts for key, fault in part.items()}
    by_order: dict[int, list[Judged]] = {}
    for each in found:
        by_order.setdefault(each.line.order_id, []).append(each)
    return by_order, {}


def find_dead(orders: Iterable[Order]) -> set[str]:
    """Find the addresses of customers that take no mail."""
    return find_dead_mail({mail for order in orders if (mail := find_mail(order))})


def find_dead_mail(named: Iterable[str]) -> set[str]:
    """Find those of some addresses that take no mail: at the last message there was no mailbox, it came back, or was called spam."""
    ended = Message.objects.filter(to__in=named, outcome__in=("sent", "refused"))
    last = ended.order_by("to", "-ended_at", "-id").distinct("to")
    spam = Exists(MailEvent.objects.filter(message=OuterRef("pk"), kind="complained"))
    failed = last.values_list("to", "outcome", "notice__failure", spam)
    return {to for to, outcome, failure, spam in failed if outcome == "refused" or failure or spam}


def keep_drafts(
    keys: Sequence[int], drafts: Sequence[Draft], heard: Mapping[int, Heard], now: datetime
) -> None:
    """Keep what is to be told of orders: since when something is that the customer did not hear, and since when it is that."""
    before: Mapping[int, Draft] = Draft.objects.in_bulk(keys)
    for draft in drafts:
        was, last = before.get(draft.order_id), heard.get(draft.order_id)
        draft.since = was.since if was and not (last and last.at >= was.since) else now
        draft.changed_at = was.changed_at if was and was.news == draft.news else now
        draft.looked_at = now
    Draft.objects.bulk_create(
        drafts, update_conflicts=True, unique_fields=["order"], update_fields=list(RENEWED)
    )
    kept = {draft.order_id for draft in drafts}
    Draft.objects.filter(order__in=set(before) - kept).delete()
