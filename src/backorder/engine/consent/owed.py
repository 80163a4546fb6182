"""What a clock asks for: where the case stands, and what is to be done by when."""

from __future__ import annotations

from datetime import date

from backorder.engine.consent.case import Case
from backorder.engine.consent.clock import Clock, choose_rule
from backorder.engine.consent.days import ONE_DAY, add_days
from backorder.engine.consent.standing import Action, ActionKind, Standing, State


def stand(case: Case, clock: Clock, today: date) -> Standing:
    """Say where a case stands on a day, and what is to be done, soonest first."""
    state = find_state(case, clock)
    refund_by = None if clock.vested_on is None else last_day_to_refund(case, clock.vested_on)
    if state == "refund_due":
        actions = list_undoing(case, clock, refund_by)
    elif state in ("missed", "may_end") and not clock.told_of_miss:
        actions = [tell_of_miss(case, clock)]
    elif state in ("late", "agreed", "on_time"):
        actions = [keep_day(case, clock, today)]
    else:
        actions = []
    crossed = [case.calendar.day(answer.at) for answer in clock.crossed]
    actions += [act(case, "ask_a_person", (day, day), clock.moment) for day in crossed]
    return Standing(
        pack=case.pack.name,
        state=state,
        moment=clock.moment,
        citation=case.pack.cite(clock.moment),
        due_on=clock.lapses_on or clock.agreed_until,
        answer_by=clock.lapses_on,
        vested_on=clock.vested_on,
        refund_by=refund_by,
        actions=tuple(sorted(actions, key=lambda action: action.order)),
    )


def find_state(case: Case, clock: Clock) -> State:
    """Name the state of a case."""
    if clock.vested_on is not None:
        return "refund_due" if is_left_to_undo(case) else "settled"
    if clock.missed_on is not None:
        return "may_end" if clock.moment == "may_end" else "missed"
    if case.shipment is not None:
        return "shipped"
    if clock.first_day is None:
        return "not_running"
    if clock.agreed_until is None:
        return "open_wait"
    if clock.lapses_on is not None:
        return "asked"
    planned = case.find_promise()
    if planned is None or planned > clock.agreed_until:
        known = clock.announced is not None and (planned or date.max) <= clock.announced
        return "told" if known else "late"
    return "agreed" if clock.told else "on_time"


def is_left_to_undo(case: Case) -> bool:
    """Tell whether units are still to be cancelled, or money to be sent."""
    if case.portion.left is None:
        return True
    kept = case.shipment is not None and case.shipment.kept
    return case.facts.sale.paid and case.portion.refunded_at is None and not kept


def last_day_to_refund(case: Case, vested_on: date) -> date | None:
    """Name the last day on which money may be sent that is due since a day; none: the pack names none."""
    rule, days = case.pack.refund, []
    if rule.working_days is not None:
        days.append(case.calendar.add_working_days(vested_on, rule.working_days))
    if rule.calendar_days is not None:
        days.append(add_days(vested_on, rule.calendar_days))
    return min(days, default=None)


def list_undoing(case: Case, clock: Clock, refund_by: date | None) -> list[Action]:
    """List what is left to do once money is due: cancel, and send it. What was shipped all the same is for a person too."""
    since = clock.vested_on
    assert since is not None
    found = []
    if case.portion.left is None:
        found.append(act(case, "cancel", (since, since), clock.moment))
    if case.shipment is not None:
        found.append(act(case, "ask_a_person", (since, since), clock.moment))
    if case.facts.sale.paid and case.portion.refunded_at is None:
        found.append(act(case, "refund", (refund_by or since, since), "refund"))
    return found


def tell_of_miss(case: Case, clock: Clock) -> Action:
    """Tell the buyer that the day was missed, and what may be done about it."""
    assert clock.missed_on is not None
    day = clock.missed_on + ONE_DAY
    return Action("tell", day, day, (case.pack.cite(clock.moment),), case.pack.near.must_say)


def keep_day(case: Case, clock: Clock, today: date) -> Action:
    """Ship by the day that counts, or tell the buyer before it is over. On the last day itself no plan helps any more."""
    last, planned = clock.agreed_until, case.find_promise()
    assert last is not None
    late = planned is None or planned > last
    if not late and today < last:
        return act(case, "ship", (last, last), clock.moment)
    moment, rule = choose_rule(case, clock, planned if late else None)
    lead = case.calendar.add_working_days(last, -case.pack.lead_days)
    kind: ActionKind = "tell" if late else "ship_or_tell"
    should_by = min(max(lead, today), last)
    return Action(kind, last, should_by, (case.pack.cite(moment),), rule.must_say, case.pack.needs_day)


def act(case: Case, kind: ActionKind, days: tuple[date, date], moment: str) -> Action:
    """Make an action of what is to be done by a day, and should be by another."""
    return Action(kind, *days, (case.pack.cite(moment),))
