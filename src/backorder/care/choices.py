"""What customers choose on their page: noted as an answer, once, if it is about what they saw."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import partial

from django.db import connection, transaction
from django.db.models import Max

from backorder.allocation.services import hold_items
from backorder.care.models import Answer, Notice
from backorder.care.telling import Said, find_last_notice, note_answer
from backorder.orders.models import Line, Order
from backorder.orders.selectors import find_items_of_order
from backorder.orders.services.wanted import refuse
from backorder.outbox.services import Cause

CUSTOMER = "customer"
"""Who chooses on the page of an order."""
CHOICES = 8_021_119
"""Tells our locks from others of the database."""
PAGE = "page"


def name_state(order: Order) -> str:
    """Name what a customer sees of an order: how much is open of each line, what was told and what was said."""
    lines = Line.objects.filter(order=order.pk).order_by("id")
    told = Notice.objects.filter(order=order.pk).aggregate(last=Max("pk"))["last"]
    said = Answer.objects.filter(line__order=order.pk).aggregate(last=Max("pk"))["last"]
    state = [list(lines.values_list("pk", "quantity_open", "quantity_released")), told, said]
    return hashlib.sha256(json.dumps(state).encode()).hexdigest()[:16]


def wait(order: Order, seen: str, cause: Cause) -> None:
    """Note that the customer agrees to wait as it was told. Raises OrderError."""
    with held(order, seen):
        lines = [line for line in list_open(order) if find_last_notice(line, cause.at) is not None]
        refuse(not lines, f"order {order.number}: nothing was told that could be agreed to")
        for line in lines:
            note_answer(line, Said(cause.at, PAGE, "accepts"), cause)


def set_period(order: Order, until: date, seen: str, cause: Cause) -> None:
    """Note that the customer sets a further period for all that is open. Raises OrderError."""
    with held(order, seen):
        for line in list_open(order):
            note_answer(line, Said(cause.at, PAGE, "period", until=until), cause)


def cancel(order: Order, units: Mapping[str, int], seen: str, cause: Cause) -> None:
    """Note that the customer cancels so many units of lines, by number, which goes at once. Raises OrderError."""
    with held(order, seen):
        lines = {line.number: line for line in list_open(order)}
        wanted = {number: count for number, count in units.items() if count}
        refuse(not wanted, f"order {order.number}: nothing was chosen")
        for number, count in wanted.items():
            most = lines[number].quantity_unreleased if number in lines else 0
            refuse(not 1 <= count <= most, f"order {order.number} line {number}: {most} can be cancelled")

        def note(_locked: set[int]) -> None:
            for number, count in wanted.items():
                note_answer(lines[number], Said(cause.at, PAGE, "cancels", count), cause)

        hold_items(
            partial(find_items_of_order, order), note
        )  # of all lines at once, or two would wait in a circle


def list_open(order: Order) -> list[Line]:
    """List the lines of an order of which something is open."""
    lines = Line.objects.filter(order=order.pk, quantity_open__gt=0)
    return list(lines.select_related("order", "item").order_by("id"))


@contextmanager
def held(order: Order, seen: str) -> Iterator[None]:
    """Let a customer choose one thing at a time, about what was seen. The lock comes before those of items; nobody else takes it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [CHOICES, order.pk % 2**31])
        refuse(name_state(order) != seen, f"order {order.number} has changed since; look again")
        yield
