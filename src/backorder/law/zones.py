"""The time zone in which legal days of a country are counted when nobody names one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo


def find_zone(country: str, on: date) -> str | None:
    """Find, of the zones of a country, that where the day ends first: what is in time there is in time everywhere; None: unknown."""
    at, zones = datetime.combine(on, time(12), UTC), list_zones().get(country)
    return min(zones, key=lambda name: (-find_offset(name, at), name)) if zones else None


def find_offset(name: str, at: datetime) -> timedelta:
    """Find by how much clocks of a zone are ahead of UTC at an instant."""
    return at.astimezone(ZoneInfo(name)).utcoffset() or timedelta()


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
