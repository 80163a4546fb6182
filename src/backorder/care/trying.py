"""Tries out what the law would ask: a sale that was not made, told by its days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from backorder.care.house import read_house
from backorder.care.judging import find_rules
from backorder.engine import consent
from backorder.engine.consent import FactsError, Parties

__all__ = ["FactsError", "Parties", "Tale", "try_out"]

ORDERED, TOLD, ANSWERED, LEFT, SEEN = time(8), time(10), time(11), time(12), time(18)
"""What happens on one day happens in this order, and is looked at in the evening."""
NOTICE = "notice"


@dataclass(frozen=True)
class Tale:
    """A sale of one unit. A day that is not given did not come."""

    parties: Parties
    ordered_on: date
    seen_on: date  # the day on which it is looked at
    stated_on: date | None = None  # told before the purchase
    planned_on: date | None = None
    told_on: date | None = None  # of a delay, in a message that says all that the law wants
    revised_on: date | None = None  # the day that it named; none: it named none
    agreed_on: date | None = None
    cancelled_on: date | None = None
    shipped_on: date | None = None


def try_out(tale: Tale) -> consent.Judgement:
    """Say what the law would ask. Raises FactsError for what cannot have happened."""
    house = read_house()
    rules = find_rules(tale.parties, tale.ordered_on, house)
    zone = rules.place.zone

    def at(day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, zone)

    ordered = at(tale.ordered_on, ORDERED)
    says = frozenset(consent.CONTENT)
    facts = consent.Facts(
        consent.Sale(
            1,
            ordered,
            tale.stated_on,
            transit_days=house.count_transit(tale.parties.ship_to),
            paid_at=ordered,
        ),
        promises=(consent.Promise(ordered, tale.planned_on),),
        notices=(consent.Notice(NOTICE, at(tale.told_on, TOLD), tale.revised_on, says),)
        if tale.told_on
        else (),
        answers=(
            *(
                (consent.Answer(at(tale.agreed_on, ANSWERED), "accepts", notice=NOTICE),)
                if tale.agreed_on
                else ()
            ),
            *((consent.Answer(at(tale.cancelled_on, ANSWERED), "cancels"),) if tale.cancelled_on else ()),
        ),
        shipments=(consent.Shipment("parcel", at(tale.shipped_on, LEFT), 1),) if tale.shipped_on else (),
    )
    return consent.judge(facts, rules, at(tale.seen_on, SEEN))
