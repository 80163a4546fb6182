"""The laws once more, as one would do it with a diary: one unit, one day after another. Slow, and branches by law on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from backorder.engine.consent import Answer, Cancellation, Facts, Notice, Shipment
from tests.engine.consent.stories import ORDERED

DAY = timedelta(days=1)
AMERICA = ("us-federal", "us-ca")
USUAL = {"day_or_none", "right_to_cancel", "free_answer"}
Event = Notice | Answer | Cancellation | Shipment


@dataclass
class Diary:
    """What the diary says: the day that counts, whether silence cancels and when, whether money is due."""

    law: str
    facts: Facts
    first: date
    until: date | None
    asked_until: date | None = None
    delayed: bool = False
    money_due: date | None = None
    missed: date | None = None
    heard_of: str = ""  # the last notice
    gone_on: date | None = None  # with the carrier
    over: bool = False  # delivered, where that counts, or cancelled

    @property
    def way(self) -> timedelta:
        """How long a parcel is on its way, where that counts."""
        return timedelta(days=0 if self.law in AMERICA else self.facts.sale.transit_days)


def keep_diary(facts: Facts, law: str, today: date) -> Diary:
    """Live through each day. Only for the packs that come with the program, and a line of one unit."""
    diary = Diary(law, facts, ORDERED, None)
    sale = facts.sale
    if sale.deliver_by and law not in AMERICA:
        diary.first = sale.deliver_by
    elif sale.stated_on:
        diary.first = sale.stated_on + diary.way
    else:
        diary.first = ORDERED + (50 if sale.credit and law == "us-federal" else 30) * DAY
    diary.until = diary.first
    events: list[Event] = [*facts.notices, *facts.shipments, *facts.answers, *facts.cancellations]
    events.sort(key=lambda each: (each.at, not isinstance(each, Notice | Shipment)))
    day = ORDERED
    while day <= today and not diary.over:
        for event in events:
            if event.at.date() == day and not diary.over:
                note(diary, event, day)
        if diary.gone_on and day >= arrival(diary, today):
            diary.over = True
        if day < today and not diary.over:
            close(diary, day)
        day += DAY
    return diary


def arrival(diary: Diary, today: date) -> date:
    """Name the day of delivery, where that counts, as one knows it today."""
    assert diary.gone_on
    (parcel,) = diary.facts.shipments
    if diary.law not in AMERICA and parcel.delivered_on and parcel.delivered_on <= today:
        return parcel.delivered_on
    return diary.gone_on + diary.way


def note(diary: Diary, event: Event, day: date) -> None:
    """Write what happens into the diary."""
    if isinstance(event, Shipment):
        diary.gone_on = day
        diary.over = diary.law in AMERICA
    elif isinstance(event, Cancellation):
        diary.money_due = diary.money_due or day
        diary.over = True
    elif diary.money_due:
        return
    elif isinstance(event, Notice):
        note_notice(diary, event, day)
    elif event.kind == "cancels":
        diary.money_due = day
    elif event.kind == "period":
        if diary.missed and event.until and event.until >= day:
            diary.until, diary.missed = event.until, None
    else:
        note_yes(diary, event, day)


def note_notice(diary: Diary, notice: Notice, day: date) -> None:
    """Note a notice that came."""
    if notice.failed_at or diary.until is None:
        return
    diary.heard_of = notice.name
    new = notice.revised_on + diary.way if notice.revised_on else None
    if new and new <= diary.until and day <= diary.until and not diary.delayed:
        diary.asked_until = None
    if (new and new <= diary.until) or diary.missed or day > diary.until:
        return
    if diary.law == "us-ca" and new and {"specific_delay", "right_to_cancel", "free_answer"} <= notice.says:
        diary.until = new
    if diary.law != "us-federal" or not notice.says >= USUAL or (not new and "open_wait" not in notice.says):
        return
    if diary.delayed:
        if "silence_cancels" in notice.says and not diary.asked_until:
            diary.asked_until = diary.until
    elif new and new <= diary.first + 30 * DAY:
        if "silence_consents" in notice.says:
            diary.until, diary.delayed, diary.asked_until = new, True, None
    elif {"silence_cancels", "reason"} <= notice.says:
        diary.asked_until = diary.first + 30 * DAY


def note_yes(diary: Diary, answer: Answer, day: date) -> None:
    """Note that the buyer agrees; to the last notice only."""
    said = [each for each in diary.facts.notices if each.name == answer.notice]
    if not said or answer.notice != diary.heard_of or diary.until is None:
        return
    new = said[0].revised_on
    if new is None:
        if diary.law == "us-federal" and "open_wait" in said[0].says:
            diary.until, diary.delayed, diary.asked_until = None, True, None
    elif new + diary.way < day and diary.asked_until:
        diary.until, diary.delayed, diary.asked_until = day, True, None
    elif new + diary.way >= day and new + diary.way <= diary.until and not diary.missed:
        diary.asked_until = None
    elif new + diary.way >= day and (new + diary.way > diary.until or diary.missed):
        diary.until, diary.delayed, diary.asked_until, diary.missed = new + diary.way, True, None, None


def close(diary: Diary, day: date) -> None:
    """Close a day: what was to be done by it was done, or was not."""
    if diary.money_due or diary.missed or diary.until is None:
        return
    if diary.asked_until:
        if day == diary.asked_until:
            diary.money_due, diary.asked_until = day + DAY, None
    elif day == diary.until:
        if diary.law in AMERICA:
            diary.money_due = day + DAY
        else:
            diary.missed = day
