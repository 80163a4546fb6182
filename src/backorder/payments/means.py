"""By what an order may be charged is noted, and ended: money that a card holds for it, or a card that is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from backorder.money import say_amount
from backorder.orders.clearance import set_payment_state
from backorder.orders.models import MOST_MONEY, Order
from backorder.orders.selectors import find_order
from backorder.orders.services.wanted import OrderError, refuse
from backorder.outbox.jobs import defer
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write
from backorder.payments.charging import TAKE, read_to_charge
from backorder.payments.models import AUTHORISATION, CARD, STRIPE, Means, Total
from backorder.payments.providers import Held
from backorder.payments.services import check_currency
from backorder.payments.shares import find_currencies, find_whole_cost, sum_kept

READ_HELD = "read_authorisation"
"""The job that notes what a card holds for an order, as its provider knows it."""
AFTER = timedelta(minutes=1)
"""So long after the last instant of what is held its provider is asked what became of it."""
UNSAID = timedelta(days=1)
"""So long until it is asked again, if it does not say until when it holds it."""


@dataclass(frozen=True)
class Kept:
    """A card that a customer let us keep, as its provider knows it."""

    reference: str
    customer: str
    label: str = ""
    way: str = STRIPE


@transaction.atomic
def note_held(order: Order, held: Held, cause: Cause, cost: int | None = None) -> Means | None:
    """Note what a card holds for an order; None if that is known. Raises OrderError.

    `cost`: what the whole order costs, in minor units; else what is held, if that is more than its prices.
    """
    order = read_to_charge(order)
    about = f"order {order.number}"
    check_currency(order, held.currency)
    known = Means.objects.filter(kind=AUTHORISATION, reference=held.reference).first()
    if known is not None:
        refuse(known.order_id != order.pk, f"{about}: {held.reference} is noted for another order")
        return None
    refuse(held.state != "open", f"{about}: nothing is held by {held.reference} any more")
    facts = {"kind": AUTHORISATION, "amount": held.amount, "currency": held.currency}
    entry = begin(order, facts, cause)
    write_total(order, (held.currency, cost, max(held.amount, sum_kept(order, held.currency))), entry, about)
    try:
        with transaction.atomic():
            return Means.objects.create(
                order=order,
                kind=AUTHORISATION,
                way=STRIPE,
                reference=held.reference,
                label=held.label,
                currency=held.currency,
                amount=held.amount,
                capture_before=held.capture_before,
                try_at=held.capture_before + AFTER if held.capture_before else cause.at + UNSAID,
                entry=entry,
            )
    except IntegrityError as error:  # another order was locked at the same time
        said = f"{about}: {held.reference} is noted for another order"
        raise OrderError(said) from error


@transaction.atomic
def note_card(order: Order, kept: Kept, cause: Cause, cost: int | None = None) -> Means | None:
    """Note a card that an order may be charged by; None if that is known. The one before is let go. Raises OrderError."""
    order = read_to_charge(order)
    about = f"order {order.number}"
    for name, value in (("the card", kept.reference), ("its customer", kept.customer)):
        refuse(not value.strip(), f"{about}: say by what Stripe knows {name}")
    refuse(
        kept.reference.startswith("pi_"), f"{about}: {kept.reference} is a payment; a card begins with pm_"
    )
    cards = [each for each in order.means.all() if each.kind == CARD and each.state == "open"]
    if any((each.reference, each.customer) == (kept.reference, kept.customer) for each in cards):
        return None
    entry = begin(order, {"kind": CARD}, cause)
    for each in cards:
        each.state, each.said = "over", "another card was noted"
        each.save(update_fields=["state", "said"])
    currencies = find_currencies(order)
    refuse(
        cost is not None and len(currencies) != 1,
        f"{about} is in several currencies: what it costs cannot be one amount",
    )
    if len(currencies) == 1:
        write_total(order, (currencies[0], cost, sum_kept(order, currencies[0])), entry, about)
    return Means.objects.create(
        order=order,
        kind=CARD,
        way=kept.way,
        reference=kept.reference,
        customer=kept.customer,
        label=kept.label,
        entry=entry,
    )


def begin(order: Order, facts: dict[str, object], cause: Cause) -> Entry:
    """Tell the journal that an order may be charged, and note it of its payment. Raises OrderError."""
    refuse(order.payment_state == "paid", f"order {order.number} is paid: nothing is to be charged")
    entry = write(cause, "means.noted", [("order", order.number)], facts)
    set_payment_state(order, "chargeable", Cause(cause.who, cause.at, cause.why, entry))
    return entry


def write_total(order: Order, said: tuple[str, int | None, int], entry: Entry, about: str) -> None:
    """Note what an order costs: as somebody says, else, if nobody did before, the amount that is given. Raises OrderError."""
    currency, cost, else_cost = said
    if cost is not None:
        refuse(
            not 1 <= cost <= MOST_MONEY,
            f"{about}: {say_amount(cost, currency)} is no cost of an order; name more than 0",
        )
    elif not else_cost or any(each.currency == currency for each in order.totals.all()):
        return
    amount = else_cost if cost is None else cost
    Total.objects.create(
        order=order, currency=currency, amount=amount, priced=sum_kept(order, currency), entry=entry
    )


def lower_total(order: Order, amount: int, currency: str, entry: Entry) -> Total:
    """Note that an order costs so much less, in the caller's transaction. It was read to be charged. Raises OrderError."""
    cost = find_whole_cost(order, currency)
    refuse(
        not 0 < amount < cost,
        f"order {order.number} costs {say_amount(cost, currency)}: not {say_amount(amount, currency)} less",
    )
    priced = sum_kept(order, currency)
    return Total.objects.create(
        order=order, currency=currency, amount=cost - amount, priced=priced, entry=entry
    )


@transaction.atomic
def void(means: Means, cause: Cause) -> Entry:
    """Let what is held go, which a provider is asked for; or keep a card no longer. Raises OrderError."""
    order, means = lock_means(means)
    about = f"order {order.number}"
    refuse(means.state != "open", f"{about}: that is {means.state} already")
    refuse(
        bool(means.used) and means.kind == AUTHORISATION, f"{about}: a charge takes of it; it ends by itself"
    )
    entry = write(cause, "means.let_go", [("order", order.number)], {"kind": means.kind})
    let_go(means, cause)
    return entry


def let_go(means: Means, cause: Cause) -> None:
    """Begin to let go what is held, or end a card, in the caller's transaction."""
    if means.kind == CARD:
        means.state, means.said = "over", f"{cause.who} let it go"
    else:
        means.state, means.try_at, means.tries = "ending", cause.at, 0
        defer(TAKE, once=TAKE)
    means.save(update_fields=["state", "said", "try_at", "tries"])


def lock_means(means: Means) -> tuple[Order, Means]:
    """Lock what an order may be charged by behind it."""
    order = read_to_charge(means.order)
    return order, Means.objects.select_for_update(of=("self",), no_key=True).get(pk=means.pk)


@transaction.atomic
def note_standing(means: Means, held: Held | None, now: datetime, who: str) -> None:
    """Note what a provider says of what it holds; None: it does not know it."""
    claimed_until = means.try_at
    order, means = lock_means(means)
    if means.state not in ("open", "ending"):
        return
    if held is not None and held.state == "open":
        if means.state == "open":
            means.capture_before, means.label = held.capture_before, held.label
            later = held.capture_before + AFTER if held.capture_before else now + UNSAID
            heard = means.try_at != claimed_until  # something happened since the provider spoke: ask again
            means.try_at = now if heard else later if later > now else now + AFTER
        means.said = ""
        means.save(update_fields=["capture_before", "label", "try_at", "said"])
        return
    means.state = "used" if held is not None and held.state == "used" else "over"
    means.said, means.try_at = "" if held is not None else "its provider does not know it", None
    means.save(update_fields=["state", "said", "try_at"])
    facts = {"state": means.state, "amount": means.amount, "currency": means.currency}
    write(Cause(who, now, caused_by=means.entry), "authorisation.ended", [("order", order.number)], facts)


def ask_to_read_held(order: Order, reference: str, cause: Cause, cost: int | None = None) -> int | None:
    """Put off reading what is held for an order: no provider is asked in a transaction. None: it is put off already."""
    once = f"{READ_HELD} {reference}"
    return defer(READ_HELD, once=once, reference=reference, order=order.number, who=cause.who, cost=cost)


def find_named(held: Held, order: Order | None) -> Order | None:
    """Find the order for which something is held: the one that it names, else the one that is given. Raises OrderError."""
    named = find_order(held.order) if held.order else None
    refuse(
        order is not None and bool(held.order) and (named is None or named.pk != order.pk),
        f"{held.reference} is held for order {held.order}",
    )
    return named or order
