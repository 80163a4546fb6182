"""The sentences of each part of a letter, and what the law would take them to say of each piece."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from backorder.care.house import House
from backorder.care.letters.pieces import Piece
from backorder.care.letters.reasons import find_reason, find_steps
from backorder.care.letters.speech import Speech, mark
from backorder.orders.models import Line

Said = str | tuple[str, ...]
"""A paragraph, or the items of a list."""

QUIET, QUIET_IF_LONG, LONG = timedelta(days=14), timedelta(days=7), timedelta(days=30)
"""After so many days without news a customer hears again; the second who waits longer than the third for what was asked for."""


@dataclass(frozen=True)
class Rights:
    """What the laws that hold give a customer who waits."""

    runs: bool  # some law sets a day; between businesses none does
    may_set_period: bool
    may_end: bool  # the contract, now
    refund_by: date | None  # by which money leaves if the customer cancels today; none: nothing is paid


@dataclass(frozen=True)
class Matter:
    """What a letter is about."""

    number: str  # of the order
    name: str  # of the customer; blank: not known
    pieces: Sequence[Piece]
    rights: Rights
    house: House
    today: date
    reason: str = ""  # in the shop's own words, in the language of the letter; blank: what the plan says
    steps: str = ""  # what is being done, likewise
    link: str = ""  # where the customer sees how it stands; blank: nowhere
    put_off: Sequence[str] = ()  # items that wait for a delivery which was put off since they were ordered

    @property
    def waiting(self) -> list[Piece]:
        """The pieces that are not here yet."""
        return [piece for piece in self.pieces if not piece.here]

    @property
    def missed(self) -> bool:
        """Tell whether the day of some units is over."""
        return any(piece.missed for piece in self.pieces)

    def has(self, *changes: str) -> bool:
        """Tell whether a day has changed in one of these ways."""
        return any(piece.change in changes for piece in self.pieces)


def lay_out(said: Sequence[Said]) -> list[dict[str, Said]]:
    """Lay out paragraphs and lists for a page."""
    return [{"text": each} if isinstance(each, str) else {"list": each} for each in said]


def join(said: Sequence[Said]) -> str:
    """Join paragraphs and lists as plain text."""
    return "\n\n".join(
        each if isinstance(each, str) else "\n".join(f"- {item}" for item in each) for each in said
    )


def name_piece(piece: Piece, speech: Speech) -> str:
    """Name units of an item."""
    return name_units(piece.line, piece.quantity, speech)


def name_units(line: Line, units: int, speech: Speech) -> str:
    """Name units of a line."""
    return f"{speech.number(units)} × {line.item.name or line.item.sku}"


def name_subject(matter: Matter, speech: Speech) -> str:
    """Name what the letter brings."""
    if matter.missed or matter.has("later", "lost"):
        return speech.say("Your order {order} ships later than we told you", order=matter.number)
    if matter.has("earlier", "found"):
        return speech.say("Your order {order}: a new day", order=matter.number)
    if matter.has("new"):
        return speech.say("Your order {order}: when it ships", order=matter.number)
    return speech.say("Your order {order}: how it stands", order=matter.number)


def greet(matter: Matter, speech: Speech) -> list[Said]:
    """Greet the customer."""
    if matter.name:
        return [speech.say("Good day {name},", name=matter.name)]
    return [speech.say("Good day,")]


def tell_news(matter: Matter, speech: Speech) -> list[Said]:
    """Say which units ship when, and what was told before."""
    values = {"order": matter.number, "today": speech.day(matter.today)}
    if matter.missed:
        first = speech.say(
            "We are sorry: we have missed the day for your order {order}. This is how it stands on {today}.",
            **values,
        )
    elif matter.has("later", "lost"):
        first = speech.say(
            "We are sorry: your order {order} takes longer than we told you. This is how it stands on {today}.",
            **values,
        )
    elif not all(piece.at_hand for piece in matter.waiting) and not matter.has("same", "earlier", "found"):
        first = speech.say(
            "Thank you for your order {order}. Not all of it is here yet. This is how it stands on {today}.",
            **values,
        )
    else:
        first = speech.say("This is how your order {order} stands on {today}.", **values)
    return [first, tuple(tell_piece(piece, speech) for piece in matter.pieces)]


def tell_piece(piece: Piece, speech: Speech) -> str:
    """Say when units ship, and what was told of them before."""
    told = [tell_day(piece, speech)]
    if piece.change in ("later", "earlier", "lost") and piece.told_on is not None:
        told.append(speech.say("We told you {day} before.", day=speech.day(piece.told_on)))
    if piece.change == "found":
        told.append(speech.say("We could not name a day before."))
    return speech.say("{units}: {told}", units=name_piece(piece, speech), told=" ".join(told))


def tell_day(piece: Piece, speech: Speech) -> str:
    """Say when units ship, and when they arrive if that is another day."""
    if piece.here:
        return speech.say("here, and set aside for you.")
    if piece.ships_on is None or piece.arrives_on is None:
        return speech.say("we cannot name a day yet.")
    if piece.arrives_on == piece.ships_on:
        return speech.say("ships on {day}.", day=speech.day(piece.ships_on))
    return speech.say(
        "ships on {day} and is with you by {arrival}.",
        day=speech.day(piece.ships_on),
        arrival=speech.day(piece.arrives_on),
    )


def give_reason(matter: Matter, speech: Speech) -> list[Said]:
    """Say why it is late, and what is being done: in the shop's own words, else as the plan has it."""
    if not matter.waiting:
        return [said for said in (matter.reason, matter.steps) if said]
    why = (
        [matter.reason]
        if matter.reason
        else [*say_reasons(matter.waiting, speech), *say_put_off(matter, speech)]
    )
    return [*why, matter.steps or speech.say(find_steps(matter.waiting))]


def say_put_off(matter: Matter, speech: Speech) -> list[Said]:
    """Say which items wait for a delivery that was put off."""
    said = tuple(
        speech.say("{item}: a delivery that brings it was put off.", item=item) for item in matter.put_off
    )
    return [said] if said else []


def say_reasons(waiting: Sequence[Piece], speech: Speech) -> list[Said]:
    """Say why units did not leave: once, if it is the same for all."""
    why = [speech.say(find_reason(piece)) for piece in waiting]
    if len(set(why)) == 1:
        return [speech.say("The reason: {reason}.", reason=why[0])]
    units = (name_piece(piece, speech) for piece in waiting)
    return [
        speech.say("The reasons:"),
        tuple(
            speech.say("{units}: {reason}.", units=unit, reason=said)
            for unit, said in zip(units, why, strict=True)
        ),
    ]


WAIT = mark("Wait: write “I wait”, and for which items if not for all.")
CANCEL = mark(
    "Cancel all of it or a part, at any time until it ships: write “cancel”. "
    "You get back all that you paid for it, shipping included."
)
"""What is written in them is read from the mails that answer."""


def offer_choices(matter: Matter, speech: Speech) -> list[Said]:
    """Say that the customer may cancel or wait, and how to answer."""
    if not matter.rights.runs:
        return [
            speech.say(
                "If a day does not suit you, answer this message, and we look for another way with you."
            ),
            *show_link(matter, speech),
        ]
    ways = [speech.say(WAIT)]
    cancel = speech.say(CANCEL)
    if matter.rights.refund_by is not None:
        cancel += " " + say_refund(matter.rights.refund_by, speech)
    ways.append(cancel)
    if matter.rights.may_end:
        ways.append(
            speech.say(
                "End the contract now, for what is late: write “end”. You get back all that you paid for it."
            )
        )
    if matter.rights.may_set_period:
        ways.append(
            speech.say(
                "Set us a further period that suits you: write until when. "
                "If we miss that day too, you may end the contract and get back all that you paid for it."
            )
        )
    return [
        speech.say("You choose. It costs you nothing: answer this message."),
        tuple(ways),
        *show_link(matter, speech),
    ]


def say_refund(day: date, speech: Speech) -> str:
    """Say by when money leaves."""
    return speech.say("If you cancel today, we send the money by {day}.", day=speech.day(day))


def show_link(matter: Matter, speech: Speech) -> list[Said]:
    """Say where the customer sees how it stands, and may choose too."""
    if not matter.link:
        return []
    return [speech.say("Or see here how it stands today, and choose there: {link}", link=matter.link)]


def say_silence(matter: Matter, speech: Speech) -> list[Said]:
    """Say what it means to say nothing."""
    said = tuple(tell_silence(piece, speech) for piece in matter.pieces if piece.meaning.silence)
    return [speech.say("If you say nothing:"), said] if said else []


def tell_silence(piece: Piece, speech: Speech) -> str:
    """Say what it means to say nothing about units."""
    meaning = piece.meaning
    assert meaning.day is not None
    values = {"units": name_piece(piece, speech), "day": speech.day(meaning.day)}
    if meaning.silence == "consents":
        return speech.say(
            "{units}: if we do not hear from you before it ships and before {day}, you agree to wait until {day}.",
            **values,
        )
    if meaning.silence == "ends":
        return speech.say(
            "{units}: if it has not shipped by {day}, and we have not told you a day by then, "
            "we cancel it and send back all that you paid for it.",
            **values,
        )
    told = speech.say(
        "{units}: if you have not agreed to wait by {day}, and it has not shipped by then, "
        "we cancel it and send back all that you paid for it.",
        **values,
    )
    if piece.ships_on is None:
        told += " " + speech.say(
            "If you agree to wait without a day, you may still cancel at any time until it ships."
        )
    return told


def find_next(matter: Matter) -> date | None:
    """Name the day by which the customer hears again; none: all is here, or ships before that day."""
    if not matter.waiting:
        return None
    late = any(matter.today - piece.line.requested_on > LONG for piece in matter.waiting)
    day = matter.today + (QUIET_IF_LONG if late else QUIET)
    days = [piece.ships_on for piece in matter.waiting]
    return day if any(each is None or each > day for each in days) else None


def say_next(matter: Matter, speech: Speech) -> list[Said]:
    """Say when the customer hears again."""
    day = find_next(matter)
    if day is None:
        return [speech.say("We write when it ships, and before that if a day changes.")]
    return say_next_day(day, speech)


def say_next_day(day: date, speech: Speech) -> list[Said]:
    """Say by which day the customer hears again."""
    return [speech.say("We write again by {day}, also if nothing has changed by then.", day=speech.day(day))]


def give_contact(matter: Matter, speech: Speech) -> list[Said]:
    """Say whom to ask."""
    house = matter.house
    return [speech.say("Questions: {ways}", ways=list_contacts(house)), *([house.name] if house.name else [])]


def list_contacts(house: House) -> str:
    """List where a house is reached."""
    return ", ".join([house.mail, *([house.phone] if house.phone else [])])


Parts = Mapping[str, Callable[[Matter, Speech], list[Said]]]
PARTS: Parts = {
    "greeting": greet,
    "news": tell_news,
    "reason": give_reason,
    "choices": offer_choices,
    "silence": say_silence,
    "next": say_next,
    "contact": give_contact,
}


def list_said(piece: Piece, matter: Matter) -> frozenset[str]:
    """List what a letter with all its parts says of a piece, as CONTENT of the engine names it."""
    said, rights = {"day_or_none", "service_only"}, matter.rights
    if piece.ships_on is not None:
        said.add("specific_delay")
    if matter.reason or not piece.here:
        said.add("reason")
    if rights.runs:
        said |= {"right_to_cancel", "free_answer"}
    if rights.runs and rights.may_set_period:
        said.add("may_set_period")
    if piece.meaning.silence in ("consents", "cancels"):
        said.add(f"silence_{piece.meaning.silence}")
    if piece.meaning.silence == "cancels" and piece.ships_on is None:
        said.add("open_wait")
    return frozenset(said)
