"""What could not be taken, and where it stands now: lowered, asked for otherwise, called off, or left for its customer to pay."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from backorder.orders.models import Order
from backorder.outbox.models import Entry
from backorder.payments.models import Charge
from backorder.payments.shares import WITH, find_excess

FAILED, LOWERED = "charge.failed", "charge.lowered"
"""Entries of what was not taken, and of a charge in the place of one that was more than is owed."""


def list_still_failed(entries: Iterable[int], now: datetime) -> list[Charge]:
    """List the charges in which what could not be taken, by these entries, is still to be paid and keeps its place, each once."""
    failed = Entry.objects.filter(pk__in=list(entries)).order_by("id")
    found = {charge.pk: charge for entry in failed if (charge := find_standing(entry)) is not None}
    return [
        each
        for each in found.values()
        if each.to_pay and each.keeps_until is not None and each.keeps_until > now
    ]


def sum_to_pay(order: Order, charges: Iterable[Charge]) -> dict[str, int]:
    """Add up by currency, in minor units, what is still to be paid of charges that failed: no more than the order costs by now."""
    sums = dict[str, int]()
    for each in charges:
        sums[each.currency] = sums.get(each.currency, 0) + each.to_pay
    order = Order.objects.prefetch_related(*WITH).get(pk=order.pk)
    owed = {currency: amount - find_excess(order, currency) for currency, amount in sums.items()}
    return {currency: amount for currency, amount in owed.items() if amount > 0}


def find_standing(entry: Entry) -> Charge | None:
    """Find the charge in which what an entry says was not taken stands now; None: somebody called it off.

    It is a charge of its own where another part had been called off, and one that was lowered has another in its place.
    """
    charges = Charge.objects.select_related("called_off").prefetch_related("attempts")
    charge = charges.filter(entry=entry).first() or charges.get(attempts=entry.facts["attempt"])
    while charge.called_off is not None:
        instead = charges.filter(entry__what=LOWERED, entry__caused_by=charge.called_off.caused_by_id)
        lowered = instead.filter(order=charge.order_id, pk__gt=charge.pk).first()
        if lowered is None:
            return None
        charge = lowered
    return charge
