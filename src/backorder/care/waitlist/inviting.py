"""Invites who comes next, as soon as units are free to sell: so many units, so many kept.

What is free says the one availability, behind everybody who ordered: never what lies on hand. It is asked again with the
item locked, and hold, message and invitation are kept in one transaction: whoever is killed has invited nobody, or each of them once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from backorder.allocation.availability import read_availability
from backorder.allocation.services import hold_items
from backorder.care.house import House, read_house
from backorder.care.letters.pieces import LetterError
from backorder.care.models import INVITED, Draft, Invitation, Wish
from backorder.care.post.lookout import PATIENCE, find_dead_mail
from backorder.care.post.messages import AUTOPILOT, SEND, Written, goes_on, is_stopped, keep
from backorder.care.waitlist.answering import settle_invitations
from backorder.care.waitlist.holds import keep_units
from backorder.care.waitlist.letter import write_invitation
from backorder.catalog.models import Item
from backorder.orders.services.wanted import OrderError
from backorder.outbox.feed import find_end
from backorder.outbox.jobs import defer
from backorder.outbox.models import Entry
from backorder.outbox.selectors import on_day_of
from backorder.outbox.services import Cause, write
from backorder.outbox.turns import hold_turn

ITEMS, FEW, READ = 100, 10, 500
"""So many items are looked at together; so many customers are invited in one transaction; so many wishes are read at a time."""
MOST_UNSENT = 3
"""Who could not be reached so often is passed over, until somebody takes them off the list and puts them on it again."""
SHADOW, PASSED = "waitlist.shadowed", "waitlist.passed_over"


def invite_waiting(clock: Callable[[], datetime], patience: timedelta = PATIENCE) -> int:
    """Invite who comes next, wherever units are free; gives how many. In the shadow that is noted, and nobody is invited.

    It ends after a while, and goes on when it is called again. What fails for one item keeps no other, and is raised at the end.
    """
    begun, house = clock(), read_house()
    settle_invitations(begun)
    if find_obstacle(house) or house.sending.is_quiet_here(begun):
        return 0
    invited, failed = 0, list[Exception]()
    with hold_turn("waitlist") as held:
        for item in list_free_items(timezone.localdate(begun)) if held else ():
            more = True
            while more and (now := clock()) < begun + patience:
                try:
                    gone = invite_next(item, house, now)
                except Exception as error:  # noqa: BLE001 - whatever it is, the next item has nothing to do with it
                    failed.append(error)
                    break
                invited += gone
                more = gone == FEW
    if failed:
        message = "customers on a waitlist could not be invited"
        raise ExceptionGroup(message, failed)
    return invited


def find_obstacle(house: House) -> str:
    """Say why nobody is invited; blank if customers are, or would be."""
    if house.waitlist.mode == "off":
        return 'the rules of the house do not say [waitlist] mode = "on"'
    if house.waitlist.mode == "shadow":
        return ""
    if house.sending.mode != "on":
        return 'the rules of the house do not say [sending] mode = "on"'
    if not house.mail:
        return "the rules of the house name no address that customers can answer, [letters] mail"
    if not settings.MAIL:
        return "no mail server is named, see BACKORDER_MAIL in the settings"
    if not settings.URL:
        return "nobody said under which address this site is reached, see BACKORDER_URL in the settings"
    return "somebody stopped all messages" if is_stopped() else ""


def name_item(item: Item) -> set[int]:
    """Name the item that is to be locked."""
    return {item.pk}


def list_free_items(today: date) -> Iterator[Item]:
    """List the items that somebody waits for and of which units are free to sell now, who has waited longest first."""
    first = Wish.objects.filter(waits()).order_by("item", "id").distinct("item")
    items = [wish.item for wish in sorted(first.select_related("item"), key=lambda wish: wish.pk)]
    for place in range(0, len(items), ITEMS):
        some = items[place : place + ITEMS]
        for item, there in zip(some, read_availability(some, today), strict=True):
            if there.free.on_hand:
                yield item


def waits() -> Q:
    """Choose the wishes that nobody is invited for."""
    standing = Invitation.objects.filter(wish=OuterRef("pk"), outcome="")
    return Q(~Exists(standing), outcome="")


def list_next(item: Item) -> QuerySet[Wish]:
    """List who waits for an item and can be reached, the next first, with the units that are still wished for."""
    ordered = Coalesce(Sum("invitations__quantity", filter=Q(invitations__outcome="ordered")), 0)
    unsent = Count("invitations", filter=Q(invitations__outcome="unsent"))
    wishes = Wish.objects.filter(waits(), item=item).exclude(customer__email="")
    found = wishes.annotate(ordered=ordered, unsent=unsent).filter(unsent__lt=MOST_UNSENT)
    return found.select_related("item", "customer", "customer_class", "channel").order_by("id")


def read_reached(item: Item, passed: Collection[int]) -> Iterator[Wish]:
    """Read who waits for an item, the next first. Who is passed over, or has an address that takes no mail, keeps nobody behind."""
    wishes = list_next(item).exclude(pk__in=passed)
    some = list(wishes[:READ])
    while some:
        dead = find_dead_mail({wish.customer.email for wish in some})
        for wish in some:
            if wish.customer.email not in dead:
                yield wish
        some = list(wishes.filter(pk__gt=some[-1].pk)[:READ])


def choose_next(
    item: Item, free: int, house: House, limits: tuple[int, Collection[int]]
) -> list[tuple[Wish, int]]:
    """Choose who is invited of those who wait, and to how many of the units that are free.

    Nobody goes before who came earlier: whoever comes next and wishes for more than there is either gets what there is, or all
    wait, as the house says. Only whom no mail reaches is passed over, and who is named; `limits`: how many are invited at most, and
    the wishes that are passed over, by id.
    """
    most, passed = limits
    chosen = list[tuple[Wish, int]]()
    for wish in read_reached(item, passed):
        wished = wish.quantity - wish.ordered  # type: ignore[attr-defined] # as annotated
        if not free or len(chosen) == most or (free < wished and not house.waitlist.part):
            break
        chosen.append((wish, min(free, wished)))
        free -= chosen[-1][1]
    return chosen


@transaction.atomic
def invite_next(item: Item, house: House, now: datetime) -> int:
    """Invite who comes next for an item, unless somebody stopped all messages; gives how many."""
    if not goes_on():
        return 0
    return hold_items(partial(name_item, item), partial(invite_some, item, house, now))


def invite_some(item: Item, house: House, now: datetime, locked: set[int]) -> int:
    """Invite who comes next for an item that is locked; gives how many. Raises Spread.

    Whom no units can be kept for, or no letter written to, keeps nobody who comes after from being invited.
    """
    invited, passed = 0, set[int]()
    while True:
        (there,) = read_availability([item], timezone.localdate(now))
        most = min(FEW - invited, house.waitlist.each_day - count_invited(now))
        chosen = choose_next(item, there.free.on_hand, house, (most, passed)) if most > 0 else []
        if house.waitlist.mode == "shadow":
            note_shadow(item, chosen, now)
            return 0
        before = len(passed)
        for wish, units in chosen:
            try:
                with transaction.atomic():
                    invited += invite(wish, units, house, now, locked)
            except OrderError as error:
                note_passed(wish, str(error), now)
                passed.add(wish.pk)
            except LetterError:  # it names the address
                note_passed(wish, "no mail can be written to their address", now)
                passed.add(wish.pk)
        if len(passed) == before:
            return invited


def note_passed(wish: Wish, why: str, now: datetime) -> None:
    """Note that a customer is passed over, and why: once, for it is tried again as long as they wait."""
    about = ("item", wish.item.sku)
    noted = Entry.objects.filter(what=PASSED, subjects__kind=about[0], subjects__key=about[1])
    if not noted.filter(facts__wish=wish.pk).exists():
        subjects = [about, ("customer", wish.customer.code)]
        write(Cause(AUTOPILOT, now), PASSED, subjects, {"wish": wish.pk, "why": why})


def count_invited(now: datetime) -> int:
    """Count who was invited on the shop's day."""
    return Invitation.objects.filter(on_day_of(now)).count()


def invite(wish: Wish, units: int, house: House, now: datetime, locked: set[int]) -> bool:
    """Keep units for a customer, and let a message say so; not if they are not free after all. Raises Spread."""
    cause = Cause(AUTOPILOT, now)
    hold = keep_units(wish, units, now + house.waitlist.holds_for, cause, locked)
    if hold is None or hold.held_until is None:
        return False
    more_wished = units < wish.quantity - wish.ordered  # type: ignore[attr-defined] # as annotated
    letter, read_to = write_invitation(wish, hold, now, more_wished=more_wished), find_end()
    subjects = [("item", wish.item.sku), ("customer", wish.customer.code), ("order", hold.number)]
    facts = {"units": units, "until": hold.held_until.isoformat()}
    entry = write(cause, "waitlist.invited", subjects, facts)
    draft = Draft(order=hold, kind=INVITED, news=f"{INVITED} {entry.pk}", zones=[str(letter.zone)] * 2)
    message = keep(Written(letter, draft, read_to, set()), entry)
    Invitation.objects.create(
        wish=wish, hold=hold, message=message, quantity=units, until=hold.held_until, entry=entry
    )
    defer(SEND, once=SEND)
    return True


def note_shadow(item: Item, chosen: Sequence[tuple[Wish, int]], now: datetime) -> None:
    """Note who would be invited to how many units, if that is not what was noted last."""
    last = Entry.objects.filter(what=SHADOW, subjects__kind="item", subjects__key=item.sku)
    facts = {"wishes": [[wish.pk, units] for wish, units in chosen]}
    if chosen and last.order_by("-id").values_list("facts", flat=True).first() != facts:
        write(Cause(AUTOPILOT, now), SHADOW, [("item", item.sku)], facts)
