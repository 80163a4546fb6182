"""Judges a line under every law that holds for it: the earliest day and the strictest words count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from backorder.engine.consent.case import Case
from backorder.engine.consent.clock import read_clock
from backorder.engine.consent.days import ONE_DAY, Calendar
from backorder.engine.consent.facts import Answer, Facts
from backorder.engine.consent.owed import stand
from backorder.engine.consent.pack import Pack
from backorder.engine.consent.portions import Portion, split
from backorder.engine.consent.standing import STATES, Action, Standing, State


@dataclass(frozen=True)
class Place:
    """Where a line goes, as far as days are counted: its zone, and the public holidays by the name that packs use."""

    zone: tzinfo
    holidays: Mapping[str, AbstractSet[date]]

    def calendar(self, pack: Pack) -> Calendar:
        """Give the calendar of a pack."""
        return Calendar(self.zone, self.holidays[pack.holidays] if pack.holidays else frozenset())


@dataclass(frozen=True)
class Verdict:
    """Where units stand that share one history: under each pack, and under all of them together."""

    quantity: int
    state: State
    deadline: date | None  # the next day by which something is to be done or said; none: nothing is
    actions: tuple[Action, ...]  # soonest first
    standings: tuple[Standing, ...]  # one of each pack


@dataclass(frozen=True)
class Judgement:
    """A line: its units by history, from those that leave first; and answers that came when nothing was open any more."""

    verdicts: tuple[Verdict, ...]
    crossed: tuple[Answer, ...]


@dataclass(frozen=True)
class Coming:
    """What is to come on a day if nobody does anything."""

    day: date
    what: str  # `should_tell`, `tell`, `ship`, `lapses`, `cancel`, `refund` and the like
    quantity: int
    pack: str
    citations: tuple[str, ...]


def judge(facts: Facts, packs: Sequence[Pack], place: Place, now: datetime) -> Judgement:
    """Judge what happened to a line until now. Raises FactsError for facts that cannot be."""
    known = facts.until(now)
    portions, crossed = split(known)
    return Judgement(
        tuple(weigh(portion, stand_under(known, portion, packs, place, now)) for portion in portions),
        tuple(crossed),
    )


def stand_under(
    facts: Facts, portion: Portion, packs: Iterable[Pack], place: Place, now: datetime
) -> tuple[Standing, ...]:
    """Say where a portion stands under each pack."""
    cases = (Case(facts, portion, pack, place.calendar(pack)) for pack in packs)
    return tuple(
        stand(case, read_clock(case, case.calendar.day(now)), case.calendar.day(now)) for case in cases
    )


def weigh(portion: Portion, standings: tuple[Standing, ...]) -> Verdict:
    """Weigh the packs: of the states the worst, of each action the earliest day with all that any of them wants said."""
    states: list[State] = [each.state for each in standings]
    state: State = max(states, key=STATES.index) if states else "not_running"
    by_kind: dict[str, list[Action]] = {}
    for standing in standings:
        for action in standing.actions:
            by_kind.setdefault(action.kind, []).append(action)
    actions = sorted((join(same) for same in by_kind.values()), key=lambda action: action.order)
    days = [action.by for action in actions] + [each.answer_by for each in standings if each.answer_by]
    return Verdict(portion.quantity, state, min(days, default=None), tuple(actions), standings)


def join(actions: Sequence[Action]) -> Action:
    """Make one action of several of a kind."""
    return Action(
        actions[0].kind,
        min(action.by for action in actions),
        min(action.should_by for action in actions),
        tuple(dict.fromkeys(citation for action in actions for citation in action.citations)),
        frozenset().union(*(action.must_say for action in actions)),
        any(action.needs_day for action in actions),
    )


def look_ahead(facts: Facts, packs: Sequence[Pack], place: Place, now: datetime) -> list[Coming]:
    """List all that is to come for a line if from now on nothing happens: its whole calendar, by day."""
    known = facts.until(now)
    portions, _ = split(known)
    found = [
        coming
        for portion in portions
        for pack in packs
        for coming in look_ahead_in(Case(known, portion, pack, place.calendar(pack)), now)
    ]
    return sorted(dict.fromkeys(found), key=lambda coming: (coming.day, coming.pack, coming.what))


def look_ahead_in(case: Case, now: datetime) -> Iterable[Coming]:
    """List what is to come for a case: look at each day after one that ends something."""
    day, quantity = case.calendar.day(now), case.portion.quantity
    while True:
        standing = stand(case, read_clock(case, day), day)
        for action in standing.actions:
            if action.should_by != action.by:
                yield Coming(
                    action.should_by, f"should_{action.kind}", quantity, standing.pack, action.citations
                )
            yield Coming(action.by, action.kind, quantity, standing.pack, action.citations)
        if standing.answer_by is not None:
            yield Coming(standing.answer_by, "lapses", quantity, standing.pack, (standing.citation,))
        over = standing.due_on is None or standing.due_on < day or standing.vested_on is not None
        if over or case.portion.left is not None:
            return
        assert standing.due_on is not None
        day = standing.due_on + ONE_DAY
