"""What came in for an order, what was charged, and what went back."""

from __future__ import annotations

from backorder.care.evidence.section import Cell, Section, say, say_day
from backorder.care.models import Thanks
from backorder.money import say_amount
from backorder.orders.models import Order
from backorder.payments.models import Attempt, Charge, Refund, Transfer
from backorder.payments.selectors import read_charges, read_payments, read_refunds


def tell_payments(order: Order) -> Section:
    """Tell what came in."""
    rows = [
        (
            *(say(each.paid_at), each.way.replace("_", " "), each.label, each.reference),
            *(
                say_amount(each.amount, each.currency),
                say_amount(each.refunded, each.currency),
                each.entry.who,
            ),
        )
        for each in read_payments().filter(order=order.pk).order_by("paid_at", "pk")
    ]
    columns = ("at", "way", "as the customer knows it", "reference", "amount", "of it back", "noted by")
    return Section(
        "Came in", "Payments that were noted. Of each no more goes back than came in.", columns, rows
    )


def tell_charges(order: Order) -> Section:
    """Tell what was to be charged and what became of it: a row for each attempt to take it."""
    rows = [
        (
            *(say(charge.entry.at), charge.entry.who, charge.entry.what, charge.entry.why),
            *(say_amount(charge.amount, charge.currency), *cells),
        )
        for charge in read_charges().filter(order=order.pk).order_by("pk")
        for cells in [tell_attempt(each, charge) for each in charge.attempts.all()] or [NOTHING_TAKEN]
    ]
    columns = (
        *("decided", "by", "for", "why", "amount"),
        *("how", "taken of it", "state", "reference", "failed"),
    )
    return Section("Charged", "What was to be charged, and each attempt to take it.", columns, rows)


NOTHING_TAKEN: tuple[Cell, ...] = ("",) * 5
"""Where there was nothing to charge by."""


def tell_attempt(attempt: Attempt, charge: Charge) -> tuple[Cell, ...]:
    """Tell what became of an attempt to take money."""
    failed = f"{say(attempt.failed_at)}: {attempt.said}" if attempt.failed_at else ""
    amount = say_amount(attempt.amount, charge.currency)
    return attempt.kind, amount, attempt.state, attempt.reference, failed


def tell_refunds(order: Order) -> Section:
    """Tell what goes back and what became of it: a row for each attempt to send it."""
    rows = [
        (
            *(say(refund.entry.at), refund.entry.who, refund.entry.why, say_refunded(refund)),
            *(say_amount(refund.amount, refund.currency), say_day(refund.due_by)),
            *cells,
        )
        for refund in read_refunds().filter(order=order.pk).order_by("pk")
        for cells in [tell_transfer(each, refund) for each in refund.transfers.all()] or [NOTHING_SENT]
    ]
    columns = (
        *("decided", "by", "why", "for", "amount", "leaves by"),
        *("way", "sent of it", "state", "to", "reference", "sent", "failed"),
    )
    return Section("Goes back", "What was decided, and each attempt to send it.", columns, rows)


NOTHING_SENT: tuple[Cell, ...] = ("",) * 7
"""Where it was found that nothing goes back."""


def say_refunded(refund: Refund) -> str:
    """Say for what money goes back."""
    parts = [part.cancellation for part in refund.parts.all()]
    units = "; ".join(f"{each.quantity} of line {each.line.number}" for each in parts)
    return units or ("paid twice, or not for this order" if refund.paid_twice else "goodwill")


def tell_transfer(transfer: Transfer, refund: Refund) -> tuple[Cell, ...]:
    """Tell what became of an attempt to send money."""
    failed = f"{say(transfer.failed_at)}: {transfer.said}" if transfer.failed_at else ""
    return (
        *(
            transfer.way.replace("_", " "),
            say_amount(transfer.amount, refund.currency),
            transfer.state,
            transfer.to,
        ),
        *(transfer.reference, say(transfer.sent_at), failed),
    )


def tell_thanks(order: Order) -> Section:
    """Tell what was given for waiting, and by which rules nothing was, so that one sees what they do."""
    rows = [
        (
            *(say(each.entry.at), each.entry.who, each.rule, each.version.number, each.group),
            *(each.manner, say_amount(each.amount, each.currency)),
        )
        for each in Thanks.objects.filter(order=order.pk).select_related("entry", "version").order_by("pk")
    ]
    return Section(
        "Thanked",
        "What was given for waiting. The group `control` gets nothing by a rule, so that one sees what it does.",
        ("at", "by", "rule", "version of the house", "group", "how", "amount"),
        rows,
    )
