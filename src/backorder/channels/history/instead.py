"""What the demo's day offers instead of what waits, what customers say to that, and whom a rule thanks for waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from backorder.allocation.availability import read_availability
from backorder.allocation.models import Standing
from backorder.allocation.moves import Move
from backorder.care.choices import CUSTOMER
from backorder.care.house import read_house
from backorder.care.incentives.alone import give_alone
from backorder.care.models import CONTROL, GIVEN, Offer, Thanks
from backorder.care.offers.answering import decline, take
from backorder.care.offers.finding import list_choices
from backorder.care.offers.making import Wish, make_offer, read_line
from backorder.catalog.models import Item
from backorder.catalog.services import SubstituteFacts, save_substitutes
from backorder.channels.history.letters import THANKS
from backorder.channels.history.today import EVERY, OFFERED, RUSH_ORDER, Happening, list_stands
from backorder.money import say_amount
from backorder.orders.models import Line
from backorder.outbox.services import Cause

SHOWN = ("allocated_on_hand", "allocated_inbound", "unallocated", "planned_on", "reason")
TAKES = 4 * EVERY


def offer_others(at: datetime) -> Iterator[Happening]:
    """Let something else be offered to some who wait, let one take it and one not, and thank who waits long.

    On a day when too few wait for the same, fewer are offered something.
    """
    offers: list[Offer] = []
    moves = watch(lambda: offers.extend(offer_instead(at)))
    if offers:
        yield Happening(at, tell_of(offers), moves)
    for turn, (offer, say) in enumerate(zip(offers, (say_yes, say_no), strict=False), 1):
        yield say(offer, at + turn * EVERY)
    yield thank(at + 3 * EVERY)


def tell_of(offers: Sequence[Offer]) -> str:
    """Tell what is offered, and to whom."""
    item, other = offers[0].line.item, offers[0].item
    names = " and ".join(offer.line.order.number for offer in offers)
    return (
        f"Offers: {other.sku} ({other.name}) does the same as {item.sku} ({item.name}), and lies there. Service offers it to {names}, "
        "and keeps it for them. Nothing is substituted without a yes."
    )


def offer_instead(at: datetime) -> list[Offer]:
    """Let a buyer name what does the same as what the rush order waits for, and service offer it to others who wait for that."""
    item = Item.objects.get(lines__order__number=RUSH_ORDER)
    other = find_other(item, at)
    save_substitutes(
        [SubstituteFacts(item.sku, other.sku, "equivalent")], Cause("buyer", at, "the kiln broke")
    )
    waiting = Line.objects.filter(item=item, quantity_unreleased__gt=0, standing__allocated_on_hand=0)
    waiting = waiting.exclude(order__number=RUSH_ORDER).filter(order__held_until=None)
    offers: list[Offer] = []
    for line in waiting.order_by("quantity_unreleased", "id"):
        known = {offer.line.order.customer_id for offer in offers}
        for choice in list_choices(read_line(line), read_house(), timezone.localdate(at)):
            if choice.substitute.substitute_id == other.pk and line.order.customer_id not in known:
                offers.append(make_offer(line, Wish(choice.name), Cause("service", at)))
                break
        if len(offers) == OFFERED:
            break
    return offers


def find_other(item: Item, at: datetime) -> Item:
    """Find the item of which most units are free: one of the same kind, if one of them will do for all."""
    kind = item.sku.partition("-")[0]
    items = list(Item.objects.exclude(pk=item.pk).exclude(components__isnull=False).order_by("id"))
    free = read_availability(items, timezone.localdate(at))
    left = {other.pk: there.free.on_hand for other, there in zip(items, free, strict=True)}
    alike = [other for other in items if other.sku.startswith(f"{kind}-") and left[other.pk] >= OFFERED]
    return max(alike or items, key=lambda other: left[other.pk])


def say_yes(offer: Offer, at: datetime) -> Happening:
    """Let a customer take what is offered."""
    taken: list[Line] = []
    moves = watch(lambda: taken.append(take(offer, Cause(CUSTOMER, at))))
    told = (
        f"A yes: the customer of {offer.line.order.number} takes {offer.units} of {offer.item.sku} ({offer.item.name}) instead of "
        f"{offer.quantity} of {offer.line.item.sku}, on the same order and in the same place, as line {taken[0].number}."
    )
    return Happening(at, told, moves)


def say_no(offer: Offer, at: datetime) -> Happening:
    """Let a customer keep what they ordered."""
    moves = watch(lambda: decline(offer, Cause(CUSTOMER, at)))
    item = offer.line.item
    told = f"A no: the customer of {offer.line.order.number} waits for {item.sku} ({item.name}), and keeps the place in line."
    return Happening(at, told, moves)


def thank(at: datetime) -> Happening:
    """Let a rule of the house thank who waits long, and leave out some, so that one sees what thanks do."""
    give_alone(lambda: at)
    given, control = (Thanks.objects.filter(rule=THANKS, group=group) for group in (GIVEN, CONTROL))
    costs = say_amount(sum(each.amount for each in given), "EUR")
    told = (
        f"Thanks: by the rule “{THANKS}” {given.count()} orders that are late get their delivery paid, which costs {costs}; "
        f"{control.count()} get nothing, to compare: see Incentives."
    )
    return Happening(at, told, [])


def watch(act: Callable[[], object]) -> list[Move]:
    """Do something, and list the lines of orders that stand otherwise after it."""
    before = read_stands()
    act()
    after = read_stands()
    moves = [Move(line, before.get(line), after.get(line)) for line in sorted(before.keys() | after.keys())]
    return list_stands(move for move in moves if move.before != move.after)


def read_stands() -> dict[int, dict[str, Any]]:
    """Read how the lines of orders stand; holds are none."""
    rows = Standing.objects.filter(line__order__held_until=None).values("line", *SHOWN)
    return {row.pop("line"): row for row in rows}
