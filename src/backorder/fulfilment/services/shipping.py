"""What leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from django.db.models import Sum

from backorder.allocation.services import Decision, decide_after
from backorder.fulfilment.models import SHIPPED, Release, ReleaseEnd, ReleasePart, Shipment
from backorder.fulfilment.readiness import check_leaves, find_blocks, goes_whole, say_asked
from backorder.fulfilment.refusal import refuse
from backorder.fulfilment.selectors import find_touched_items
from backorder.fulfilment.services.handling import (
    Units,
    list_facts,
    list_subjects,
    lock_releases,
    name_release,
    refuse_quantity,
    take_out,
)
from backorder.orders.models import Line, Order
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write
from backorder.payments.charging import charge_shipped
from backorder.payments.selectors import find_debts
from backorder.supply.models import Level
from backorder.supply.services import move


@dataclass(frozen=True)
class Parcel:
    """By whom it goes, and how to follow it."""

    carrier: str = ""
    tracking_number: str = ""
    tracking_link: str = ""


def ship(order: Order, parts: Sequence[tuple[Release, int]], parcel: Parcel, cause: Cause) -> Decision | None:
    """Note that released units left, all or some, for one order. Raises FulfilmentError.

    Their movements are written, the line has them as shipped, what they cost is charged if it is not paid, and what is touched is
    decided again. What ships together is shipped together; no part is smaller than the minimum of its line.
    """
    return decide_after(partial(find_touched_items, [order.pk]), lambda: send(order, parts, parcel, cause))


def send(order: Order, parts: Sequence[tuple[Release, int]], parcel: Parcel, cause: Cause) -> Entry:
    """Write a shipment, the end of its releases, and its movements."""
    refuse_parcel(order, parts, parcel)
    order.refresh_from_db()
    asked = {release.pk: quantity for release, quantity in parts}
    units = [(release, asked[release.pk]) for release in lock_releases(release for release, _ in parts)]
    for release, quantity in units:
        refuse(release.line.order_id != order.pk, f"{name_release(release)} is not of order {order.number}")
        refuse_quantity(release, quantity)
    check_leaves(order, find_blocks([order.pk])[order.pk], find_debts([order.pk]).get(order.pk, ()))
    refuse_torn(order, units)
    levels = sum_levels(units)
    subjects = list_subjects(release for release, _ in units)
    subjects += (("item", level.item.sku) for level in levels)
    told = {"carrier": parcel.carrier, "tracking_number": parcel.tracking_number}
    entry = write(cause, "order.shipped", subjects, {**told, **list_facts(units)})
    shipment = Shipment.objects.create(
        order=order,
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
        tracking_link=parcel.tracking_link,
        shipped_at=cause.at,
        entry=entry,
    )
    ReleaseEnd.objects.bulk_create(
        ReleaseEnd(release=release, quantity=quantity, how=SHIPPED, shipment=shipment, entry=entry)
        for release, quantity in units
    )
    move(*take_out(levels, "shipment", entry))
    charge_shipped(order, [(release.line, quantity) for release, quantity in units], entry)
    return entry


def sum_levels(units: Units) -> dict[Level, int]:
    """Sum what units of releases take from each level."""
    quantity = {release.pk: units for release, units in units}
    sums: dict[Level, int] = {}
    parts = ReleasePart.objects.filter(release__in=quantity).select_related("level__item", "level__location")
    for part in parts.order_by("level_id", "id"):
        sums[part.level] = sums.get(part.level, 0) + part.per_unit * quantity[part.release_id]
    return sums


def refuse_parcel(order: Order, parts: Sequence[tuple[Release, int]], parcel: Parcel) -> None:
    """Raise FulfilmentError for a shipment of nothing, of one release twice, or with a link that is none."""
    refuse(not parts, f"order {order.number}: a shipment of nothing; name releases and quantities")
    refuse(
        len({release.pk for release, _ in parts}) < len(parts),
        f"order {order.number}: a release is named twice; name it once, with the sum",
    )
    refuse(
        bool(parcel.tracking_link) and not parcel.tracking_link.startswith(("https://", "http://")),
        f"order {order.number}: {parcel.tracking_link} is no link to follow; it begins with https://",
    )


def refuse_torn(order: Order, units: Units) -> None:
    """Raise FulfilmentError for a part of what ships together, or one smaller than the minimum of its line."""
    goes: dict[int, int] = {}
    lines = {release.line_id: release.line for release, _ in units}
    for release, quantity in units:
        goes[release.line_id] = goes.get(release.line_id, 0) + quantity
    if order.ship_policy == "complete":
        open_units = Line.objects.filter(order=order).aggregate(units=Sum("quantity_open"))["units"]
        refuse(
            sum(goes.values()) < open_units,
            f"order {order.number} ships complete: {open_units} units are open, not {sum(goes.values())}",
        )
    else:
        refuse_torn_sets(order, lines.values(), goes)
    if order.most_shipments is not None:
        refuse_torn_hand_overs(order, units)
    for line in lines.values():
        refuse(line.consent == "waiting", f"order {order.number}: {say_asked(line)}; put its units back")
        least = line.quantity_open if goes_whole(line) else min(line.minimum_quantity, line.quantity_open)
        refuse(
            goes[line.pk] < least,
            f"order {order.number} line {line.number} ships {least} units or more at a time, not {goes[line.pk]}",
        )


def refuse_torn_sets(order: Order, lines: Iterable[Line], goes: Mapping[int, int]) -> None:
    """Raise FulfilmentError for a part of what is open of a set; `goes`: how many units of each line leave."""
    sets: dict[str, int] = {}
    for line in lines:
        if line.ship_set:
            sets[line.ship_set] = sets.get(line.ship_set, 0) + goes[line.pk]
    rows = Line.objects.filter(order=order, ship_set__in=sets).values_list("ship_set")
    open_units = dict(rows.annotate(units=Sum("quantity_open")).order_by())
    for name, units in sets.items():
        refuse(
            units < open_units[name],
            f"order {order.number}: set {name} ships together: {open_units[name]} units are open, not {units}",
        )


def refuse_torn_hand_overs(order: Order, units: Units) -> None:
    """Raise FulfilmentError for a part of what was handed over at one time: it was counted as one shipment."""
    goes: dict[int, int] = {}
    for release, quantity in units:
        goes[release.entry_id] = goes.get(release.entry_id, 0) + quantity
    rows = Release.objects.filter(line__order=order, entry__in=goes).values_list("entry")
    for entry, open_units in rows.annotate(units=Sum("quantity_open")).order_by("entry"):
        refuse(
            goes[entry] < open_units,
            f"order {order.number} leaves in {order.most_shipments} shipments at most: {open_units} units were released "
            f"together and leave together, not {goes[entry]}",
        )
