"""What cannot be meant, refused before anything is written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from backorder.supply.models import EARLIEST, LATEST, MOST_UNITS


class SupplyError(ValueError):
    """A change that the facts do not allow; the text says which and what would be possible."""


def refuse(wrong: bool, message: str) -> None:  # noqa: FBT001 - what is wrong, then what to say
    """Raise SupplyError."""
    if wrong:
        raise SupplyError(message)


def refuse_quantity(quantity: int, about: str) -> None:
    """Raise SupplyError for a quantity that cannot be meant."""
    refuse(
        not 1 <= quantity <= MOST_UNITS,
        f"{about}: {quantity} units cannot be meant; name 1 to {MOST_UNITS:,}",
    )


def refuse_date(on: date, about: str) -> None:
    """Raise SupplyError for a date that cannot be meant."""
    refuse(
        not EARLIEST <= on <= LATEST,
        f"{about}: {on} is not between {EARLIEST} and {LATEST}; name a day that can be planned with",
    )


def find_twice(numbers: Iterable[str]) -> str | None:
    """Name the first number that was named before; None if there is none."""
    seen = set[str]()
    for number in numbers:
        if number in seen:
            return number
        seen.add(number)
    return None
