"""What a clock asks for: where the case stands, and what is to be done by when."""

from __future__ import annotations

from datetime import date

from backorder.engine.consent.case import Case
from backorder.engine.consent.clock import Clock, choose_rule
from backorder.engine.consent.days import add_days
from backorder.engine.consent.standing import Action, ActionKind, Standing, State

WAITING: tuple[State, ...] = ("on_time", "agreed", "told", "late", "asked")


def stand(case: Case, clock: Clock, today: date) -> Standing:
    """Say where a case stands on a day, and what is to be done, soonest first."""
    state = find_state(case, clock, today)
    actions: list[Action] = []
    if state == "refund_due":
        actions = list_undoing(case, clock)
    elif state in ("late", "agreed", "on_time"):
        actions = keep_day(case, clock, today)
    elif state in ("missed", "may_end") and not is_known(case, clock, today):
        assert clock.missed_on is not None
        day = add_days(clock.missed_on, 1) if clock.announced is None else today
        actions = [tell(case, clock, (day, day), today)]
    return Standing(
        pack=case.pack.name,
        state=state,
        moment=clock.moment,
        citation=case.pack.cite(clock.moment),
        last_day=(clock.lapses_on or clock.last_day) if state in WAITING else None,
        answer_by=clock.lapses_on if state == "asked" else None,
        vested_on=clock.vested_on,
        refund_by=None if clock.vested_on is None else last_day_to_refund(case, clock.vested_on),
        actions=tuple(sorted(actions, key=lambda action: action.order)),
        crossed=clock.crossed,
    )


def find_state(case: Case, clock: Clock, today: date) -> State:
    """Name the state of a case."""
    shipped = case.shipment is not None
    if clock.vested_on is not None:
        return "refund_due" if is_left_to_undo(case) else "settled"
    if clock.ended_on is not None:
        return "shipped" if shipped else "settled"
    if clock.missed_on is not None:
        return "may_end" if clock.moment == "may_end" else "missed"
    if clock.first_day is None or clock.last_day is None:
        return "shipped" if shipped else "not_running" if clock.first_day is None else "open_wait"
    planned = case.find_planned(today)
    if planned is not None and planned <= clock.last_day and clock.lapses_on is None:
        return "shipped" if shipped else "agreed" if clock.delayed else "on_time"
    if clock.lapses_on is not None:
        return "asked"
    return "told" if is_known(case, clock, today) else "late"


def is_known(case: Case, clock: Clock, today: date) -> bool:
    """Tell whether the buyer knows that it may take as long as is planned."""
    return clock.announced is not None and (case.find_planned(today) or date.max) <= clock.announced


def is_left_to_undo(case: Case) -> bool:
    """Tell whether units are still to be cancelled, or money to be sent."""
    if case.portion.left is None:
        return True
    kept = case.shipment is not None and case.shipment.kept_at is not None
    return case.facts.sale.paid_at is not None and case.portion.refunded_at is None and not kept


def last_day_to_refund(case: Case, vested_on: date) -> date:
    """Name the last day on which money may be sent that is due since a day."""
    rule, days = case.pack.refund, []
    if rule.working_days is not None:
        days.append(case.calendar.add_working_days(vested_on, rule.working_days))
    if rule.calendar_days is not None:
        days.append(add_days(vested_on, rule.calendar_days))
    return min(days)


def list_undoing(case: Case, clock: Clock) -> list[Action]:
    """List what is left to do once money is due: cancel, and send it. What was shipped all the same is for a person too."""
    since = clock.vested_on
    assert since is not None
    found = []
    if case.portion.left is None:
        found.append(act(case, "cancel", (since, since), clock.moment))
    if case.shipment is not None:
        found.append(act(case, "ask_a_person", (since, since), clock.moment))
    if case.facts.sale.paid_at is not None and case.portion.refunded_at is None:
        found.append(act(case, "refund", (last_day_to_refund(case, since), since), "refund"))
    return found


def keep_day(case: Case, clock: Clock, today: date) -> list[Action]:
    """Ship in time, or tell the buyer before the day that counts is over. On the last day to ship no plan helps any more."""
    last = clock.last_day
    assert last is not None
    planned, ships_by = case.find_planned(today), add_days(last, -case.transit)
    if planned is None or planned > last:
        lead = case.calendar.add_working_days(last, -case.pack.lead_days)
        return [tell(case, clock, (last, min(max(lead, today), last)), today)]
    if case.shipment is not None:
        return []
    kind: ActionKind = "ship" if today < ships_by else "ship_or_tell"
    if kind == "ship":
        return [act(case, kind, (ships_by, ships_by), clock.moment)]
    return [tell(case, clock, (ships_by, ships_by), today, kind)]


def tell(case: Case, clock: Clock, days: tuple[date, date], today: date, kind: ActionKind = "tell") -> Action:
    """Tell the buyer, in the words that the rule of the planned day asks for; if it is planned in time, of any day."""
    by, should_by = days
    planned = case.find_planned(today)
    late = planned is None or clock.last_day is None or planned > clock.last_day
    asked = [planned] if late else [add_days(clock.last_day or today, 1), None]
    rules = [choose_rule(case, clock, day) for day in asked]
    words = frozenset[str]().union(
        *(rule.list_needed(day) for (_, rule), day in zip(rules, asked, strict=True))
    )
    cites = tuple(dict.fromkeys(case.pack.cite(moment) for moment, _ in rules))
    return Action(kind, by, should_by, cites, words, case.pack.needs_day)


def act(case: Case, kind: ActionKind, days: tuple[date, date], moment: str) -> Action:
    """Make an action of what is to be done by a day, and should be by another."""
    return Action(kind, *days, (case.pack.cite(moment),))
