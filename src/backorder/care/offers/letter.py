"""The letter of an offer: what could be had instead, when and for how much, and that nothing is changed without a yes.

It is a message of its own, and stands in no notice that a law asks for. It praises nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from backorder.care.house import read_house
from backorder.care.judging import build_parties, find_rules
from backorder.care.letters.parts import Matter, Rights, Said, give_contact, greet, name_units
from backorder.care.letters.speech import Speech, mark
from backorder.care.letters.writing import Letter, choose_language, name_customer
from backorder.care.links import write_link
from backorder.care.models import Offer

if TYPE_CHECKING:
    from backorder.care.offers.finding import Choice

NO_RIGHTS = Rights(runs=False, may_set_period=False, may_end=False, refund_by=None)
"""It speaks of none: letters about the delay do."""
KINDS = {
    "successor": mark("It is the successor of what you ordered."),
    "equivalent": mark("It does the same as what you ordered."),
    "variant": mark("It is another variant of what you ordered."),
    "bundle": mark("It is a bundle that holds what you ordered."),
    "refurbished": mark("It is refurbished: used before, and made as good as new."),
}
"""What is said of each kind of substitute; of others nothing is."""


def write_offer(offer: Offer, choice: Choice, now: datetime) -> Letter:
    """Write to a customer what is offered instead of what waits."""
    order, house = offer.line.order, read_house()
    zone = find_rules(build_parties(order, house), order.ordered_on, house).place.zone
    speech, today = Speech(choose_language(order, house)), now.astimezone(zone).date()
    matter = Matter(order.number, name_customer(order), [], NO_RIGHTS, house, today)
    until, link = speech.moment(offer.until, zone), write_link(order, today)
    subject, said = say_offered(offer, (choice.ships_on, choice.instead_of), (until, link), matter, speech)
    to = order.customer.email if order.customer else ""
    return Letter(
        order,
        to,
        speech.language,
        today,
        zone,
        " ".join(subject.split()),
        tuple(said),
        None,
        (),
        None,
        matter,
    )


def say_offered(
    offer: Offer, days: tuple[date, date | None], known: tuple[str, str], matter: Matter, speech: Speech
) -> tuple[str, list[Said]]:
    """Say what could be had instead; `days`: when it would ship, and the line as it is; `known`: until when it is kept, and the page.

    Gives the subject and all that the letter says.
    """
    until, link = known
    subject = speech.say("Your order {order}: something else could ship earlier", order=matter.number)
    return subject, [
        *greet(matter, speech),
        speech.say(
            "Of your order {order} this waits: {units}. You could have this instead:",
            order=matter.number,
            units=name_units(offer.line, offer.quantity, speech),
        ),
        tuple(say_offer(offer, days, speech)),
        speech.say(
            "We keep it for you until {moment}. Take it, or tell us no, on the page of your order: {link}",
            moment=until,
            link=link,
        ),
        speech.say(
            "Nothing is changed without your yes: if you do not answer, your order stays as it is, with its place in line."
        ),
        *give_contact(matter, speech),
    ]


def say_offer(offer: Offer, days: tuple[date, date | None], speech: Speech) -> Iterator[str]:
    """Say what is offered, when it would ship and the line as it is, and what it costs; `days`: of both."""
    ships_on, later = days
    item, currency = offer.item, offer.line.item.currency
    yield f"{speech.number(offer.units)} × {item.name or item.sku}"
    if offer.item_id == offer.line.item_id:
        yield speech.say("It is what you ordered, from another place.")
    elif offer.kind in KINDS:
        yield speech.say(KINDS[offer.kind])
    if later is None:
        yield speech.say(
            "It would ship on {day} if you say yes today; what you ordered has no day yet.",
            day=speech.day(ships_on),
        )
    else:
        yield speech.say(
            "It would ship on {day} if you say yes today; what you ordered is planned for {later}.",
            day=speech.day(ships_on),
            later=speech.day(later),
        )
    yield say_price(offer, currency, speech)


def say_price(offer: Offer, currency: str, speech: Speech) -> str:
    """Say what is paid: as much as was agreed, less, or more."""
    if offer.extra == 0:
        return speech.say("It costs the same as what you ordered.")
    cost = speech.money(offer.units * offer.unit_price, currency)
    if offer.extra < 0:
        return speech.say(
            "It costs {amount}: {less} less than what you ordered. What you have paid too much goes back to you.",
            amount=cost,
            less=speech.money(-offer.extra, currency),
        )
    return speech.say(
        "It costs {amount}: {more} more than what you ordered. You pay that only if you say yes.",
        amount=cost,
        more=speech.money(offer.extra, currency),
    )
