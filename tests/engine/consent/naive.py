"""The laws once more, as one would do it with a diary: one unit, one day after another. Slow, and branches by law on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from backorder.engine.consent import Answer, Cancellation, Facts, Notice, Pack, Shipment
from tests.engine.consent.stories import ORDERED

DAY = timedelta(days=1)


@dataclass
class Diary:
    """What the diary says: the day that counts, whether silence cancels and when, whether money is due."""

    first: date
    until: date | None
    asked_until: date | None = None
    consented: bool = False
    money_due: date | None = None
    missed: date | None = None
    gone: bool = False
    periods: int = 0


def keep_diary(facts: Facts, pack: Pack, today: date) -> Diary:
    """Live through each day. Only for the packs that come with the program, and a line of one unit."""
    way = timedelta(days=facts.sale.transit_days if pack.runs_to == "delivery" else 0)
    first = facts.sale.stated_on + way if facts.sale.stated_on else ORDERED + 30 * DAY
    diary = Diary(first, first)
    day = ORDERED
    happened: list[Notice | Answer | Cancellation | Shipment] = [
        *facts.notices,
        *facts.answers,
        *facts.cancellations,
        *facts.shipments,
    ]
    while day <= today:
        for event in sorted(happened, key=lambda each: each.at):
            if event.at.date() == day and not diary.gone:
                note(diary, event, (facts, pack.name, way, day))
        if diary.gone and (way == 0 * DAY or diary.money_due or not facts.shipments):
            break
        if diary.gone and day >= facts.shipments[0].at.date() + way:
            break
        if day < today:
            close(diary, pack.name, day)
        day += DAY
    return diary


def note(diary: Diary, event: object, place: tuple[Facts, str, timedelta, date]) -> None:
    """Write what happens into the diary."""
    facts, law, way, day = place
    if isinstance(event, Shipment):
        diary.gone = True
    elif isinstance(event, Cancellation):
        diary.gone = True
        diary.money_due = diary.money_due or day
    elif diary.money_due:
        return
    elif isinstance(event, Notice):
        new = event.revised_on + way if event.revised_on else None
        lies = event.failed or diary.until is None or (new is not None and new <= diary.until)
        if lies or diary.missed or day > (diary.until or day):
            return
        if law == "us-federal":
            note_federal(diary, event, new)
        elif law == "us-ca" and new and {"specific_delay", "right_to_cancel", "free_answer"} <= event.says:
            diary.until = new
    elif isinstance(event, Answer) and event.kind == "period":
        assert event.until
        if diary.missed and event.until >= day and law in ("eu", "uk", "au", "elsewhere"):
            diary.until, diary.missed, diary.periods = event.until, None, diary.periods + 1
    elif isinstance(event, Answer):
        said = [each for each in facts.notices if each.name == event.notice and each.at <= event.at]
        if not said or diary.until is None:
            return
        if said[0].revised_on:
            if day > max(diary.until, said[0].revised_on + way):
                return
            diary.until = max(diary.until, said[0].revised_on + way)
        elif law == "us-federal" and "open_wait" in said[0].says:
            diary.until = None
        else:
            return
        diary.consented, diary.asked_until, diary.missed = True, None, None


def note_federal(diary: Diary, notice: Notice, new: date | None) -> None:
    """Note a notice as the rule of the United States counts it. It came in time."""
    assert diary.until
    usual = {"day_or_none", "right_to_cancel", "free_answer"}
    if diary.consented:
        if usual | {"silence_cancels"} <= notice.says and not diary.asked_until:
            diary.asked_until = diary.until
    elif new and new <= diary.first + 30 * DAY:
        if usual | {"silence_consents"} <= notice.says:
            diary.until, diary.consented, diary.asked_until = new, True, None
    elif usual | {"silence_cancels", "reason"} <= notice.says:
        diary.asked_until = diary.first + 30 * DAY


def close(diary: Diary, law: str, day: date) -> None:
    """Close a day: what was to be done by it was done, or was not."""
    if diary.money_due or diary.missed or diary.until is None:
        return
    if diary.asked_until:
        if day == diary.asked_until:
            diary.money_due, diary.asked_until = day + DAY, None
    elif day == diary.until:
        if law in ("us-federal", "us-ca"):
            diary.money_due = day + DAY
        else:
            diary.missed = day
