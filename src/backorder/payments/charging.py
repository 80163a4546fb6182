"""What is to be charged is noted: for what leaves, or because a person says so. Each in one transaction, with the order locked."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from functools import partial

from django.db import transaction
from django.db.models import prefetch_related_objects

from backorder.money import say_amount
from backorder.orders.models import Line, Order
from backorder.orders.services.wanted import refuse
from backorder.outbox import switches
from backorder.outbox.jobs import defer
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write
from backorder.payments.models import AUTHORISATION, CARD, LINK, Attempt, Charge, Means
from backorder.payments.services import check_currency, lock
from backorder.payments.shares import WITH, find_card, find_due, find_excess, find_open, list_authorisations

TAKE = "take_charges"
"""The job that asks providers for what is to be charged."""
SWITCH = "charges"
stop, is_stopped = partial(switches.stop, SWITCH), partial(switches.is_stopped, SWITCH)
goes_on = partial(switches.goes_on, SWITCH)
"""All money that is taken by a provider. What leaves meanwhile is noted, and waits."""
OURS = uuid.UUID("5f0d5c51-4a6f-4c39-9b35-6a0f1f0c7d26")
"""Names the keys of charges: the same entry and currency give the same key."""
Part = tuple[Means | None, str, int]
"""By which means, how, and how much."""


def charge_shipped(order: Order, units: Iterable[tuple[Line, int]], entry: Entry) -> list[Charge]:
    """Note what is to be charged for units that leave, in the caller's transaction; `entry` says that they did.

    Only of an order that can be charged by what is noted of it here: others are charged elsewhere.
    """
    if order.payment_state != "chargeable" or not Means.objects.filter(order=order.pk).exists():
        return []
    order = read_to_charge(order)
    prices: dict[str, int] = {}
    for line, quantity in units:
        currency = line.item.currency
        prices[currency] = prices.get(currency, 0) + quantity * line.unit_price
    made = []
    for currency, price in sorted(prices.items()):
        amount = find_due(order, currency, price)
        if amount:
            made.append(begin(order, currency, amount, entry))
    return made


def read_to_charge(order: Order) -> Order:
    """Lock an order, and read all that says how much of it may be charged, and by what."""
    order = lock(order)
    prefetch_related_objects([order], *WITH)
    return order


def begin(order: Order, currency: str, amount: int, entry: Entry) -> Charge:
    """Note that so much is to be charged, and ask for it by what there is, in the caller's transaction."""
    charge = keep(order, currency, amount, entry)
    ask_for(charge, choose_means(order, currency, amount), entry)
    return charge


def keep(order: Order, currency: str, amount: int, entry: Entry) -> Charge:
    """Keep that so much is to be charged: of an entry and a currency once."""
    key = uuid.uuid5(OURS, f"{entry.pk} {currency}")
    return Charge.objects.create(order=order, currency=currency, amount=amount, key=key, entry=entry)


def choose_means(order: Order, currency: str, amount: int) -> list[Part]:
    """Choose by what an amount is taken: first of what is held, what ends first at the front; the rest by the card that is kept."""
    parts: list[Part] = []
    for held in list_authorisations(order, currency):
        some = min(amount, held.amount or 0)
        if some:
            parts.append((held, AUTHORISATION, some))
            amount -= some
    card = find_card(order)
    if amount and card is not None:
        parts.append((card, CARD, amount))
    return parts


def ask_for(charge: Charge, parts: Sequence[Part], entry: Entry) -> list[Attempt]:
    """Ask for parts of a charge; a provider is asked as soon as this is kept."""
    if parts:
        defer(TAKE, once=TAKE)
    first = charge.attempts.count() + 1
    return Attempt.objects.bulk_create(
        Attempt(
            charge=charge,
            number=number,
            kind=kind,
            means=means,
            amount=amount,
            key=uuid.uuid5(charge.key, str(number)),
            try_at=entry.at,
            entry=entry,
        )
        for number, (means, kind, amount) in enumerate(parts, first)
    )


@transaction.atomic
def charge_now(order: Order, amount: int, currency: str, cause: Cause) -> Charge:
    """Charge so much of an order though it may not have left, because somebody says why. Raises OrderError."""
    order = read_to_charge(order)
    about = f"order {order.number}"
    check_currency(order, currency)
    refuse(not cause.why.strip(), f"{about}: say why it is charged now; what leaves is charged by itself")
    most = find_open(order, currency)
    refuse(
        not 0 < amount <= most,
        f"{about}: {say_amount(most, currency)} may still be charged, not {say_amount(amount, currency)}",
    )
    refuse(
        not choose_means(order, currency, amount),
        f"{about}: there is nothing to charge it by; note a card, or what is held",
    )
    entry = write(cause, "charge.begun", [("order", order.number)], {"amount": amount, "currency": currency})
    return begin(order, currency, amount, entry)


@transaction.atomic
def charge_again(charge: Charge, cause: Cause, *, by_link: bool) -> list[Attempt]:
    """Charge what failed of a charge again, by what there is now or by a link at which the customer pays. Raises OrderError."""
    order, charge = lock_charge(charge)
    about, rest = f"order {order.number}", charge.rest
    refuse(not rest, f"{about}: nothing of that charge failed, or somebody called it off")
    refuse(order.payment_state == "paid", f"{about} is paid: call that charge off")
    more = find_excess(order, charge.currency)
    refuse(
        bool(more),
        f"{about} costs {say_amount(more, charge.currency)} less than that by now: call that charge off, and charge what it costs",
    )
    parts: list[Part] = [(None, LINK, rest)] if by_link else choose_means(order, charge.currency, rest)
    refuse(not parts, f"{about}: there is nothing to charge it by; note a card, or let the customer pay")
    facts = {"amount": rest, "currency": charge.currency, "by": "link" if by_link else "means"}
    return ask_for(charge, parts, write(cause, "charge.goes_on", [("order", order.number)], facts))


@transaction.atomic
def call_off(charge: Charge, cause: Cause) -> Entry:
    """Decide that what failed of a charge is not charged: it was paid otherwise, or is given away. Raises OrderError."""
    order, charge = lock_charge(charge)
    about = f"order {order.number}"
    refuse(not charge.rest, f"{about}: nothing of that charge failed; what is asked for cannot be called off")
    refuse(not cause.why.strip(), f"{about}: say why it is not charged")
    facts = {"amount": charge.rest, "currency": charge.currency}
    charge.called_off = write(cause, "charge.called_off", [("order", order.number)], facts)
    charge.save(update_fields=["called_off"])
    return charge.called_off


@transaction.atomic
def end_attempt(attempt: Attempt, cause: Cause) -> Entry:
    """Take back what no provider was asked for yet, or have a link end. Raises OrderError."""
    order, _ = lock_charge(attempt.charge)
    attempt = Attempt.objects.select_for_update(of=("self",)).select_related("charge").get(pk=attempt.pk)
    about = f"order {order.number}"
    ends = attempt.kind == LINK and attempt.state == "pending"
    refuse(
        attempt.state != "waiting" and not ends,
        f"{about}: that attempt is {attempt.state}; only what waits, or a link, can be ended",
    )
    facts = {"amount": attempt.amount, "currency": attempt.charge.currency}
    entry = write(cause, "charge.ended", [("order", order.number)], facts)
    if ends:
        attempt.state, attempt.try_at = "ending", cause.at
        defer(TAKE, once=TAKE)
    else:
        attempt.state, attempt.try_at, attempt.failed_at = "failed", None, cause.at
        attempt.said = f"{cause.who} called it off"
    attempt.save()
    return entry


def lock_charge(charge: Charge) -> tuple[Order, Charge]:
    """Lock a charge behind its order."""
    order = read_to_charge(charge.order)
    return order, Charge.objects.select_for_update(of=("self",), no_key=True).get(pk=charge.pk)
