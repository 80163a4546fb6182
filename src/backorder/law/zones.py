"""The time zones in which legal days of a country are counted when nobody names one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo


@lru_cache(maxsize=4096)
def find_zones(country: str, on: date) -> tuple[str, str] | None:
    """Find, of the zones of a country, that where a day ends first and that where it begins last; None: it has none that is known."""
    zones = sorted(list_zones().get(country, ()), key=lambda name: (find_offset(name, on), name))
    return (zones[-1], zones[0]) if zones else None


def find_offset(name: str, on: date) -> timedelta:
    """Find by how much clocks of a zone are ahead of UTC at noon of a day."""
    return datetime.combine(on, time(12), UTC).astimezone(ZoneInfo(name)).utcoffset() or timedelta()


@cache
def list_zones() -> dict[str, Sequence[str]]:
    """List the zones of each country, as the time zone database has them."""
    found = defaultdict(list)
    text = (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8")
    for row in text.splitlines():
        if row and not row.startswith("#"):
            country, _, zone = row.split("\t")[:3]
            found[country].append(zone)
    return dict(found)
