"""Changes of what was ordered. Who gets which unit is decided above; what has shipped is not changed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import transaction

from backorder.catalog.locks import lock_items
from backorder.catalog.models import Location
from backorder.orders.models import CANCELLED_BY, MOST_UNITS, SHIP_POLICIES, Address, Line, Order
from backorder.orders.services.allowed import (
    LineChange,
    OrderChange,
    check_change,
    check_most,
    count_wanted,
    name_line,
    refuse_none_left,
)
from backorder.orders.services.placing import build_lines, list_subjects
from backorder.orders.services.records import keep_cancelled
from backorder.orders.services.wanted import (
    ShipTo,
    Wanted,
    build_address,
    check_address,
    check_choice,
    check_line,
    refuse,
)
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write


@transaction.atomic
def cancel(line: Line, quantity: int, cause: Cause, by: str = "buyer") -> Entry:
    """Note that a customer no longer wants so many units of a line, or that the seller will never send them. Raises OrderError."""
    line = lock_line(line)
    about = name_line(line)
    check_choice("canceller", by, CANCELLED_BY, about)
    refuse(
        not 0 < quantity <= line.quantity_open,
        f"{about}: {line.quantity_open} units are open, not {quantity}",
    )
    refuse(
        quantity > line.quantity_unreleased,
        f"{about}: {line.quantity_released} of {line.quantity_open} open units are released to the warehouse; "
        f"take them back first, or cancel {line.quantity_unreleased} or fewer",
    )
    facts = {"line": line.number, "quantity": quantity, **say_seller(by)}
    entry = write(cause, "line.cancelled", list_subjects(line.order, [line]), facts)
    keep_cancelled([(line.pk, quantity, entry)], by)
    return entry


@transaction.atomic
def cancel_order(order: Order, cause: Cause, by: str = "buyer", what: str = "order.cancelled") -> Entry:
    """Note that nobody wants, or will send, what is open of an order. Raises OrderError if nothing is."""
    check_choice("canceller", by, CANCELLED_BY, f"order {order.number}")
    order, lines = lock_order(order)
    rest = [line for line in lines if line.quantity_open]
    refuse(not rest, f"order {order.number} has nothing open")
    for line in rest:
        refuse(
            line.quantity_released > 0,
            f"{name_line(line)}: {line.quantity_released} of {line.quantity_open} open units are released to the "
            "warehouse; take them back first",
        )
    facts = {"lines": {line.number: line.quantity_open for line in rest}, **say_seller(by)}
    entry = write(cause, what, list_subjects(order, rest), facts)
    keep_cancelled([(line.pk, line.quantity_open, entry) for line in rest], by)
    return entry


@transaction.atomic
def cancel_units(
    order: Order, units: Mapping[int, int], cause: Cause, what: str, why: Mapping[str, Any]
) -> Entry:
    """Note that so many units of lines, by id, will never be sent: what the seller may not keep open. Raises OrderError.

    `what` names the entry, `why` is kept in it.
    """
    order, lines = lock_order(order)
    gone = [line for line in lines if units.get(line.pk)]
    for line in gone:
        most = line.quantity_unreleased
        refuse(
            not 1 <= units[line.pk] <= most,
            f"{name_line(line)}: {most} units can be cancelled, not {units[line.pk]}",
        )
    facts = {"lines": {line.number: units[line.pk] for line in gone}, **say_seller("seller"), **why}
    entry = write(cause, what, list_subjects(order, gone), facts)
    keep_cancelled([(line.pk, units[line.pk], entry) for line in gone], "seller")
    return entry


def say_seller(by: str) -> dict[str, str]:
    """Say in the journal that it was not the customer who cancelled."""
    return {"by": by} if by == "seller" else {}


@transaction.atomic
def amend_line(line: Line, change: LineChange, cause: Cause, from_hand: int = 0) -> Entry | None:
    """Note that a line is wanted otherwise; None if it is so already. Raises OrderError.

    Fewer units count as cancelled. What has shipped stays. `from_hand` units more were accepted because they are free on hand.
    """
    line = lock_line(line)
    check_change(line, change)
    was, to = find_changed(read_line(line), change)
    if not to:
        return None
    for name in to.keys() - {"quantity"}:
        held = name == "commitment" and line.commitment_once_confirmed is not None
        setattr(line, "commitment_once_confirmed" if held else name, to[name])
    if "quantity" in to:
        more = int(to["quantity"]) - int(was["quantity"])
        line.quantity_ordered += max(more, 0)
        line.quantity_from_hand += from_hand
        refuse(line.quantity_ordered > MOST_UNITS, f"{name_line(line)}: it was changed too often; add a line")
    line.save()
    facts = {"line": line.number, "from": say_values(was), "to": say_values(to)}
    entry = write(cause, "line.amended", list_subjects(line.order, [line]), facts)
    gone = int(was.get("quantity", 0)) - int(to.get("quantity", 0))
    keep_cancelled([(line.pk, gone, entry)], "buyer")
    return entry


@transaction.atomic
def amend_order(order: Order, change: OrderChange, cause: Cause) -> Entry | None:
    """Note that an order is wanted otherwise; None if it is so already. Raises OrderError."""
    order, lines = lock_order(order)
    if "ship_policy" in change:
        check_choice("ship policy", change["ship_policy"], SHIP_POLICIES, f"order {order.number}")
    if "most_shipments" in change:
        check_most(order, lines, change["most_shipments"])
    now = {name: getattr(order, name) for name in ("priority", "ship_policy", "most_shipments")}
    was, to = find_changed(now, change)
    if not to:
        return None
    for name, value in to.items():
        setattr(order, name, value)
    order.save(update_fields=list(to))
    return write(cause, "order.amended", list_subjects(order, lines), {"from": was, "to": to})


@transaction.atomic
def add_line(order: Order, wanted: Wanted, cause: Cause) -> Entry:
    """Note one more line of an order. Raises OrderError."""
    lock_items([wanted.item.pk])
    order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    return save_line(order, check_new_line(order, wanted), cause)


def check_new_line(order: Order, wanted: Wanted) -> Line:
    """Build one more line of an order, which is not saved yet. Raises OrderError."""
    about = f"order {order.number} line {wanted.number}"
    check_line(wanted, about)
    refuse(order.lines.filter(number=wanted.number).exists(), f"there is an {about} already")
    refuse_none_left(order)
    return build_lines([(order, [wanted])])[0][0]


def save_line(order: Order, line: Line, cause: Cause, refused: int = 0) -> Entry:
    """Save one more line in the caller's transaction, and tell the journal."""
    line.save(force_insert=True)
    facts = {
        "line": line.number,
        "quantity": line.quantity_ordered,
        **({"refused": refused} if refused else {}),
    }
    return write(cause, "line.added", list_subjects(order, [line]), facts)


@transaction.atomic
def change_address(order: Order, to: ShipTo, cause: Cause) -> Entry | None:
    """Note where an order goes now; None if that is known. Raises OrderError.

    The journal does not repeat it: it is kept for good. It says in which part of the country that was before, which chooses the law.
    """
    check_address(to, f"order {order.number}")
    order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    new, old = build_address(to), Address.objects.filter(order=order).first()
    new.order = order
    changed = [name for name in asdict(to) if getattr(old, name, "") != getattr(new, name)]
    if not changed:
        return None
    new.save(force_insert=old is None, force_update=old is not None)
    facts: dict[str, Any] = {"changed": changed}
    if old is not None and (old.country, old.region) != (new.country, new.region):
        facts["from"] = {"country": old.country, "region": old.region}
    return write(cause, "order.address_changed", [("order", order.number)], facts)


def lock_line(line: Line) -> Line:
    """Read a line so that nobody else changes it, its order or its item before this transaction ends."""
    lock_items([line.item_id])
    rows = Line.objects.select_for_update(of=("self", "order"), no_key=True)
    return rows.select_related("order", "item", "location").get(pk=line.pk)


def lock_order(order: Order) -> tuple[Order, Sequence[Line]]:
    """Read an order and its lines so that nobody else changes them before this transaction ends."""
    lock_items(Line.objects.filter(order=order.pk).values_list("item_id", flat=True))
    order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    return order, list(order.lines.select_related("item").order_by("id"))


def read_line(line: Line) -> dict[str, Any]:
    """Read what of a line can become otherwise."""
    names = ("requested_on", "needed_by", "minimum_quantity", "location")
    return {
        "quantity": count_wanted(line),
        **{name: getattr(line, name) for name in names},
        "commitment": line.commitment_once_confirmed or line.commitment,
        "ship_set": line.ship_set,
    }


def find_changed(now: Mapping[str, Any], change: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Name what becomes otherwise: how it was and how it is to be. Raises OrderError for what cannot be changed."""
    for name in change:
        refuse(name not in now, f"{name} cannot be changed; these can: {', '.join(now)}")
    to = {name: value for name, value in change.items() if value != now[name]}
    return {name: now[name] for name in to}, to


def say_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Turn values into what the journal keeps."""
    return {
        name: value.code
        if isinstance(value, Location)
        else value.isoformat()
        if isinstance(value, date)
        else value
        for name, value in values.items()
    }
