"""What happened to lines, as the law looks at it: read in a fixed number of statements, however many lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Sum

from backorder.allocation.models import Promise
from backorder.care.house import House
from backorder.engine import consent
from backorder.fulfilment.models import SHIPPED, ReleaseEnd
from backorder.orders.models import Cancellation, Disclosure, Line, Order
from backorder.outbox.models import Subject

BEFORE = "before"
"""Names what had shipped when an order came from elsewhere: nobody said when."""


def find_ship_to(order: Order, house: House) -> str:
    """Name the place that an order goes to; where nobody said, that of the seller."""
    address = getattr(order, "address", None)
    if address is None:
        return house.seller
    return f"{address.country}-{address.region}" if address.region else str(address.country)


def read_facts(orders: Sequence[Order], house: House) -> dict[int, consent.Facts]:
    """Read what happened to the lines of orders, which come with their lines and addresses; by id of the line."""
    lines = [line for order in orders for line in order.lines.all()]
    keys = [line.pk for line in lines]
    payments = read_payments(orders)
    stated = dict(
        Disclosure.objects.filter(line__in=keys).order_by("line", "-id").values_list("line", "promised_on")
    )
    promises = defaultdict[int, list[consent.Promise]](list)
    for line, at, day in (
        Promise.objects.filter(line__in=keys).order_by("id").values_list("line", "entry__at", "promised_on")
    ):
        promises[line].append(consent.Promise(at, day))
    shipments, cancellations = read_shipments(keys), read_cancellations(keys)
    return {
        line.pk: consent.Facts(
            build_sale(line, order, house, payments[order.number], stated.get(line.pk)),
            tuple(promises[line.pk]),
            shipments=with_earlier(line, order, shipments[line.pk]),
            cancellations=tuple(cancellations[line.pk]),
        )
        for order in orders
        for line in order.lines.all()
    }


def build_sale(
    line: Line, order: Order, house: House, paid: tuple[datetime | None, datetime | None], stated: object
) -> consent.Sale:
    """Build what was agreed when a line was ordered."""
    payable_at, paid_at = paid
    return consent.Sale(
        quantity=line.quantity_ordered,
        payable_at=payable_at,
        stated_on=stated,  # type: ignore[arg-type] # a day or none, as the row has it
        transit_days=house.count_transit(find_ship_to(order, house)),
        needed_by=line.needed_by,
        paid_at=paid_at,
    )


def read_payments(orders: Sequence[Order]) -> dict[str, tuple[datetime | None, datetime | None]]:
    """Read since when each order could be paid, and since when it is: when that was noted, else when it was ordered."""
    numbers = [order.number for order in orders if order.payment_state in ("chargeable", "paid")]
    noted = Subject.objects.filter(kind="order", key__in=numbers, entry__what="order.payment").order_by(
        "entry"
    )
    since = defaultdict[str, dict[str, datetime]](dict)
    for number, facts, at in noted.values_list("key", "entry__facts", "entry__at"):
        if facts["from"] == "unpaid":
            since[number]["payable"] = at
        since[number][facts["to"]] = at
    found = {}
    for order in orders:
        known = since[order.number]
        payable = None if order.payment_state == "unpaid" else known.get("payable", order.ordered_at)
        paid = known.get("paid", order.ordered_at) if order.payment_state == "paid" else None
        found[order.number] = payable, paid
    return found


def read_shipments(lines: Sequence[int]) -> dict[int, list[consent.Shipment]]:
    """Read what left of each line, by shipment."""
    ends = ReleaseEnd.objects.filter(release__line__in=lines, how=SHIPPED).order_by("shipment")
    rows = ends.values_list("release__line", "shipment", "shipment__shipped_at").annotate(
        units=Sum("quantity")
    )
    found = defaultdict[int, list[consent.Shipment]](list)
    for line, shipment, at, units in rows:
        found[line].append(consent.Shipment(f"shipment {shipment}", at, units))
    return found


def with_earlier(
    line: Line, order: Order, shipments: Sequence[consent.Shipment]
) -> tuple[consent.Shipment, ...]:
    """Add what had shipped already when the order came from elsewhere, as if it had left at once."""
    earlier = line.quantity_shipped - sum(each.quantity for each in shipments)
    before = [consent.Shipment(BEFORE, order.ordered_at, earlier)] if earlier > 0 else []
    return (*before, *shipments)


def read_cancellations(lines: Sequence[int]) -> dict[int, list[consent.Cancellation]]:
    """Read what was cancelled of each line."""
    rows = (
        Cancellation.objects.filter(line__in=lines)
        .order_by("id")
        .values_list("line", "pk", "entry__at", "quantity", "by")
    )
    found = defaultdict[int, list[consent.Cancellation]](list)
    for line, row, at, units, by in rows:
        found[line].append(
            consent.Cancellation(f"cancellation {row}", at, units, "seller" if by == "seller" else "buyer")
        )
    return found
