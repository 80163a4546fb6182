"""A message in two texts at most: which order, which day, and where the rest stands. It counts for no law as a notice."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date

from backorder.care.house import House
from backorder.care.letters.speech import Speech, mark
from backorder.care.models import Message

LONGEST, LONGEST_WIDE = 306, 134
"""What two texts hold: septets of GSM 03.38, and 16-bit units of whatever is written otherwise."""
PLAIN = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The alphabet of GSM 03.38."""
DOUBLE = frozenset("^{}\\[~]|€")
"""Its letters that take two."""
INSTEAD = {
    "\u2019": "'",
    "\u2018": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u00ab": '"',
    "\u00bb": '"',
    "\u2013": "-",
    "\u2014": "-",
    "\u00d7": "x",
    "\u2026": "...",
}
"""What is written for signs that it lacks."""
DAY: Mapping[str, str] = {
    "opening": mark("Your order {order} waits. It is to ship on {day}."),
    "on_track": mark("Your order {order}: nothing has changed. It is to ship on {day}."),
}
NEW_DAY = mark("Your order {order}: it is now to ship on {day}.")
LAST_DAY = mark("Your order {order}: it is now to ship in parts, the last on {day}.")
NO_DAY = mark("Your order {order}: no day of shipment is known now.")
HAPPENED: Mapping[str, str] = {
    "cancelled": mark("Your order {order}: units of it were cancelled."),
    "answered": mark("Your order {order}: what you chose has reached us."),
    "shipped": mark("Your order {order}: units of it have left."),
    "refunded": mark("Your order {order}: money is on its way back to you."),
    "arrived": mark("Your order {order}: units of it are here and are being packed."),
    "charge_ahead": mark("Your order {order}: your card is to be charged when it ships."),
    "thanked": mark("Your order {order}: thank you for waiting. We give you something for it."),
    "charge_failed": mark("Your order {order}: we could not take the money. It keeps its place."),
}
"""What a receipt says, by its kind."""


def write_text(message: Message, house: House, link: str, *, instead: bool) -> str:
    """Write what a message says as a text; `instead`: its mail came back. The name of the house goes first, if there is room."""
    speech = Speech(message.language)
    said = [say_news(message, speech)]
    if instead:
        said.insert(0, speech.say("Our e-mail to you came back."))
    if link:
        said.append(speech.say("Details, your choices, no more texts: {link}", link=link))
    elif house.phone:
        said.append(speech.say("Questions: {phone}", phone=house.phone))
    text = " ".join(said)
    named = f"{house.name}: {text}" if house.name else text
    return to_gsm(named if fits(to_gsm(named)) else text)


def say_news(message: Message, speech: Speech) -> str:
    """Say what is new of the order."""
    order = message.order.number
    if message.kind in HAPPENED:
        return speech.say(HAPPENED[message.kind], order=order)
    days = {date.fromisoformat(each["on"]) if each["on"] else None for each in message.lines}
    known = sorted(day for day in days if day is not None)
    if len(known) < len(days) or not known:
        return speech.say(NO_DAY, order=order)
    sentence = LAST_DAY if len(known) > 1 else DAY.get(message.kind, NEW_DAY)
    return speech.say(sentence, order=order, day=speech.day(known[-1]))


def to_gsm(text: str) -> str:
    """Write a text in the alphabet of GSM 03.38 as far as that can be read: û as u; an alphabet of its own stays."""
    return "".join(map(to_plain, text))


def to_plain(letter: str) -> str:
    """Write a letter as the alphabet has it; as it is if it has none like it."""
    if letter in PLAIN or letter in DOUBLE:
        return letter
    like = INSTEAD.get(letter) or "".join(
        each for each in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(each)
    )
    return like if set(like) <= PLAIN else letter


def fits(text: str) -> bool:
    """Tell whether a text is two texts at most."""
    if set(text) <= PLAIN | DOUBLE:
        return len(text) + sum(letter in DOUBLE for letter in text) <= LONGEST
    return len(text.encode("utf-16-le")) <= 2 * LONGEST_WIDE
