"""Laws of every clock, over all packs that come with the program and random histories."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from backorder.engine.consent import Facts, Parties, Sale, Verdict, judge
from tests.engine.consent.drawing import LONGEST, PARTIES, facts
from tests.engine.consent.naive import keep_diary
from tests.engine.consent.stories import at, later, packs_for, rules_for

parties = st.sampled_from(PARTIES)
whens = st.integers(0, LONGEST + 20)


def judge_on(line: Facts, who: Parties, day: date) -> list[Verdict]:
    """Judge at the end of a day."""
    return list(judge(line, rules_for(who), at(day, 23) + timedelta(minutes=59, seconds=59)).verdicts)


@given(facts(), st.sampled_from([each for each in PARTIES if each.buyer == "consumer"]), whens)
def test_a_clock_says_what_a_diary_says(line: Facts, who: Parties, number: int) -> None:
    today = later(number)
    (verdict,) = judge_on(line, who, today)
    for pack, standing in zip(packs_for(who), verdict.standings, strict=True):
        if pack.days is None or (pack.starts == "payment" and line.sale.paid_at is None):
            continue
        diary = keep_diary(line.until(at(today, 23) + timedelta(minutes=59, seconds=59)), pack.name, today)
        note(f"{pack.name} {today} {standing} {diary}")
        assert standing.vested_on == diary.money_due
        if diary.money_due is None:
            assert (standing.state == "shipped") >= diary.over
            if standing.last_day is not None:
                assert standing.answer_by == diary.asked_until
                assert standing.last_day == (diary.asked_until or diary.until)
            assert (standing.state in ("missed", "may_end")) == (diary.missed is not None and not diary.over)


@given(facts(units=4), parties, whens)
def test_no_legal_day_passes_without_shipment_consent_or_refund(
    line: Facts, who: Parties, number: int
) -> None:
    """Law L9: what is open has a day that is not over, a buyer who waits or was told, or money on its way."""
    today = later(number)
    for verdict in judge_on(line, who, today):
        for standing in verdict.standings:
            kinds = {action.kind for action in standing.actions}
            if standing.state == "refund_due":
                assert kinds & {"cancel", "refund", "ask_a_person"}
                assert standing.vested_on is not None
            elif standing.state in ("missed", "may_end"):
                assert standing.pack not in ("us-federal", "us-ca")
                assert kinds <= {"tell"}
            elif standing.state not in ("settled", "shipped", "not_running", "open_wait"):
                assert standing.last_day is not None
                assert standing.last_day >= today
                assert standing.state in ("asked", "told") or kinds & {"ship", "tell", "ship_or_tell"}
                assert all(action.by >= today for action in standing.actions)
        owed = [action for standing in verdict.standings for action in standing.actions]
        assert {action.kind for action in verdict.actions} == {action.kind for action in owed}
        for action in verdict.actions:
            assert action.by == min(each.by for each in owed if each.kind == action.kind)
            assert action.should_by <= max(action.by, today)
            assert action.citations


@given(facts(units=4), parties, whens)
def test_silence_cancels_and_consents_only_where_a_pack_says_so(
    line: Facts, who: Parties, number: int
) -> None:
    silent = Facts(line.sale, line.promises, line.notices)
    for verdict in judge_on(silent, who, later(number)):
        for standing in verdict.standings:
            if standing.vested_on is not None:
                assert standing.moment in ("missed", "far", "renewed")
                assert standing.pack in ("us-federal", "us-ca")
                assert standing.pack == "us-federal" or standing.moment == "missed"
            if standing.state == "agreed":
                assert (standing.pack, standing.moment) in (("us-federal", "near"), ("us-ca", "near"))
            assert standing.state != "open_wait"


@given(facts(units=4), parties, whens, st.integers(0, 40))
def test_money_that_is_due_stays_due(line: Facts, who: Parties, number: int, more: int) -> None:
    """What happens after the day on which money is due moves neither that day nor the one by which it is sent."""
    known = line.until(at(later(number), 23))
    before = judge_on(known, who, later(number))
    after = judge_on(known, who, later(number + more))
    for early, late in zip(before, after, strict=True):
        for first, second in zip(early.standings, late.standings, strict=True):
            if first.vested_on is not None:
                assert (second.vested_on, second.refund_by) == (first.vested_on, first.refund_by)
            assert second.vested_on is None or second.vested_on <= later(number + more)


@given(facts(units=4), parties, whens)
def test_units_are_neither_lost_nor_doubled(line: Facts, who: Parties, number: int) -> None:
    now = later(number)
    known = line.until(at(now, 23))
    judged = judge_on(known, who, now)
    assert sum(verdict.quantity for verdict in judged) == known.sale.quantity
    left = sum(each.quantity for each in known.shipments) + sum(each.quantity for each in known.cancellations)
    still = [
        verdict
        for verdict in judged
        if verdict.state not in ("shipped", "settled", "refund_due", "missed", "may_end")
    ]
    assert sum(verdict.quantity for verdict in still) <= known.sale.quantity - left


@given(facts(units=4), parties, whens)
def test_the_calendar_to_come_is_what_comes(line: Facts, who: Parties, number: int) -> None:
    """If nothing happens from now on, money is due on a day that the calendar names, and on none before."""
    now = at(later(number), 23)
    known = line.until(now)
    coming = judge(known, rules_for(who), now).coming
    assert [each.day for each in coming] == sorted(each.day for each in coming)
    cancels = {(each.day, each.pack) for each in coming if each.what == "cancel"}
    last = max([each.day for each in coming if each.what in ("cancel", "lapses")], default=later(number))
    vested = {
        (standing.vested_on, standing.pack)
        for verdict in judge_on(known, who, last + timedelta(days=1))
        for standing in verdict.standings
        if any(action.kind == "cancel" for action in standing.actions)
    }
    assert cancels == vested


@given(facts(units=4), parties, whens)
def test_units_of_a_line_are_judged_as_they_would_be_alone(line: Facts, who: Parties, number: int) -> None:
    """While nothing left and nobody answered, each unit knows what was told of it and its day of the plan."""
    line = replace(line, answers=(), shipments=(), cancellations=(), refunds=())
    line = line.until(at(later(number), 23))
    found = [
        (verdict.ships_on, verdict.standings)
        for verdict in judge_on(line, who, later(number))
        for _ in range(verdict.quantity)
    ]
    alone = [judge_on(take_unit(line, place), who, later(number))[0] for place in range(4)]
    assert found == [(each.ships_on, each.standings) for each in alone]


def take_unit(line: Facts, place: int) -> Facts:
    """Take one unit of a line, by its place from the front."""
    notices, behind = [], dict[str, int]()
    for notice in line.notices:
        last = 4 - behind.get(notice.name, 0)
        first = 0 if notice.quantity is None else max(last - notice.quantity, 0)
        behind[notice.name] = 4 - first
        if first <= place < last:
            notices.append(replace(notice, quantity=None))
    promises = []
    for promise in line.promises:
        days = [part.day for part in promise.parts for _ in range(part.quantity)] or [promise.day] * 4
        promises.append(replace(promise, day=days[place] if place < len(days) else None, parts=()))
    return replace(
        line, sale=replace(line.sale, quantity=1), notices=tuple(notices), promises=tuple(promises)
    )


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles", "Europe/Berlin", "UTC"])
def test_a_legal_day_is_that_of_the_place_that_goods_go_to(zone: str) -> None:
    """One instant is the last day in one zone and the day after it in another; clocks that change make no day longer."""
    begin = at(date(2026, 3, 1), 1, "UTC")  # clocks change before the last day
    line = Facts(Sale(1, begin, paid_at=begin))
    rules = rules_for(Parties("US-TX", "US-TX", "consumer"), zone)
    last = begin.astimezone(ZoneInfo(zone)).date() + timedelta(days=30)
    end = at(last, 23, zone) + timedelta(minutes=59)
    assert judge(line, rules, end).verdicts[0].state == "late"
    assert judge(line, rules, end + timedelta(minutes=1)).verdicts[0].state == "refund_due"
