"""Judges a line under every law that holds for it: the earliest day and the strictest words count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from backorder.engine.consent.case import Case, Portion
from backorder.engine.consent.clock import read_clock
from backorder.engine.consent.days import add_days
from backorder.engine.consent.facts import Answer, Facts
from backorder.engine.consent.owed import stand
from backorder.engine.consent.pack import Pack
from backorder.engine.consent.portions import Rules, split
from backorder.engine.consent.standing import STATES, Action, Standing, State


@dataclass(frozen=True)
class Verdict:
    """Where units stand that share one history: under each pack, and under all of them together."""

    portion: Portion
    state: State
    deadline: date | None  # the earliest day by which something is owed or an answer counts; none: nothing is
    actions: tuple[Action, ...]  # soonest first
    standings: tuple[Standing, ...]  # one of each pack

    @property
    def quantity(self) -> int:
        """The units of the line that it is about."""
        return self.portion.quantity

    @property
    def ships_on(self) -> date | None:
        """The day that is planned for what is open; none: no day is known."""
        return self.portion.ships_on


@dataclass(frozen=True)
class Coming:
    """What is to come on a day if nobody does anything."""

    day: date
    what: str  # an action, `should_` before it for when there is time left; `last_day`, `lapses`, `missed`, `may_end`
    pack: str
    citations: tuple[str, ...]
    quantity: int


@dataclass(frozen=True)
class Judgement:
    """A line: its units by history, those at the front first; the answers that a person must look at; and what is to come."""

    packs: tuple[Pack, ...]  # by which it was judged
    verdicts: tuple[Verdict, ...]
    crossed: tuple[Answer, ...]
    coming: tuple[Coming, ...]  # the whole calendar from now on, by day, if nothing happens


def judge(facts: Facts, rules: Rules, now: datetime) -> Judgement:
    """Judge what happened to a line until now. Raises FactsError for facts that cannot be."""
    known = facts.until(now)
    portions, unheard = split(known, rules)
    verdicts = tuple(weigh(portion, stand_under(known, portion, rules, now)) for portion in portions)
    crossed = [*unheard, *(answer for verdict in verdicts for answer in list_crossed(verdict))]
    for_a_person = tuple(each for each in dict.fromkeys(crossed) if each.settled_at is None)
    return Judgement(
        tuple(rules.packs), verdicts, for_a_person, tuple(look_ahead(known, portions, rules, now))
    )


def stand_under(facts: Facts, portion: Portion, rules: Rules, now: datetime) -> tuple[Standing, ...]:
    """Say where a portion stands under each pack."""
    cases = (Case(facts, portion, pack, rules.place.calendar(pack)) for pack in rules.packs)
    return tuple(
        stand(case, read_clock(case, case.calendar.day(now)), case.calendar.day(now)) for case in cases
    )


def list_crossed(verdict: Verdict) -> Iterator[Answer]:
    """List the answers of which no pack with a clock could make anything."""
    running = [each for each in verdict.standings if each.state != "not_running"]
    for answer in dict.fromkeys(answer for each in running for answer in each.crossed):
        if all(answer in each.crossed for each in running):
            yield answer


def weigh(portion: Portion, standings: tuple[Standing, ...]) -> Verdict:
    """Weigh the packs: of the states the worst, of each action the earliest day with all that any of them wants said."""
    states: list[State] = [each.state for each in standings]
    state: State = max(states, key=STATES.index) if states else "not_running"
    by_kind: dict[str, list[Action]] = {}
    for standing in standings:
        for action in standing.actions:
            by_kind.setdefault(action.kind, []).append(action)
    actions = sorted((join(same) for same in by_kind.values()), key=lambda action: action.order)
    days = [action.by for action in actions if action.kind != "ask_a_person"]
    days += [each.answer_by for each in standings if each.answer_by is not None]
    return Verdict(portion, state, min(days, default=None), tuple(actions), standings)


def join(actions: Sequence[Action]) -> Action:
    """Make one action of several of a kind."""
    return Action(
        actions[0].kind,
        min(action.by for action in actions),
        min(action.should_by for action in actions),
        tuple(dict.fromkeys(citation for action in actions for citation in action.citations)),
        frozenset[str]().union(*(action.must_say for action in actions)),
        any(action.needs_day for action in actions),
    )


def look_ahead(known: Facts, portions: Sequence[Portion], rules: Rules, now: datetime) -> Iterator[Coming]:
    """List what is to come for a line if from now on nothing happens, by day."""
    units = Counter[tuple[date, str, str, tuple[str, ...]]]()
    for portion in portions:
        for pack in rules.packs:
            case = Case(known, portion, pack, rules.place.calendar(pack))
            for coming in dict.fromkeys(look_ahead_in(case, case.calendar.day(now))):
                units[coming] += portion.quantity
    for what, quantity in sorted(units.items()):
        yield Coming(*what, quantity)


def look_ahead_in(case: Case, day: date) -> Iterator[tuple[date, str, str, tuple[str, ...]]]:
    """List what is to come for a case: look at each day after one that ends something."""
    name = case.pack.name
    while True:
        standing = stand(case, read_clock(case, day), day)
        if standing.state in ("missed", "may_end"):
            yield day, standing.state, name, (standing.citation,)
        for action in standing.actions:
            if action.should_by != action.by:
                yield action.should_by, f"should_{action.kind}", name, action.citations
            yield action.by, action.kind, name, action.citations
        if standing.last_day is None:
            return
        yield standing.last_day, "last_day", name, (standing.citation,)
        if standing.answer_by is not None:
            yield standing.answer_by, "lapses", name, (standing.citation,)
        if standing.last_day == date.max or case.portion.left is not None:
            return
        day = add_days(standing.last_day, 1)
