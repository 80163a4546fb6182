"""Portions: units of a line that share one history, so that each unit has one clock.

Units leave from the front. Those of which the money is not due back are shipped first, and those of which it is are cancelled first.
Who agrees to wait for some units agrees for those at the back, who cancels some cancels those at the front: so what nobody agreed to
leaves first. Of the days of a plan the earliest are those of the units at the front, and a notice is about those at the back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from backorder.engine.consent.case import Case, Leave, Place, Portion
from backorder.engine.consent.clock import read_clock
from backorder.engine.consent.facts import (
    Answer,
    Cancellation,
    Facts,
    FactsError,
    Notice,
    Part,
    Refund,
    Shipment,
)
from backorder.engine.consent.pack import Pack

Event = Leave | Notice | Answer | Refund
ORDER: tuple[type, ...] = (Notice, Shipment, Answer, Cancellation, Refund)
"""Of what happens at the same instant. What a buyer cancels is taken off the order afterwards."""


@dataclass(frozen=True)
class Rules:
    """By which a line is judged."""

    packs: Sequence[Pack]
    place: Place


def split(facts: Facts, rules: Rules) -> tuple[list[Portion], list[Answer]]:
    """Split a line into portions, from the front; and list the answers that came when nothing was left to answer for.

    Raises FactsError if more units leave, or are paid back, than there are.
    """
    portions = [Portion(facts.sale.quantity)]
    crossed: list[Answer] = []
    events: list[Event] = [
        *facts.notices,
        *facts.shipments,
        *facts.answers,
        *facts.cancellations,
        *facts.refunds,
    ]
    for event in sorted(events, key=lambda each: (each.at, ORDER.index(type(each)))):
        if isinstance(event, Notice):
            chosen, missing = choose(list_told(portions, event, rules), event.quantity)
        elif isinstance(event, Answer):
            chosen, missing = choose(list_answering(portions, event, rules), event.quantity)
            if not chosen:
                crossed.append(event)
        elif isinstance(event, Refund):
            chosen, missing = choose(list_unpaid(portions, event), event.quantity)
        else:
            chosen, missing = choose(
                list_leaving(portions, event, facts.until(event.at), rules), event.quantity
            )
        if missing and not isinstance(event, Notice | Answer):
            message = f"{event.quantity} units, and there are {missing} fewer: {event}"
            raise FactsError(message)
        portions = change(portions, dict(chosen), event)
    return lay_plan(portions, facts), crossed


def lay_plan(portions: Sequence[Portion], facts: Facts) -> list[Portion]:
    """Give what is open the days that were planned last, the first of them to the front; none to units that the plan does not name."""
    plan = facts.promises[-1] if facts.promises else None
    day = facts.sale.stated_on if plan is None else plan.day
    parts = list(plan.parts if plan else ()) or [Part(facts.sale.quantity, day)]
    found: list[Portion] = []
    for portion in portions:
        units = 0 if portion.left is not None else portion.quantity
        if not units:
            found.append(portion)
        while units:
            part = parts.pop(0) if parts else Part(units, None)
            some = min(units, part.quantity)
            found.append(replace(portion, quantity=some, ships_on=part.day))
            units -= some
            if some < part.quantity:
                parts.insert(0, replace(part, quantity=part.quantity - some))
    return found


def list_told(portions: Sequence[Portion], notice: Notice, rules: Rules) -> list[tuple[int, Portion]]:
    """List the portions that a notice is about, by their place, from the back: all, or what is open, else what is on its way."""
    free = [
        (place, portion)
        for place, portion in enumerate(portions)
        if notice.name not in {each.name for each in portion.notices}
    ]
    if notice.quantity is None:
        return free
    still = [each for each in free if each[1].left is None]
    return (still or [each for each in free if is_on_way(each[1], notice.at, rules)])[::-1]


def list_answering(portions: Sequence[Portion], answer: Answer, rules: Rules) -> list[tuple[int, Portion]]:
    """List the portions that an answer can be about, by their place, those it takes first: what is open, else what is on its way."""
    said = (answer.kind, answer.notice)
    free = [
        (place, portion)
        for place, portion in enumerate(portions)
        if answer.kind == "period" or said not in {(each.kind, each.notice) for each in portion.answers}
    ]
    still = [each for each in free if each[1].left is None]
    on_way = [each for each in free if is_on_way(each[1], answer.at, rules)]
    found = still or on_way
    return found[::-1] if answer.kind == "accepts" else found


def is_on_way(portion: Portion, at: datetime, rules: Rules) -> bool:
    """Tell whether a portion is with the carrier, and some pack's clock runs until it is delivered."""
    left = portion.left
    if not isinstance(left, Shipment) or not any(pack.runs_to == "delivery" for pack in rules.packs):
        return False
    return left.delivered_on is None or at.astimezone(rules.place.zone).date() <= left.delivered_on


def list_leaving(
    portions: Sequence[Portion], leave: Leave, known: Facts, rules: Rules
) -> list[tuple[int, Portion]]:
    """List the open portions by their place, those that leave first before others."""
    still = [(place, portion) for place, portion in enumerate(portions) if portion.left is None]
    ships = isinstance(leave, Shipment)
    return sorted(still, key=lambda each: is_due_back(each[1], leave.at, known, rules) == ships)


def is_due_back(portion: Portion, at: datetime, known: Facts, rules: Rules) -> bool:
    """Tell whether under any pack the money of an open portion is due back, by what was known at an instant."""
    portion = replace(portion, notices=tuple(notice.until(at) for notice in portion.notices))
    cases = [Case(known, portion, pack, rules.place.calendar(pack)) for pack in rules.packs]
    return any(read_clock(case, case.calendar.day(at)).vested_on is not None for case in cases)


def list_unpaid(portions: Sequence[Portion], refund: Refund) -> list[tuple[int, Portion]]:
    """List the portions of a cancellation or shipment that are not paid back yet, by their place."""
    return [
        (place, portion)
        for place, portion in enumerate(portions)
        if portion.left is not None and portion.left.name == refund.of and portion.refunded_at is None
    ]


def choose(listed: Iterable[tuple[int, Portion]], quantity: int | None) -> tuple[list[tuple[int, int]], int]:
    """Choose units of portions in the order listed: place and units of each, and how many are missing."""
    chosen, missing = [], quantity
    for place, portion in listed:
        units = portion.quantity if missing is None else min(portion.quantity, missing)
        if units:
            chosen.append((place, units))
        missing = None if missing is None else missing - units
    return chosen, missing or 0


def change(portions: Sequence[Portion], chosen: dict[int, int], event: Event) -> list[Portion]:
    """Change so many units of portions by what happened; the rest of a portion becomes one of its own.

    Of a notice and an acceptance the units at the back of a portion are chosen, otherwise those at its front.
    """
    found: list[Portion] = []
    for place, portion in enumerate(portions):
        units = chosen.get(place, 0)
        changed = [replace(happen(portion, event), quantity=units)] if units else []
        rest = [replace(portion, quantity=portion.quantity - units)] if units < portion.quantity else []
        back = isinstance(event, Notice) or (isinstance(event, Answer) and event.kind == "accepts")
        found += [*rest, *changed] if back else [*changed, *rest]
    return found


def happen(portion: Portion, event: Event) -> Portion:
    """Let something happen to a portion."""
    if isinstance(event, Notice):
        return replace(portion, notices=(*portion.notices, event))
    if isinstance(event, Answer):
        return replace(portion, answers=(*portion.answers, event))
    if isinstance(event, Refund):
        return replace(portion, refunded_at=event.at)
    return replace(portion, left=event)
