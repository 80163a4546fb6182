"""Chooses the packs that hold for a sale: those of the country and of the part of it that goods go to, and of the seller."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from backorder.engine.consent.days import Calendar
from backorder.engine.consent.pack import Pack


@dataclass(frozen=True)
class Parties:
    """Who buys, from where to where. Places are countries as `US`, or parts of them as `US-CA`."""

    ship_to: str
    seller: str
    buyer: str  # one of BUYERS


def choose_packs(packs: Iterable[Pack], parties: Parties, ordered_on: date) -> list[Pack]:
    """Choose, of each pack's versions in force on the day of the order the last; where no law is known, the packs for everywhere."""
    in_force: dict[str, Pack] = {}
    for pack in sorted(packs, key=lambda each: (each.effective_on, each.version)):
        if pack.effective_on <= ordered_on and parties.buyer in pack.buyers:
            in_force[pack.name] = pack
    holding = [pack for pack in in_force.values() if holds(pack, parties)]
    found = holding or [pack for pack in in_force.values() if not pack.regions]
    return sorted(found, key=lambda pack: pack.name)


def holds(pack: Pack, parties: Parties) -> bool:
    """Tell whether a pack names the place that goods go to, or that of the seller if that counts."""
    places = [parties.ship_to, *([parties.seller] if pack.by_seller else [])]
    return any(part in pack.regions for place in places for part in (place, place.partition("-")[0]))


def may_charge_express(pack: Pack, ordered_on: date, ships_on: date, calendar: Calendar) -> bool:
    """Tell whether express shipping may be charged for a line that is planned to ship on a day."""
    return pack.express_days is None or ships_on <= calendar.add_working_days(ordered_on, pack.express_days)
