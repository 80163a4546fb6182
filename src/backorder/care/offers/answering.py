"""What becomes of an offer: it is taken, declined, over, or overtaken. A yes is one transaction, and counts once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from backorder.allocation.acceptance.handing import give_units_back, hand_over
from backorder.allocation.acceptance.taking import look_out
from backorder.allocation.models import Standing
from backorder.allocation.services import decide_on, hold_items
from backorder.care.choices import ChangedError, hold_choices
from backorder.care.house import look_for_customer
from backorder.care.letters.writing import choose_language
from backorder.care.models import Offer
from backorder.care.offers.finding import count_waiting, find_day, find_obstacle, is_earlier, takes_part
from backorder.care.offers.holds import end, when_kept_ships, write_about
from backorder.care.offers.pricing import has_money
from backorder.orders import services as orders
from backorder.orders.models import Cancellation, Line
from backorder.orders.selectors import find_items_of_order, find_next_number
from backorder.orders.services import Told, Wanted
from backorder.orders.services.records import disclose
from backorder.outbox.models import Entry
from backorder.outbox.services import CLOCK, Cause
from backorder.payments.services import Back, let_back

__all__ = ["decline", "find_offer", "list_standing", "settle_offers", "take"]

UNTOLD = ("refused", "failed", "withdrawn", "taken_back")
"""How a message ended of which its customer knows nothing."""
LATE = ("", "withdrawn")
"""How a message stands that did not leave yet, or not any more because it was not true."""
NOTHING_BACK = "what was taken instead costs as much, or more"
T = TypeVar("T")
WITH = (
    "line__order__customer",
    "line__item",
    "line__standing",
    "item",
    "location",
    "hold",
    "message__notice__failure",
    "entry",
)


def read_offers() -> QuerySet[Offer]:
    """Read offers with what tells how they stand, and `kept_on`: when what they keep would ship."""
    return Offer.objects.select_related(*WITH).annotate(kept_on=when_kept_ships())


def find_end(offer: Offer, now: datetime) -> str:
    """Find how an offer that was read so has ended although nobody answered; blank: it stands, and a yes would count."""
    if offer.outcome:
        return offer.outcome
    line = offer.line
    ships_on: date | None = offer.kept_on  # type: ignore[attr-defined] # as annotated
    if ships_on is None or not is_earlier(ships_on, find_day(line)) or not fits(offer):
        return "overtaken" if offer.until > now else "lapsed"
    if offer.until <= now:
        return "lapsed"
    if offer.extra > 0 and has_money(line.order):
        return "overtaken"
    message = offer.message
    if message is not None and message.outcome in LATE and offer.names_past(timezone.localdate(now)):
        return "overtaken"
    notice = getattr(message, "notice", None)
    if message is not None and (message.outcome in UNTOLD or hasattr(notice, "failure")):
        return "withdrawn" if message.outcome == "taken_back" else "unsent"
    return ""


def fits(offer: Offer) -> bool:
    """Tell whether a line is still one for which this could be offered: it may ship together with others by now."""
    line, waiting = offer.line, count_waiting(offer.line)
    return offer.quantity <= waiting and not find_obstacle(line) and takes_part(line, offer.quantity, waiting)


def take(offer: Offer, cause: Cause) -> Line:
    """Take what is offered in the place of what waits. Raises OrderError, and ChangedError if it does not stand any more.

    It is ordered on the same order, in the place in line that the other had, and what it stands in for is cancelled. The hold hands
    its units to the new line: nobody comes between.
    """
    return answer(offer, partial(take_locked, offer.pk, cause))


def decline(offer: Offer, cause: Cause, outcome: str = "declined") -> Entry | None:
    """Note that a customer does not want what is offered, or the shop takes it back; None if it has ended. Nothing else changes."""
    return answer(offer, partial(decline_locked, offer.pk, outcome, cause))


def answer(offer: Offer, act: Callable[[set[int]], T]) -> T:
    """Answer an offer while nobody else chooses for its order, with the items of both orders locked."""
    with transaction.atomic():
        hold_choices(offer.line.order)
        return hold_items(lambda: find_items_of_order(offer.line.order) | {offer.item_id}, act)


def lock_offer(key: int) -> Offer:
    """Lock an offer, as it is now."""
    return read_offers().select_for_update(of=("self",)).get(pk=key)


def take_locked(key: int, cause: Cause, locked: set[int]) -> Line:
    """Take an offer whose items are locked. Raises Spread, and as `take`."""
    offer = lock_offer(key)
    line, order, hold = offer.line, offer.line.order, offer.hold
    if find_end(offer, cause.at):
        message = f"order {order.number}: what was offered is over; nothing is kept any more"
        raise ChangedError(message)
    number = find_next_number(order)
    entry = write_about(
        offer,
        "offer.taken",
        cause,
        {"instead_of": offer.quantity, "by_line": number, "extra": offer.extra},
    )
    because = Cause(cause.who, cause.at, caused_by=entry)
    added = orders.add_line(order, build_wanted(offer, number), because)
    taken = Line.objects.get(order=order, number=number)
    hand_over(hold.lines.get(), taken, added)
    gone = orders.cancel(line, offer.quantity, because)
    orders.cancel_order(hold, because, what="hold.taken")
    decide_on(entry, locked)
    stand = Standing.objects.select_related("line").get(line=taken)
    disclose([look_out(taken, stand)], Told(choose_language(order, look_for_customer()[0])), added)
    offer.taken, offer.cancellation = taken, Cancellation.objects.get(entry=gone)
    end(offer, "taken", cause.at)
    if offer.extra >= 0:
        nothing = Back(0, line.item.currency, [offer.cancellation])
        let_back(order, nothing, Cause(cause.who, cause.at, NOTHING_BACK, entry))
    return taken


def build_wanted(offer: Offer, number: str) -> Wanted:
    """Say what is ordered by a yes: as the line was wanted, but for what it is, where from and for how much."""
    line = offer.line
    return Wanted(
        number,
        offer.item,
        offer.units,
        line.requested_on,
        location=offer.location,
        needed_by=line.needed_by,
        commitment=line.commitment,
        unit_price=offer.unit_price,
    )


def decline_locked(key: int, outcome: str, cause: Cause, locked: set[int]) -> Entry | None:
    """End an offer whose items are locked. Raises Spread."""
    offer = lock_offer(key)
    if offer.outcome:
        return None
    entry = write_about(offer, f"offer.{outcome}", cause)
    end(offer, outcome, cause.at)
    give_units_back(offer.hold, Cause(cause.who, cause.at, caused_by=entry), locked)
    return entry


def settle_offers(now: datetime) -> int:
    """End the offers that are over, overtaken, or of which no mail told; gives how many."""
    ended = [each for each in read_offers().filter(outcome="").order_by("id") if find_end(each, now)]
    return sum(answer(each, partial(settle_locked, each.pk, now)) is not None for each in ended)


def settle_locked(key: int, now: datetime, locked: set[int]) -> Entry | None:
    """End an offer whose items are locked, if that has come. Raises Spread."""
    offer = lock_offer(key)
    outcome = find_end(offer, now)
    if offer.outcome or not outcome:
        return None
    return decline_locked(key, outcome, Cause(CLOCK, now, caused_by=offer.entry), locked)


def list_standing(orders: Sequence[int], now: datetime) -> list[tuple[Offer, date]]:
    """List the offers for orders, by their ids, to which a yes would count now, and when what they keep would ship."""
    standing = Q(line__order__in=orders, outcome="")
    if not Offer.objects.filter(standing).exists():
        return []  # as for most: what tells how an offer stands is of many tables
    found = read_offers().filter(standing).order_by("id")
    return [(each, each.kept_on) for each in found if not find_end(each, now)]  # type: ignore[attr-defined]


def find_offer(number: int) -> Offer | None:
    """Find an offer; None if there is none."""
    return read_offers().filter(pk=number).first()
