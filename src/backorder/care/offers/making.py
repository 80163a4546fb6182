"""Makes an offer: the units are kept, and a letter says so if it can reach the customer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from django.conf import settings

from backorder.allocation.models import Standing
from backorder.allocation.services import hold_items
from backorder.care.house import House, read_house
from backorder.care.models import OFFERED, Draft, Message, Offer
from backorder.care.offers.finding import (
    Choice,
    count_waiting,
    describe,
    find_choice,
    find_obstacle,
    is_earlier,
    takes_part,
)
from backorder.care.offers.holds import keep_units, write_about
from backorder.care.offers.letter import write_offer
from backorder.care.offers.pricing import has_money
from backorder.care.post.lookout import find_dead_mail
from backorder.care.post.messages import SEND, Written, keep
from backorder.money import say_amount
from backorder.orders.models import Line, Order
from backorder.orders.selectors import find_touched_items
from backorder.orders.services.changing import lock_line
from backorder.orders.services.wanted import OrderError, refuse
from backorder.outbox.feed import find_end
from backorder.outbox.jobs import defer
from backorder.outbox.services import Cause

__all__ = ["Wish", "find_way", "make_offer", "read_line"]


@dataclass(frozen=True)
class Wish:
    """What a person wants to offer, of the choices that there are."""

    name: str  # of the choice
    quantity: int | None = None  # units of the line that it stands in for; none: as many as it can
    writes: bool = True  # a letter says so, if mail can reach the customer


def find_way(order: Order, house: House) -> str:
    """Find the address at which a letter would reach the customer of an order; blank if none would."""
    to = order.customer.email if order.customer else ""
    sends = house.sending.mode == "on" and bool(house.mail and settings.MAIL and settings.URL)
    return to if to and sends and to not in find_dead_mail({to}) else ""


def make_offer(line: Line, wish: Wish, cause: Cause) -> Offer:
    """Offer something else in the place of units of a line, and keep it until the offer is over. Raises OrderError.

    The line keeps its place and its promise. What costs more than was agreed is offered only where no money came in yet.
    """
    house = read_house()
    choice = find_choice(read_line(line), wish.name, house, cause.day)
    about = f"order {line.order.number} line {line.number}"
    refuse(choice is None, f"{about}: that is not free any more, or would ship no earlier; look again")
    assert choice is not None
    wished = choice.quantity if wish.quantity is None else wish.quantity
    refuse(not 1 <= wished <= choice.quantity, f"{about}: it can stand in for 1 to {choice.quantity} units")
    other = choice.substitute.substitute_id
    act = partial(offer_locked, line, replace(choice, quantity=wished), (wish, house), cause)
    return hold_items(lambda: find_touched_items(line) | {other}, act)


def read_line(line: Line) -> Line:
    """Read a line as it is now, with how it stands in the plan."""
    return Line.objects.select_related("order__customer", "item", "location", "standing").get(pk=line.pk)


def offer_locked(
    line: Line, choice: Choice, known: tuple[Wish, House], cause: Cause, locked: set[int]
) -> Offer:
    """Offer something in the place of units of a line whose items are locked. Raises Spread or OrderError."""
    wish, house = known
    lock_line(line)
    line = read_line(line)
    about = f"order {line.order.number} line {line.number}"
    choice = describe(
        line, choice.substitute, (choice.location, choice.quantity), choice.ships_on, house
    )  # as it is now
    obstacle = find_obstacle(line)
    refuse(bool(obstacle), f"{about} {obstacle}")
    waiting = count_waiting(line)
    refuse(choice.quantity > waiting, f"{about}: {waiting} units wait, not {choice.quantity}")
    refuse(
        not takes_part(line, choice.quantity, waiting), f"{about} ships at once: offer all {waiting} units"
    )
    refuse(line.offers.filter(outcome="").exists(), f"{about}: an offer stands already; end it first")
    refuse(
        choice.extra > 0 and has_money(line.order),
        f"{about}: it costs {say_amount(choice.extra, line.item.currency)} more than was agreed, and money "
        "came in for the order or is held: offer something that costs no more",
    )
    hold = keep_units(line, choice, cause.at + house.offers.lasts, cause, locked)
    refuse(hold is None, f"{about}: {choice.substitute.substitute.sku} is not free any more; look again")
    assert hold is not None
    ships_on = Standing.objects.values_list("planned_on", flat=True).get(line__order=hold)
    if ships_on is None or not is_earlier(ships_on, choice.instead_of):
        message = f"{about}: it would ship no earlier"
        raise OrderError(message)
    return save_offer(line, replace(choice, ships_on=ships_on), (hold, wish.writes, house), cause)


def save_offer(line: Line, choice: Choice, kept: tuple[Order, bool, House], cause: Cause) -> Offer:
    """Save an offer whose units are kept, in the caller's transaction; a letter says so if it is to and can."""
    hold, writes, house = kept
    assert hold.held_until is not None
    offer = Offer(
        line=line,
        quantity=choice.quantity,
        kind=choice.substitute.kind,
        item=choice.substitute.substitute,
        location=choice.location,
        units=choice.units,
        unit_price=choice.unit_price,
        hold=hold,
        until=hold.held_until,
    )
    to, read_to = find_way(line.order, house) if writes else "", find_end()
    facts = {
        "instead_of": choice.quantity,
        "kind": offer.kind,
        "location": choice.location.code if choice.location else "",
        "price": offer.unit_price,
        "extra": offer.extra,
        "currency": line.item.currency,
        "ships_on": choice.ships_on.isoformat(),
        "later": choice.instead_of.isoformat() if choice.instead_of else None,
        "until": offer.until.isoformat(),
        "by": "mail" if to else "",
    }
    offer.entry = write_about(offer, "offer.made", cause, facts)
    offer.message = write_message(offer, choice, read_to, cause) if to else None
    offer.save(force_insert=True)
    return offer


def write_message(offer: Offer, choice: Choice, read_to: int, cause: Cause) -> Message:
    """Let a letter say what is offered."""
    letter = write_offer(offer, choice, cause.at)
    zones = [str(letter.zone)] * 2
    draft = Draft(order=offer.line.order, kind=OFFERED, news=f"{OFFERED} {offer.entry.pk}", zones=zones)
    message = keep(Written(letter, draft, read_to, set()), offer.entry)
    defer(SEND, once=SEND)
    return message
