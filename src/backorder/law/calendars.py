"""The public holidays by which working days are counted, from the `holidays` library."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from backorder.engine.consent import Pack, Place

YEARS_AROUND = 3


def knows_holidays(name: str) -> bool:
    """Tell whether the holidays of a country are known; a part of it is named as `US-CA`."""
    country, _, part = name.partition("-")
    known = holidays.list_supported_countries(include_aliases=False)
    return country in known and (not part or part in known[country])


@lru_cache(maxsize=64)
def list_holidays(name: str, first_year: int, last_year: int) -> frozenset[date]:
    """List the public holidays of a country, or of a part of it, in some years."""
    country, _, part = name.partition("-")
    return frozenset(holidays.country_holidays(country, part or None, years=range(first_year, last_year + 1)))


def find_place(zone: str, packs: Iterable[Pack], year: int) -> Place:
    """Find by which days packs are counted at a place; holidays are those of a few years around one."""
    names = {pack.holidays for pack in packs if pack.holidays}
    return Place(
        ZoneInfo(zone),
        {name: list_holidays(name, year - YEARS_AROUND, year + YEARS_AROUND) for name in names},
    )
