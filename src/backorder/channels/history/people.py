"""Who buys: names put together from parts that no language uses, addresses and numbers that are kept free for examples."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

FIRST = (
    "Aveline",
    "Brisko",
    "Calder",
    "Dovina",
    "Emrik",
    "Fenja",
    "Galvo",
    "Hesper",
    "Ilvar",
    "Jorunda",
    "Kelmo",
    "Lisbet",
)
MIDDLE = ("Or", "Vin", "Tal", "Mar", "Quel", "Bran", "Sil", "Thor", "Wes", "Yar")
LAST = ("abeck", "dowin", "fellan", "grith", "holmen", "kravik", "luster", "mendry", "nettow", "pravel")
CLASSES = ("contract", "trade", "retail")
CHANNELS = ("web", "shop", "phone")


@dataclass(frozen=True)
class Person:
    """A customer."""

    code: str
    name: str
    email: str
    phone: str
    customer_class: str


def invent_people(chance: Random, count: int) -> list[Person]:
    """Invent customers, no two of one name."""
    names = [f"{first} {middle}{last}" for first in FIRST for middle in MIDDLE for last in LAST]
    return [
        Person(
            code=f"C-{number:04}",
            name=name,
            email=f"{name.lower().replace(' ', '.')}@example.com",
            phone=f"+1555010{number % 10000:04}",
            customer_class=chance.choices(CLASSES, (1, 2, 9))[0],
        )
        for number, name in enumerate(chance.sample(names, count), 1)
    ]
