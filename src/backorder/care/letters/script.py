"""A letter as it is said on the phone: the same pieces in the same order, without what only a reader can do.

It says of each piece what the letter says, so it counts as the letter does, and the mark of the letter stands for it.
"""

from __future__ import annotations

from backorder.care.house import House
from backorder.care.letters.parts import (
    PARTS,
    Matter,
    Parts,
    Said,
    find_next,
    give_contact,
    greet,
    join,
    list_contacts,
    say_refund,
)
from backorder.care.letters.speech import Speech
from backorder.care.letters.writing import Letter, arrange


def write_script(letter: Letter) -> list[Said]:
    """Write what is said on the phone in place of a letter."""
    return arrange(letter.matter, Speech(letter.language), SPOKEN)


def write_told(letter: Letter) -> str:
    """Write what a customer was told on the phone, as it is kept."""
    return f"{letter.subject}\n\n{join(write_script(letter))}"


def say_call_back(house: House, language: str) -> str:
    """Say what may be left on a voicemail, which anybody may hear: who called and where, and nothing of the order."""
    if not house.phone:
        return ""
    speech = Speech(language)
    asks = speech.say("Please call us back: {phone}.", phone=house.phone)
    return " ".join([*introduce(house, speech), asks])


def introduce(house: House, speech: Speech) -> list[str]:
    """Say who calls."""
    return [speech.say("Good day, this is {house}.", house=house.name)] if house.name else []


def open_call(matter: Matter, speech: Speech) -> list[Said]:
    """Say who calls, and ask who is there: nobody else is told of the order."""
    said = introduce(matter.house, speech)
    said += [speech.say("Am I speaking with {name}?", name=matter.name)] if matter.name else []
    return [" ".join(said)] if said else greet(matter, speech)


def ask_choice(matter: Matter, speech: Speech) -> list[Said]:
    """Say that the customer may cancel or wait, and ask for one of them."""
    if not matter.rights.runs:
        return [
            speech.say("If a day does not suit you, please tell me, and we look for another way with you.")
        ]
    cancel = speech.say(
        "Cancel all of it or a part, at any time until it ships. "
        "You get back all that you paid for it, shipping included."
    )
    if matter.rights.refund_by is not None:
        cancel += " " + say_refund(matter.rights.refund_by, speech)
    ways = [speech.say("Wait, for all of it or for a part."), cancel]
    if matter.rights.may_end:
        ways.append(
            speech.say("End the contract now, for what is late. You get back all that you paid for it.")
        )
    if matter.rights.may_set_period:
        ways.append(
            speech.say(
                "Set us a further period that suits you. "
                "If we miss that day too, you may end the contract and get back all that you paid for it."
            )
        )
    first = speech.say(
        "You choose. It costs you nothing: tell me now, or later here: {ways}",
        ways=list_contacts(matter.house),
    )
    return [first, tuple(ways)]


def say_next(matter: Matter, speech: Speech) -> list[Said]:
    """Say when the customer hears again; that we write is not said, for mail may not arrive."""
    day = find_next(matter)
    if day is None:
        return [speech.say("You hear from us when it ships, and before that if a day changes.")]
    return [
        speech.say(
            "You hear from us again by {day}, also if nothing has changed by then.", day=speech.day(day)
        )
    ]


def name_contact(matter: Matter, speech: Speech) -> list[Said]:
    """Say whom to ask; who calls was said."""
    return give_contact(matter, speech)[:1]


SPOKEN: Parts = {
    **PARTS,
    "greeting": open_call,
    "choices": ask_choice,
    "next": say_next,
    "contact": name_contact,
}
"""The parts of a letter, as they are said."""
