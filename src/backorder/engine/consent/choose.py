"""Chooses the packs that hold for a sale: those of the country and of the part of it that goods go to, and of the seller."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from backorder.engine.consent.days import Calendar
from backorder.engine.consent.facts import FactsError
from backorder.engine.consent.pack import BUYERS, Pack, PackError

COUNTRY = re.compile("[A-Z]{2}")
PLACE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


@dataclass(frozen=True)
class Parties:
    """Who buys, from where to where. Places are countries as `US`, or parts of them as `US-CA`, by ISO 3166."""

    ship_to: str
    seller: str
    buyer: str  # one of BUYERS

    def __post_init__(self) -> None:
        """Refuse what names no place and no buyer. Raises FactsError."""
        for place in (self.ship_to, self.seller):
            if not PLACE.fullmatch(place):
                message = f"{place!r} is no country as US, and no part of one as US-CA"
                raise FactsError(message)
        if self.buyer not in BUYERS:
            message = f"{self.buyer!r} is no buyer; there are {', '.join(BUYERS)}"
            raise FactsError(message)


def choose_packs(packs: Iterable[Pack], parties: Parties, ordered_on: date) -> list[Pack]:
    """Choose, of each pack's versions in force on the day of the order the last; where no law is known, the packs for everywhere.

    Raises PackError for two packs of one name and version.
    """
    in_force: dict[str, Pack] = {}
    for pack in sorted(packs, key=lambda each: (each.name, each.version)):
        before = in_force.get(pack.name)
        if before is not None and before != pack and before.version == pack.version:
            message = f"{pack.name}: there are two of version {pack.version}"
            raise PackError(message)
        if pack.effective_on <= ordered_on:
            in_force[pack.name] = pack
    for_buyer = [pack for pack in in_force.values() if parties.buyer in pack.buyers]
    return [pack for pack in for_buyer if holds(pack, parties)] or [
        pack for pack in for_buyer if not pack.regions
    ]


def holds(pack: Pack, parties: Parties) -> bool:
    """Tell whether a pack names the place that goods go to; or, if it looks at that, the seller's in the same country."""
    countries = [place.partition("-")[0] for place in (parties.ship_to, parties.seller)]
    places = {parties.ship_to, countries[0]}
    if pack.by_seller and countries[0] == countries[1]:
        places.add(parties.seller)
    return not places.isdisjoint(pack.regions)


def find_last_express_day(pack: Pack, ordered_on: date, calendar: Calendar) -> date | None:
    """Find the last day on which a line may be planned to ship for which express shipping is charged; None: the pack says nothing."""
    return None if pack.express_days is None else calendar.add_working_days(ordered_on, pack.express_days)
