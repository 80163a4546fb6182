"""The letter of an invitation: what is kept, until when, and where to order it or give it back. It promotes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from backorder.care.house import read_house
from backorder.care.judging import build_parties, find_rules
from backorder.care.letters.parts import Matter, Rights, Said, give_contact, greet, name_units
from backorder.care.letters.speech import Speech
from backorder.care.letters.writing import Letter, choose_language, name_customer
from backorder.care.links import write_wish_link
from backorder.care.models import Wish
from backorder.orders.models import Line, Order

NO_RIGHTS = Rights(runs=False, may_set_period=False, may_end=False, refund_by=None)
"""Nothing is ordered yet."""


def write_invitation(wish: Wish, hold: Order, now: datetime, *, more_wished: bool) -> Letter:
    """Write to a customer that units are kept; `more_wished`: not all that are wished for."""
    assert hold.held_until is not None
    house = read_house()
    zone = find_rules(build_parties(hold, house), hold.ordered_on, house).place.zone
    speech, today = Speech(wish.language or choose_language(hold, house)), now.astimezone(zone).date()
    matter = Matter(hold.number, name_customer(hold), [], NO_RIGHTS, house, today)
    line = hold.lines.select_related("item").get()
    moment, link = speech.moment(hold.held_until, zone), write_wish_link(wish, today)
    subject, said = say_invitation(line, (moment, link), matter, speech, more_wished=more_wished)
    to = wish.customer.email
    return Letter(
        hold, to, speech.language, today, zone, " ".join(subject.split()), tuple(said), None, (), None, matter
    )


def say_invitation(
    line: Line, known: tuple[str, str], matter: Matter, speech: Speech, *, more_wished: bool
) -> tuple[str, list[Said]]:
    """Say what is kept; `known`: until when, and where to order it. Gives the subject and all that the letter says."""
    moment, link = known
    units = name_units(line, line.quantity_ordered, speech)
    subject = speech.say("Kept for you until {moment}: {units}", moment=moment, units=units)
    note = matter.house.waitlist.notes.get(speech.language, "")
    return subject, [
        *greet(matter, speech),
        *say_kept(line, units, moment, speech),
        *(
            [speech.say("More are not free today. For the rest you keep your place on the list.")]
            if more_wished
            else []
        ),
        speech.say("Order them, or give them back, on this page: {link}", link=link),
        speech.say(
            "Nothing is ordered before you do so there. Without an answer by then they go to the next on the list, "
            "and you are off it."
        ),
        *([note] if note else []),
        *give_contact(matter, speech),
    ]


def say_kept(line: Line, units: str, moment: str, speech: Speech) -> Iterator[str]:
    """Say what is kept until when, and what it costs."""
    yield speech.say(
        "You asked us to tell you when this is free. We keep for you until {moment}: {units}.",
        moment=moment,
        units=units,
    )
    if line.unit_price:
        amount = speech.money(line.unit_price, line.item.currency)
        yield speech.say("One of them costs {amount}.", amount=amount)
