"""Asks providers to send money back, each transfer once, and follows what becomes of it.

A transfer is claimed, asked for, and noted: three steps, for no transaction holds a provider. Who is killed in the middle asks again,
and asks first what became of it: under one key a provider sends once. What a provider tells us unasked is a hint to ask, no more: it
may come twice, late, in another order, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from backorder.outbox.jobs import defer
from backorder.outbox.services import Cause
from backorder.outbox.turns import hold_turn
from backorder.payments.models import BY_HAND, Transfer
from backorder.payments.providers import Ask, Provider, ProviderError, Told
from backorder.payments.services import SEND, goes_on, is_stopped
from backorder.payments.stripe import find_stripe
from backorder.payments.transfers import end_failed, end_sent, lock_transfer

PROVIDERS: dict[str, Callable[[], Provider | None]] = {"stripe": find_stripe}
"""By way; none: it is not set up."""
AUTOPILOT = "autopilot"
PATIENCE = timedelta(seconds=40)
PAUSES = (
    *(timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1)),
    timedelta(hours=6),
)
"""How long until a provider is asked again, the first time and then; the last one from then on: nobody gives up what may be sent."""
LONGEST_SAID = 500


def find_provider(way: str) -> Provider | None:
    """Find a provider; None: it is not set up."""
    return PROVIDERS[way]()


def send_refunds(clock: Callable[[], datetime], patience: timedelta = PATIENCE) -> int:
    """Ask for what is to be asked, as long as nobody stops it; gives how many transfers were asked for or about.

    It ends after a while, and is called again: other work waits for the same worker.
    """
    until, asked = clock() + patience, 0
    with hold_turn(SEND) as held:
        if held:
            note_absent()
        while held and (now := clock()) < until:
            claimed = claim(now)
            if claimed is None:
                break
            pursue(claimed, clock)
            asked += 1
    return asked


def note_absent() -> None:
    """Note of what waits for a provider that is not set up why it does: a person may call it off, and pay by hand."""
    for way in PROVIDERS:
        if find_provider(way) is None:
            said = f"{way} is not set up here; see the settings"
            Transfer.objects.filter(way=way, state="waiting").exclude(said=said).update(said=said)


@transaction.atomic
def claim(now: datetime) -> Transfer | None:
    """Claim the next transfer to ask for or about, of providers that are set up. None: there is none.

    What was never asked for waits while somebody stopped all refunds.
    """
    there = [way for way in PROVIDERS if find_provider(way) is not None]
    due = Transfer.objects.filter(try_at__lte=now, way__in=there)
    if not goes_on():
        due = due.exclude(state="waiting")
    locked = (
        due.select_for_update(of=("self",))
        .order_by("try_at", "id")
        .select_related("payment", "refund__order")
    )
    transfer = locked.first()
    if transfer is None:
        return None
    if transfer.state == "waiting":
        transfer.state = "handed"
    transfer.try_at = now + PAUSES[min(transfer.tries, len(PAUSES) - 1)]
    transfer.tries += 1
    transfer.save()
    return transfer


def pursue(transfer: Transfer, clock: Callable[[], datetime]) -> None:
    """Ask a provider about a transfer, and note what it says."""
    try:
        told = ask_provider(transfer)
    except ProviderError as error:
        note_silence(transfer, str(error))
    else:
        note_told(transfer, told, clock())


def ask_provider(transfer: Transfer) -> Told:
    """Ask what became of a transfer, and for it if its provider knows nothing of it. Raises ProviderError.

    Whoever claimed it may have been killed before asking: so a stop counts here too, and only what a provider took goes on.
    """
    assert transfer.payment is not None
    provider = find_provider(transfer.way)
    if provider is None:
        message = f"{transfer.way} is not set up here; see the settings"
        raise ProviderError(message)
    ask = Ask(
        transfer.key,
        transfer.payment.reference,
        transfer.amount,
        transfer.refund.currency,
        transfer.refund.order.number,
        transfer.reference,
    )
    told = provider.find(ask)
    if told is None and is_stopped():
        message = f"{transfer.way} knows nothing of it, and somebody stopped all refunds"
        raise ProviderError(message)
    return told or provider.send(ask)


def note_silence(transfer: Transfer, said: str) -> None:
    """Note why nothing is known of a transfer yet."""
    Transfer.objects.filter(~Q(state="failed"), pk=transfer.pk).update(said=said[:LONGEST_SAID])


@transaction.atomic
def note_told(transfer: Transfer, told: Told, now: datetime) -> None:
    """Note what a provider said of a transfer. What was sent may still come back."""
    claimed_until = transfer.try_at
    transfer, _ = lock_transfer(transfer)
    hint = transfer.try_at if transfer.try_at != claimed_until else None
    cause = Cause(AUTOPILOT, now, caused_by=transfer.entry)
    was, transfer.reference = transfer.state, told.reference or transfer.reference
    transfer.label = told.label or transfer.label
    if was == "failed":
        return
    if told.state == "failed":
        end_failed(transfer, told.said[:LONGEST_SAID], cause)
    elif told.state == "sent" and was != "sent":
        end_sent(transfer, min(told.at or now, now), cause)
    else:
        transfer.said = ""
        if told.state == "sent":
            transfer.try_at = None
        elif was != "sent":
            transfer.state = "pending"
        transfer.save()
    if hint is not None and told.state == "sent":  # something happened since the provider spoke: ask again
        Transfer.objects.filter(pk=transfer.pk).update(try_at=hint)


def look_again(way: str, *, payment: str = "", reference: str = "", now: datetime) -> int:
    """Ask about the transfers of a payment, or about one, because a provider said that something happened; gives how many.

    A provider may know a transfer by a reference that we were killed before noting.
    """
    assert way != BY_HAND
    named = Q(pk=None)
    if reference:
        named |= Q(reference=reference)
    if payment:
        named |= Q(payment__reference=payment, reference="")
    found = Transfer.objects.filter(named, ~Q(state__in=("waiting", "failed")), way=way)
    return found.update(try_at=now)


@transaction.atomic
def hear(way: str, *, payment: str, reference: str, now: datetime) -> int:
    """Ask about what a provider said something of, as soon as this is kept; gives of how many transfers."""
    count = look_again(way, payment=payment, reference=reference, now=now)
    if count:
        defer(SEND, once=SEND)
    return count
