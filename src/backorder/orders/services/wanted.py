"""What is asked for, and what of it cannot be meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from backorder.catalog.models import Channel, CustomerClass, Item, Location
from backorder.keys import UNSEEN
from backorder.orders.models import (
    COMMITMENTS,
    EARLIEST,
    LATEST,
    MOST_MONEY,
    MOST_UNITS,
    MOST_VALUE,
    REGION,
    SHIP_POLICIES,
    Address,
    Customer,
)


class OrderError(ValueError):
    """A change that the facts do not allow; the text says which and what would be possible."""


@dataclass(frozen=True)
class Wanted:
    """A line of an order."""

    number: str
    item: Item
    quantity: int
    requested_on: date
    location: Location | None = None  # None: from anywhere
    needed_by: date | None = None
    minimum_quantity: int = 1
    commitment: str = "soft"
    unit_price: int | None = None  # minor units; None: the price of the item
    ship_set: str = ""  # open lines of one set ship at once; blank: of none


@dataclass(frozen=True)
class ShipTo:
    """Where an order goes."""

    name: str
    street: str
    city: str
    country: str  # ISO 3166-1 alpha-2, as DE
    postcode: str = ""
    region: str = ""  # a state or province, by ISO 3166-2 without the country, as CA


@dataclass(frozen=True)
class Buyer:
    """Who orders, where, and how it ships."""

    customer: Customer | None = None
    customer_class: CustomerClass | None = None
    channel: Channel | None = None
    priority: int = 100
    ship_policy: str = "as_ready"
    express: bool = False  # paid for; a line that waits does not get it
    ship_to: ShipTo | None = None
    most_shipments: int | None = None  # None: as many as need be


@dataclass(frozen=True)
class Told:
    """What the customer was told when buying, beside quantities and days."""

    language: str = ""  # blank: nobody said
    confidence: str = ""
    payment: str = ""  # how money is taken
    cancellation: str = ""  # the right to cancel
    rule_pack: str = ""
    shown: bool = True  # the day that is planned here was shown before; then the law counts by it


def check_order(number: str, lines: Sequence[Wanted], buyer: Buyer) -> None:
    """Raise OrderError for an order that cannot be meant."""
    refuse(not number.strip(), "an order has a number")
    refuse(not lines, f"order {number} has no line")
    check_choice("ship policy", buyer.ship_policy, SHIP_POLICIES, f"order {number}")
    refuse(
        not -(2**31) <= buyer.priority < 2**31,
        f"order {number}: priority {buyer.priority} cannot be kept; name -2,147,483,648 to 2,147,483,647",
    )
    check_shipments(buyer.most_shipments, f"order {number}")
    twice = find_twice(line.number for line in lines)
    refuse(twice is not None, f"order {number} has two lines {twice}")
    if buyer.ship_to:
        check_address(buyer.ship_to, f"order {number}")
    for line in lines:
        check_line(line, f"order {number} line {line.number}")


def check_line(line: Wanted, about: str) -> None:
    """Raise OrderError for a line that cannot be meant."""
    refuse(not line.number.strip(), f"{about}: a line has a number")
    check_units(line.quantity, f"{about}: {line.quantity} units cannot be ordered")
    check_units(line.minimum_quantity, f"{about}: {line.minimum_quantity} cannot be the fewest units to ship")
    check_day(line.requested_on, f"{about}: requested on")
    if line.needed_by:
        check_day(line.needed_by, f"{about}: needed by")
    check_choice("commitment", line.commitment, COMMITMENTS, about)
    check_set(line.ship_set, about)
    price = line.item.price if line.unit_price is None else line.unit_price
    refuse(
        not 0 <= price <= MOST_MONEY,
        f"{about}: {price} is no price; name 0 to {MOST_MONEY:,} in minor units",
    )
    check_value(line.quantity, price, about)


def check_units(quantity: int, message: str) -> None:
    """Raise OrderError for units that cannot be meant."""
    refuse(not 1 <= quantity <= MOST_UNITS, f"{message}; name 1 to {MOST_UNITS:,}")


def check_shipments(most: int | None, about: str) -> None:
    """Raise OrderError for a number of shipments that cannot be meant; with one the order ships whole."""
    refuse(
        most is not None and not 1 <= most <= MOST_UNITS,
        f"{about}: it cannot leave in {most} shipments at most; name 1, which ships it whole, or more, "
        "or none for as many as need be",
    )


def check_set(name: str, about: str) -> None:
    """Raise OrderError for a set whose name cannot be told from another, or from none."""
    refuse(
        name != name.strip(),
        f"{about}: the set {name!r} begins or ends with a blank; name it without, or leave it blank for none",
    )
    unseen = re.search(f"[{UNSEEN}]", name)
    refuse(
        unseen is not None,
        f"{about}: the set {name!a} holds a character that nobody sees; leave it out",
    )


def check_value(quantity: int, price: int, about: str) -> None:
    """Raise OrderError for a line that is worth more than can be counted."""
    refuse(
        quantity * price > MOST_VALUE,
        f"{about}: {quantity:,} units at {price:,} are worth more than {MOST_VALUE:,} minor units; "
        f"name {MOST_VALUE // max(price, 1):,} units or fewer",
    )


def check_day(day: date, about: str) -> None:
    """Raise OrderError for a day that cannot be meant."""
    refuse(
        not EARLIEST <= day <= LATEST,
        f"{about} {day} is not between {EARLIEST} and {LATEST}; name a day that can be planned with",
    )


def check_choice(what: str, chosen: str, known: Sequence[str], about: str) -> None:
    """Raise OrderError for a choice that there is not."""
    refuse(chosen not in known, f"{about}: {chosen!r} is no {what}; there are {', '.join(known)}")


def check_address(to: ShipTo, about: str) -> None:
    """Raise OrderError for an address that nothing can be sent to."""
    for name in ("name", "street", "city"):
        refuse(not getattr(to, name).strip(), f"{about}: the address has no {name}")
    country = to.country
    refuse(
        not (len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()),  # noqa: PLR2004
        f"{about}: {country!r} is no country code; name two capital letters, as DE",
    )
    refuse(
        re.fullmatch(REGION, to.region) is None,
        f"{about}: {to.region!r} is no code of a state or province; name one to three capital letters or digits, as CA, or none",
    )


def build_address(to: ShipTo) -> Address:
    """Build the row of an address."""
    return Address(**asdict(to))


def find_twice(numbers: Iterable[str]) -> str | None:
    """Name the first number that was named before; None if there is none."""
    seen = set[str]()
    for number in numbers:
        if number in seen:
            return number
        seen.add(number)
    return None


def refuse(wrong: bool, message: str) -> None:  # noqa: FBT001 - what is wrong, then what to say
    """Raise OrderError."""
    if wrong:
        raise OrderError(message)
