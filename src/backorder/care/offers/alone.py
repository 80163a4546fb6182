"""Offers that nobody makes: a line slips, and something that is free and costs no more is offered by a rule of the house.

Who is served first is asked first. Each offer is one transaction: whoever is killed has made it, with its units kept, or has not.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from backorder.allocation.services import list_by_rank
from backorder.care.house import House, read_house
from backorder.care.models import Offer, OfferPlace
from backorder.care.offers.answering import settle_offers
from backorder.care.offers.finding import Choice, list_choices
from backorder.care.offers.making import Wish, find_way, make_offer, read_line
from backorder.care.post.lookout import PATIENCE
from backorder.care.post.messages import AUTOPILOT
from backorder.care.post.messages import goes_on as does_mail_go_on
from backorder.care.post.messages import is_stopped as is_mail_stopped
from backorder.catalog.models import Substitute
from backorder.orders.models import Line
from backorder.orders.services import OrderError
from backorder.outbox import switches
from backorder.outbox.models import Entry
from backorder.outbox.selectors import on_day_of
from backorder.outbox.services import Cause, write
from backorder.outbox.turns import hold_turn

SWITCH = "offers"
stop, is_stopped = partial(switches.stop, SWITCH), partial(switches.is_stopped, SWITCH)
goes_on = partial(switches.goes_on, SWITCH)
"""All offers that nobody makes."""
SHADOW = "offer.shadowed"
ONLY = 1
"""There is one place at which it was left."""


def offer_alone(clock: Callable[[], datetime], patience: timedelta = PATIENCE) -> int:
    """End what is over, and offer something else where lines slipped; gives how many offers were made.

    It ends after a while, and goes on when it is called again. In the shadow what would be offered is noted, and nothing is.
    """
    begun, house = clock(), read_house()
    settle_offers(begun)
    if house.offers.mode == "off" or is_stopped() or house.sending.is_quiet_here(begun):
        return 0
    if house.offers.mode == "on" and is_mail_stopped():
        return 0
    with hold_turn(SWITCH) as held:
        return offer_some(house, clock, begun + patience) if held else 0


def offer_some(house: House, clock: Callable[[], datetime], until: datetime) -> int:
    """Offer something where lines slipped, from where it was left on: who is behind has a turn, however many are in front."""
    begun = clock()
    made, most = 0, house.offers.each_day - count_made(begun)
    place = OfferPlace.objects.first()
    for item in list_items(house, begun, place):
        for line in list_slipped(house, begun, item, place):
            if made >= most or clock() >= until:
                return made
            made += offer_one(line, house, clock())
            place = OfferPlace(pk=ONLY, item=item, line=line.pk)
            place.save()
    OfferPlace.objects.all().delete()
    return made


def count_made(now: datetime) -> int:
    """Count the offers that nobody made, on the shop's day; in the shadow too."""
    made = Entry.objects.filter(on_day_of(now, "at"), what__in=("offer.made", SHADOW), who=AUTOPILOT)
    return made.count()


def find_slipped(house: House, now: datetime) -> QuerySet[Line]:
    """Find the lines whose day has moved so far that something is offered, and to which nothing was offered yet."""
    late = Q(promised_on__gte=F("first_promised_on") + timedelta(days=house.offers.after_days))
    replaced = Substitute.objects.filter(item=OuterRef("item"))
    if house.offers.kinds:
        replaced = replaced.filter(kind__in=house.offers.kinds)
    return Line.objects.filter(
        late | Q(promised_on=None),
        Exists(replaced),
        ~Exists(Offer.objects.filter(line=OuterRef("pk"))),
        first_promised_on__isnull=False,
        quantity_unreleased__gt=0,
        order__held_until=None,
        order__ordered_at__lte=now,
    ).exclude(order__payment_state="unpaid")


def list_items(house: House, now: datetime, place: OfferPlace | None) -> list[int]:
    """List the items of lines that slipped, by id, from a place on, and from the first again."""
    found = find_slipped(house, now).order_by("item").values_list("item", flat=True)
    first = place.item if place else 0
    return sorted(found.distinct(), key=lambda item: (item < first, item))


def list_slipped(house: House, now: datetime, item: int, place: OfferPlace | None) -> list[Line]:
    """List the lines of an item that slipped, in the order in which they are served; at a place those behind it."""
    rows = find_slipped(house, now).filter(item=item).select_related("order__customer").in_bulk()
    ranked = list_by_rank([item], timezone.localdate(now))
    if place is not None and place.item == item and place.line in ranked:
        ranked = ranked[ranked.index(place.line) + 1 :]
    return [rows[key] for key in ranked if key in rows]


@transaction.atomic
def offer_one(line: Line, house: House, now: datetime) -> bool:
    """Offer something for one line, if something is free, a letter reaches its customer, and nobody stopped offers or messages."""
    if not goes_on() or (house.offers.mode == "on" and not does_mail_go_on()):
        return False
    choice = choose(line, house, timezone.localdate(now))
    if choice is None:
        return False
    if house.offers.mode == "shadow":
        return note_shadow(line, choice, now)
    if not find_way(line.order, house):
        return False
    try:
        make_offer(line, Wish(choice.name), Cause(AUTOPILOT, now))
    except OrderError:  # somebody was faster
        return False
    return True


def choose(line: Line, house: House, today: date) -> Choice | None:
    """Choose what is offered for a line without a person: the earliest that costs no more than was agreed."""
    kinds = house.offers.kinds
    found = list_choices(read_line(line), house, today)
    return next(
        (each for each in found if each.extra <= 0 and (not kinds or each.substitute.kind in kinds)), None
    )


def note_shadow(line: Line, choice: Choice, now: datetime) -> bool:
    """Note what would be offered, once for each line."""
    sku, subjects = choice.substitute.substitute.sku, [("order", line.order.number)]
    known = Entry.objects.filter(what=SHADOW, subjects__kind="order", subjects__key=line.order.number)
    if known.filter(facts__line=line.number).exists():
        return False
    facts = {
        "line": line.number,
        "units": choice.units,
        "sku": sku,
        "instead_of": choice.quantity,
        "ships_on": choice.ships_on.isoformat(),
    }
    write(Cause(AUTOPILOT, now), SHADOW, [*subjects, ("item", sku)], facts)
    return True
