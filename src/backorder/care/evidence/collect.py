"""Collects what is known of an order: shown, promised, told, answered, sent. Only where the law stands is worked out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from backorder.allocation.models import Promise
from backorder.allocation.reasons import say_reason
from backorder.allocation.services import read_steadily
from backorder.care.evidence.heard import tell_calls, tell_came_back, tell_offers, tell_opinions
from backorder.care.evidence.money import tell_charges, tell_payments, tell_refunds, tell_thanks
from backorder.care.evidence.section import Cell, Section, say, say_day
from backorder.care.evidence.told import tell_answers, tell_copies, tell_messages, tell_notices
from backorder.care.judging import FactsError, judge_orders
from backorder.faults import FaultyInputError
from backorder.fulfilment.models import Return
from backorder.fulfilment.selectors import read_shipments
from backorder.money import to_decimal
from backorder.orders.models import Cancellation, Disclosure, Line, Order
from backorder.outbox.models import Entry
from backorder.outbox.selectors import read_story, with_subjects


@dataclass(frozen=True)
class Evidence:
    """What is known of an order at an instant."""

    number: str
    at: datetime
    sections: Sequence[Section]


def collect(order: Order, now: datetime) -> Evidence:
    """Collect what is known of an order, all at one moment."""
    with read_steadily():
        parts: list[Callable[[Order], Section]] = [
            *(
                tell_order,
                tell_lines,
                tell_disclosures,
                tell_promises,
                tell_notices,
                tell_messages,
                tell_copies,
                tell_came_back,
            ),
            *(
                tell_calls,
                tell_offers,
                tell_opinions,
                tell_answers,
                tell_cancellations,
                tell_shipments,
                tell_returns,
                tell_payments,
            ),
            *(tell_charges, tell_refunds, tell_thanks),
        ]
        sections = [part(order) for part in parts]
        return Evidence(order.number, now, [*sections, tell_law(order, now), tell_journal(order)])


def tell_order(order: Order) -> Section:
    """Tell what was ordered by whom, and where it goes."""
    customer, address = order.customer, getattr(order, "address", None)
    rows: list[tuple[Cell, ...]] = [
        ("number", order.number),
        ("ordered", say(order.ordered_at)),
        ("day on the customer's calendar", say_day(order.ordered_on)),
        ("customer", f"{customer.code} {customer.name}".strip() if customer else ""),
        ("e-mail", customer.email if customer else ""),
        ("phone", customer.phone if customer else ""),
        ("payment", order.payment_state.replace("_", " ")),
        ("held until", say(order.held_until)),
    ]
    if address is not None:
        to = (address.name, address.street, address.postcode, address.city, address.region, address.country)
        rows.append(("goes to", ", ".join(part for part in to if part)))
    return Section("Order", "As it stands now.", ("what", "is"), rows)


def tell_lines(order: Order) -> Section:
    """Tell what was ordered."""
    lines = Line.objects.filter(order=order.pk).select_related("item").order_by("id")
    columns = (
        "line",
        "item",
        "name",
        "ordered",
        "shipped",
        "cancelled",
        "open",
        "price",
        "wanted on",
        "needed by",
    )
    rows = [
        (
            *(line.number, line.item.sku, line.item.name),
            *(line.quantity_ordered, line.quantity_shipped, line.quantity_cancelled, line.quantity_open),
            f"{to_decimal(line.unit_price, line.item.currency)} {line.item.currency}",
            *(say_day(line.requested_on), say_day(line.needed_by)),
        )
        for line in lines
    ]
    return Section("Lines", "Units of each line as they stand now, and the price of one.", columns, rows)


def tell_disclosures(order: Order) -> Section:
    """Tell what the customer was shown before buying."""
    columns = (
        *("at", "line", "units now", "units later", "day", "how sure", "payment", "right to cancel"),
        *("rules", "language", "shown"),
    )
    rows = [
        (
            *(
                say(each.at),
                each.line.number,
                each.quantity_now,
                each.quantity_later,
                say_day(each.promised_on),
            ),
            *(each.confidence, each.payment, each.cancellation, each.rule_pack, each.language, each.shown),
        )
        for each in Disclosure.objects.filter(line__order=order.pk).select_related("line").order_by("id")
    ]
    note = "Kept when it was ordered. Shown: whoever sent the order says that the customer saw it before."
    return Section("Shown before buying", note, columns, rows)


def tell_promises(order: Order) -> Section:
    """Tell each day that was promised, and why."""
    promises = Promise.objects.filter(line__order=order.pk).select_related("line", "entry").order_by("id")
    rows = [
        (
            *(say(each.entry.at), each.line.number, say_day(each.promised_on) or "none can be named"),
            *(say_reason(each.reason), each.entry_id),
        )
        for each in promises
    ]
    note = "Days of shipment of the last unit of a line. None was ever changed; the last one is in force."
    return Section("Promised", note, ("at", "line", "day", "reason", "journal"), rows)


def tell_cancellations(order: Order) -> Section:
    """Tell what was cancelled, by whom."""
    gone = Cancellation.objects.filter(line__order=order.pk).select_related("line", "entry").order_by("id")
    rows = [
        (say(each.entry.at), each.line.number, each.quantity, each.by, each.entry.who, each.entry.why)
        for each in gone
    ]
    return Section(
        "Cancelled", "By the buyer, or by the seller.", ("at", "line", "units", "by", "noted by", "why"), rows
    )


def tell_shipments(order: Order) -> Section:
    """Tell what left, with whom."""
    rows = [
        (
            say(each.shipped_at),
            end.release.line.number,
            end.quantity,
            each.carrier,
            each.tracking_number,
            each.tracking_link,
        )
        for each in read_shipments().filter(order=order.pk).order_by("shipped_at", "pk")
        for end in each.lines.all()
    ]
    columns = ("at", "line", "units", "carrier", "number", "link")
    return Section("Shipped", "When units were given to the carrier.", columns, rows)


def tell_returns(order: Order) -> Section:
    """Tell what came back."""
    back = Return.objects.filter(line__order=order.pk).select_related("line", "entry").order_by("id")
    rows = [(say(each.entry.at), each.line.number, each.quantity, each.entry.who) for each in back]
    return Section(
        "Came back", "Units that the customer sent back.", ("at", "line", "units", "noted by"), rows
    )


def tell_law(order: Order, now: datetime) -> Section:
    """Tell where the law stands now, as this program reads it."""
    columns = ("line", "units", "state", "next day", "to be done", "by", "where it is written")
    note = "As this program reads the packs of rules now; it is no legal advice."
    try:
        judged = judge_orders([order], now, every=True)
    except (FactsError, FaultyInputError) as error:
        return Section("Law", f"It cannot be said: {error}", columns, [])
    rows = [
        (
            *(each.line.number, verdict.quantity, verdict.state.replace("_", " "), say_day(verdict.deadline)),
            *(action.kind.replace("_", " ") if action else "", say_day(action.by) if action else ""),
            ", ".join(action.citations if action else (one.citation for one in verdict.standings)),
        )
        for each in judged
        for verdict in each.asked.verdicts
        for action in verdict.actions or [None]
    ]
    return Section("Law", note, columns, rows)


def tell_journal(order: Order) -> Section:
    """Tell the journal: every change of the order, who made it, when and why."""
    entries: Iterable[Entry] = with_subjects(read_story("order", order.number))
    rows = [
        (each.pk, say(each.at), each.who, each.what, each.why, each.caused_by_id, say_facts(each))
        for each in entries
    ]
    columns = ("entry", "at", "who", "what", "why", "caused by", "facts")
    return Section("Journal", "Every change of the order. No entry can be changed or removed.", columns, rows)


def say_facts(entry: Entry) -> str:
    """Say the facts of an entry by their names."""
    return "; ".join(f"{name}: {value}" for name, value in sorted(entry.facts.items()))
