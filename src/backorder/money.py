"""Amounts of money: kept in the smallest unit of their currency, whose places differ."""

from __future__ import annotations

from decimal import Decimal

USUAL_PLACES = 2
"""Of nearly all currencies, and of one that nobody knows."""
MOST_PLACES = 6
"""Files hold amounts in millionths."""
NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
THREE = "BHD IQD JOD KWD LYD OMR TND"
FOUR = "CLF UYW"
PLACES = {code: places for places, codes in ((0, NONE), (3, THREE), (4, FOUR)) for code in codes.split()}
"""Of all other currencies, by ISO 4217. It stands here, for amounts are kept by it: a library might think otherwise one day."""
USUAL_MILLIONTHS: int = 10 ** (MOST_PLACES - USUAL_PLACES)
MILLIONTHS: dict[str, int] = {currency: 10 ** (MOST_PLACES - places) for currency, places in PLACES.items()}
"""So many are in the smallest unit of a currency."""


def count_places(currency: str) -> int:
    """Count the places of an amount: 2 of EUR, none of JPY, 3 of KWD."""
    return PLACES.get(currency, USUAL_PLACES)


def count_millionths(currency: str) -> int:
    """Count the millionths in the smallest unit of a currency: 10,000 in a cent."""
    return MILLIONTHS.get(currency, USUAL_MILLIONTHS)


def to_decimal(minor: int, currency: str) -> Decimal:
    """Turn smallest units into an amount with all its places: 12.50 of EUR, 1250 of JPY, 1.250 of KWD."""
    return Decimal(minor).scaleb(-count_places(currency))


def to_minor(amount: Decimal, currency: str) -> int | None:
    """Turn an amount into smallest units; None if it has more places than its currency."""
    minor = amount.scaleb(count_places(currency))
    return int(minor) if minor == int(minor) else None


def say_amount(minor: int, currency: str) -> str:
    """Write an amount with the places of its currency: 1,250.00 EUR, 1,250 JPY."""
    return f"{to_decimal(minor, currency):,f} {currency}"


def say_finer(amount: Decimal, currency: str) -> str:
    """Say that an amount has more places than its currency: 12.505 EUR: EUR has 2 places."""
    places = count_places(currency)
    return f"{amount:f} {currency}: {currency} has {places or 'no'} {'place' if places == 1 else 'places'}"


def divide(amount: int, by: int) -> int:
    """Divide an amount; half a unit is one."""
    return (2 * amount + by) // (2 * by)
