"""Tries out what the law would ask: a sale that was not made, told by its days."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from backorder.care.house import read_house
from backorder.care.judging import find_rules
from backorder.engine import consent
from backorder.engine.consent import FactsError, Parties

__all__ = ["FactsError", "Parties", "Tale", "try_out"]

ORDERED, TOLD, ANSWERED, LEFT, SEEN = time(8), time(10), time(11), time(12), time(18)
"""What happens on one day happens in this order, and is looked at in the evening."""
NOTICES = "the first message", "the second message"


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
    told_again_on: date | None = None  # likewise, of a further delay
    revised_again_on: date | None = None
    agreed_on: date | None = None  # to what was told last by then
    period_set_on: date | None = None  # on which the buyer set a further period, and until when
    period_until: date | None = None
    cancelled_on: date | None = None
    shipped_on: date | None = None
    needed_by: date | None = None  # it is of no use after that day, and the seller knew
    on_credit: bool = False  # the buyer applied to the seller for credit


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
            credit=tale.on_credit,
            needed_by=tale.needed_by,
            paid_at=ordered,
        ),
        promises=tuple(consent.Promise(at(day, ORDERED), planned) for day, planned in list_plans(tale)),
        notices=tuple(
            consent.Notice(name, at(day, TOLD), revised, says) for name, day, revised in list_told(tale)
        ),
        answers=tuple(list_answers(tale, lambda day: at(day, ANSWERED))),
        shipments=(consent.Shipment("parcel", at(tale.shipped_on, LEFT), 1),) if tale.shipped_on else (),
    )
    return consent.judge(facts, rules, at(tale.seen_on, SEEN))


def list_plans(tale: Tale) -> Iterator[tuple[date, date | None]]:
    """List when which day was planned: of a further delay the customer is told on the day on which it is known."""
    yield tale.ordered_on, tale.planned_on
    if tale.told_again_on is not None:
        yield tale.told_again_on, tale.revised_again_on


def list_told(tale: Tale) -> list[tuple[str, date, date | None]]:
    """List the messages of a delay by name: when each was sent, and the day that it named. Raises FactsError for a second alone."""
    again = tale.told_again_on
    if again is not None and (tale.told_on is None or again <= tale.told_on):
        message = "a further delay is told some day after the first one"
        raise FactsError(message)
    days = (tale.told_on, tale.told_again_on), (tale.revised_on, tale.revised_again_on)
    return [
        (name, day, revised) for name, day, revised in zip(NOTICES, *days, strict=True) if day is not None
    ]


def list_answers(tale: Tale, at: Callable[[date], datetime]) -> Iterator[consent.Answer]:
    """List what the buyer said. Raises FactsError for half of a period."""
    if tale.agreed_on is not None:
        heard = [name for name, day, _ in list_told(tale) if day <= tale.agreed_on]
        yield consent.Answer(at(tale.agreed_on), "accepts", notice=heard[-1] if heard else NOTICES[0])
    if (tale.period_set_on is None) != (tale.period_until is None):
        message = "a further period needs the day on which it was set, and the one until which it runs"
        raise FactsError(message)
    if tale.period_set_on is not None:
        yield consent.Answer(at(tale.period_set_on), "period", until=tale.period_until)
    if tale.cancelled_on is not None:
        yield consent.Answer(at(tale.cancelled_on), "cancels")
