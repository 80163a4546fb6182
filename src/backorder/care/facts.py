"""What happened to lines, as the law looks at it: read in a fixed number of statements, however many lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Max, Q, Sum

from backorder.allocation.models import Allocation, Promise, Standing
from backorder.care.house import House
from backorder.care.models import Answer, NoticeLine
from backorder.engine import consent
from backorder.fulfilment.models import SHIPPED, ReleaseEnd
from backorder.orders.models import Cancellation, Disclosure, Line, Order
from backorder.outbox.models import Subject

NOTED = ("order.confirmed", "line.added", "order.payment", "payment.noted")
MOVED = "order.address_changed"
"""What the journal holds that is read here."""


def find_ship_to(order: Order, house: House) -> str:
    """Name the place that an order goes to; where nobody said, that of the seller."""
    address = getattr(order, "address", None)
    if address is None:
        return house.seller
    return name_place(address.country, address.region)


def is_in(order: Order, classes: frozenset[str]) -> bool:
    """Tell whether whoever ordered is in one of some customer classes."""
    return order.customer_class is not None and order.customer_class.code in classes


def name_place(country: str, region: str) -> str:
    """Name a country, or a part of one, as packs name it."""
    return f"{country}-{region}" if region else country


@dataclass(frozen=True)
class Found:
    """What happened to a line, how many of its open units are on hand or with the warehouse, and to where it was to go before."""

    facts: consent.Facts
    here: int
    before: Sequence[str]


def read_facts(orders: Sequence[Order], house: House, today: date) -> dict[int, Found]:
    """Read what happened to the lines of orders, which come with lines, standings, addresses and classes; by id of the line.

    What the warehouse has is planned for today.
    """
    lines = [line for order in orders for line in order.lines.all()]
    keys = [line.pk for line in lines]
    noted = read_noted(orders)
    begun = list_begun(orders, noted)
    shown = Disclosure.objects.filter(line__in=keys, shown=True).order_by("line", "-id")
    stated = dict(shown.values_list("line", "promised_on"))
    promises, allocated = read_promises(keys), read_allocated(keys)
    shipments, (cancellations, refunds) = read_shipments(keys), read_cancelled(keys)
    notices, answers = read_notices(keys), read_answers(keys)
    found = {}
    for order in orders:
        (payable_at, paid_at), before = find_payment(order, noted), list_places_before(order, noted)
        for line in order.lines.all():
            begin = begun.get((order.number, line.number), order.ordered_at)
            here = count_here(line, allocated[line.pk], today)
            facts = consent.Facts(
                consent.Sale(
                    quantity=line.quantity_ordered,
                    payable_at=payable_at and max(payable_at, begin),
                    stated_on=stated.get(line.pk),
                    transit_days=house.count_transit(find_ship_to(order, house)),
                    credit=is_in(order, house.on_credit),
                    needed_by=line.needed_by,
                    paid_at=paid_at and max(paid_at, begin),
                ),
                with_plan(order, promises[line.pk], list_parts(line, allocated[line.pk], here, today)),
                tuple(notices[line.pk]),
                tuple(answers[line.pk]),
                shipments=tuple(shipments[line.pk]),
                cancellations=tuple(cancellations[line.pk]),
                refunds=tuple(refunds[line.pk]),
            )
            found[line.pk] = Found(facts, here, before)
    return found


Noted = Mapping[str, Sequence[tuple[str, Mapping[str, Any], datetime]]]
"""What the journal says of orders, by number, in order: what happened, its facts, and when."""


def read_noted(orders: Sequence[Order]) -> Noted:
    """Read what the journal says of when lines of orders were ordered, of their payment, and of other parts of a country."""
    moved = Q(entry__what=MOVED, entry__facts__has_key="from")
    about = Subject.objects.filter(kind="order", key__in=[order.number for order in orders])
    noted = about.filter(Q(entry__what__in=NOTED) | moved).order_by("entry")
    found = defaultdict[str, list[tuple[str, Mapping[str, Any], datetime]]](list)
    for number, what, facts, at in noted.values_list("key", "entry__what", "entry__facts", "entry__at"):
        found[number].append((what, facts, at))
    return found


def list_begun(orders: Sequence[Order], noted: Noted) -> dict[tuple[str, str], datetime]:
    """List when lines were ordered that came later than their order: added to it, or held before; by order and line."""
    found: dict[tuple[str, str], datetime] = {}
    for order in orders:
        for what, facts, at in noted[order.number]:
            if what == "order.confirmed":
                found |= {(order.number, line.number): at for line in order.lines.all()}
            elif what == "line.added":
                found[order.number, facts["line"]] = at
    return found


def list_places_before(order: Order, noted: Noted) -> list[str]:
    """List to which other parts of a country an order was to go before."""
    before = [facts["from"] for what, facts, _ in noted[order.number] if what == MOVED]
    return [name_place(each["country"], each["region"]) for each in before]


def find_payment(order: Order, noted: Noted) -> tuple[datetime | None, datetime | None]:
    """Find since when an order could be paid, and since when money was taken: when that was noted, else when it was ordered.

    Money was taken when the first payment came in, also if it was only a part. An order of which nobody noted a payment counts as paid
    when it was ordered: who has no records has the law against them.
    """
    known: dict[str, datetime] = {}
    came = []
    for what, facts, at in noted[order.number]:
        if what == "payment.noted":
            came.append(datetime.fromisoformat(facts["at"]))
        elif what == "order.payment":
            if facts["from"] == "unpaid":
                known["payable"] = at
            known[facts["to"]] = at
    state = order.payment_state
    payable = None if state == "unpaid" else known.get("payable", order.ordered_at)
    if state in ("paid", "not_needed"):
        came.append(known.get("paid", order.ordered_at))
    return payable, min(came, default=None)


def read_promises(lines: Sequence[int]) -> dict[int, list[consent.Promise]]:
    """Read what was promised of each line."""
    rows = Promise.objects.filter(line__in=lines).order_by("id")
    found = defaultdict[int, list[consent.Promise]](list)
    for line, at, day in rows.values_list("line", "entry__at", "promised_on"):
        found[line].append(consent.Promise(at, day))
    return found


Allocated = Mapping[tuple[date, bool], int]
"""Units that are set aside for a line, by the day on which they can ship and whether they are on hand."""


def read_allocated(lines: Sequence[int]) -> dict[int, dict[tuple[date, bool], int]]:
    """Read what is set aside for each line, the earliest day first."""
    rows = Allocation.objects.filter(line__in=lines).annotate(there=Q(level__isnull=False))
    found = defaultdict[int, dict[tuple[date, bool], int]](dict)
    summed = rows.values_list("line", "ships_on", "there").annotate(units=Sum("quantity"))
    for line, day, there, units in summed.order_by("line", "ships_on", "-there"):
        found[line][day, there] = units
    return found


def count_here(line: Line, allocated: Allocated, today: date) -> int:
    """Count the open units of a line that the warehouse has, or that are on hand and can ship today."""
    released: int = line.quantity_open - line.quantity_unreleased
    standing: Standing | None = getattr(line, "standing", None)
    if standing is None:
        return released
    if sum(allocated.values()) != count_covered(standing):
        # of a kit: all of it or, as far as one knows, nothing
        whole = not standing.allocated_inbound and all(day <= today for day, _ in allocated)
        return released + (standing.allocated_on_hand if whole else 0)
    return released + sum(units for (day, there), units in allocated.items() if there and day <= today)


def count_covered(standing: Standing) -> int:
    """Count the units of a line that supply is set aside for."""
    return standing.allocated_on_hand + standing.allocated_inbound


def list_parts(line: Line, allocated: Allocated, here: int, today: date) -> tuple[consent.Part, ...]:
    """List the open units of a line by the day that is planned now, those that are here first; no day is before today."""
    standing = getattr(line, "standing", None)
    parts: list[tuple[int, date | None]] = [(here, today)]
    if standing is not None:
        if sum(allocated.values()) == count_covered(standing):
            parts += [
                (units, max(day, today))
                for (day, there), units in allocated.items()
                if not (there and day <= today)
            ]
        else:  # of a kit units of components are set aside: only the day of its last unit is known
            last = max([day for day, _ in allocated], default=None)
            rest = count_covered(standing) + line.quantity_open - line.quantity_unreleased - here
            parts.append((rest, last and max(last, today)))
        parts.append((standing.unallocated, None))
    return tuple(consent.Part(units, day) for units, day in parts if units)


def with_plan(
    order: Order, promises: Sequence[consent.Promise], parts: tuple[consent.Part, ...]
) -> tuple[consent.Promise, ...]:
    """Add what is planned now: a day that is a little later than the promise is not promised anew, and counts all the same."""
    if not parts:
        return tuple(promises)
    at = promises[-1].at if promises else order.ordered_at
    return (*promises, consent.Promise(at, parts[-1].day, parts))


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


def read_cancelled(
    lines: Sequence[int],
) -> tuple[dict[int, list[consent.Cancellation]], dict[int, list[consent.Refund]]]:
    """Read what was cancelled of each line, and what of it was paid back: all of it has left, or nothing was to go."""
    left = Q(refund_part__refund__transfers__state="sent")
    rows = (
        Cancellation.objects.filter(line__in=lines)
        .annotate(
            owed=F("refund_part__refund__amount"),
            decided_at=F("refund_part__refund__entry__at"),
            sent=Sum("refund_part__refund__transfers__amount", filter=left, default=0),
            sent_at=Max("refund_part__refund__transfers__sent_at", filter=left),
        )
        .order_by("id")
        .values_list("line", "pk", "entry__at", "quantity", "by", "owed", "sent", "decided_at", "sent_at")
    )
    found = defaultdict[int, list[consent.Cancellation]](list)
    paid = defaultdict[int, list[consent.Refund]](list)
    for line, row, at, units, by, owed, sent, decided_at, sent_at in rows:
        name = name_cancellation(row)
        found[line].append(consent.Cancellation(name, at, units, "seller" if by == "seller" else "buyer"))
        if owed is not None and sent == owed:
            paid[line].append(consent.Refund(max(at, sent_at or decided_at), units, name))
    return found, paid


def name_cancellation(cancellation: int) -> str:
    """Name a cancellation by its id."""
    return f"cancellation {cancellation}"


def read_notices(lines: Sequence[int]) -> dict[int, list[consent.Notice]]:
    """Read what customers were told of each line."""
    rows = (
        NoticeLine.objects.filter(line__in=lines)
        .select_related("notice__failure__entry")
        .order_by("notice", F("revised_on").desc(nulls_first=True))
    )
    found = defaultdict[int, list[consent.Notice]](list)
    for row in rows:
        notice, failure = row.notice, getattr(row.notice, "failure", None)
        failed_at = max(failure.entry.at, notice.told_at) if failure else None
        found[row.line_id].append(
            consent.Notice(
                name_notice(notice.pk),
                notice.told_at,
                row.revised_on,
                frozenset(row.says),
                failed_at,
                row.quantity,
            )
        )
    return found


def name_notice(notice: int) -> str:
    """Name a notice by its id."""
    return f"notice {notice}"


def read_answers(lines: Sequence[int]) -> dict[int, list[consent.Answer]]:
    """Read what customers said of each line."""
    found = defaultdict[int, list[consent.Answer]](list)
    for row in Answer.objects.filter(line__in=lines).select_related("look__entry").order_by("id"):
        look = getattr(row, "look", None)
        found[row.line_id].append(
            consent.Answer(
                row.said_at,
                row.kind,  # type: ignore[arg-type] # the database holds which there are
                row.quantity,
                name_notice(row.notice_id) if row.notice_id else "",
                row.until,
                max(look.entry.at, row.said_at) if look else None,
            )
        )
    return found
