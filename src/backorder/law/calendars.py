"""The public holidays by which working days are counted, from the `holidays` library."""

from __future__ import annotations

from collections.abc import Container
from datetime import date
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from backorder.engine.consent import SHIP_TO, Pack, Place


def knows_holidays(name: str) -> bool:
    """Tell whether the holidays of a country are known; a part of it is named as `US-CA`."""
    country, _, part = name.partition("-")
    known = holidays.list_supported_countries(include_aliases=False)
    return country in known and (not part or part in known[country])


@cache
def find_holidays(name: str) -> Container[date]:
    """Find the public holidays of a country, or of a part of it, in any year."""
    country, _, part = name.partition("-")
    found: Container[date] = holidays.country_holidays(country, part or None)
    return found


def find_place(zones: tuple[str, str], ship_to: str, packs: tuple[Pack, ...]) -> Place:
    """Find by which days packs are counted at a place: in the zone where they end first, and in that where they begin last.

    Where nobody knows the holidays of a country, it has none.
    """
    holidays = {
        pack.holidays: find_holidays(pack.holidays) for pack in packs if pack.holidays not in ("", SHIP_TO)
    }
    country = ship_to.partition("-")[0]
    holidays[SHIP_TO] = find_holidays(country) if knows_holidays(country) else ()
    return Place(ZoneInfo(zones[0]), holidays, ZoneInfo(zones[1]))
