"""Samples of news: an invented line that waits is judged as a real one is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from backorder.care.judging import Judged
from backorder.care.letters.parts import Matter
from backorder.care.letters.pieces import list_pieces, list_told
from backorder.care.letters.writing import Own, describe
from backorder.care.samples.stage import UNITS, Stage
from backorder.engine import consent

SOON, LATE = 10, 30
"""In so many days it was to ship, or does."""
NO_DAY = None


@dataclass(frozen=True)
class News:
    """What was told of a line and is planned, in days from today; NO_DAY: that no day is known."""

    planned: int | None
    stated: int | None = None  # when it was bought; none: nothing was said
    told: tuple[int | None, ...] = ()  # yesterday, in words that no law takes for enough


NEWS: Mapping[str, News] = {
    "opening": News(LATE),
    "later": News(LATE, stated=SOON),
    "lost": News(NO_DAY, stated=SOON),
    "required": News(LATE, stated=SOON, told=(LATE,)),
    "found": News(LATE, stated=SOON, told=(NO_DAY,)),
    "earlier": News(SOON, stated=LATE),
    "on_track": News(LATE, stated=LATE),
}


def judge_news(kind: str, stage: Stage) -> Matter:
    """Judge an invented line, and describe what there is to say of it."""
    news, scene, order = NEWS[kind], stage.scene, stage.scene.order
    yesterday = scene.now - timedelta(days=1)
    sale = consent.Sale(
        UNITS,
        order.ordered_at,
        find_day(news.stated, stage),
        transit_days=scene.house.count_transit(scene.house.seller),
        paid_at=order.ordered_at,
    )
    notices = (consent.Notice("told", yesterday, find_day(each, stage), frozenset()) for each in news.told)
    promises = (consent.Promise(yesterday, find_day(news.planned, stage)),)
    facts = consent.Facts(sale, promises, tuple(notices))
    asked = consent.judge(facts, stage.rules, scene.now)
    judged = Judged(stage.line, asked, facts, 0, stage.rules, "")
    pieces = list_pieces(judged, list_told(judged, judged.here), scene.now)
    found = describe(order, ([judged], pieces), (scene.house, Own()), scene.now)
    return replace(found, link=stage.matter.link)


def find_day(days: int | None, stage: Stage) -> date | None:
    """Find the day in so many days; none: no day is known."""
    return None if days is None else stage.in_days(days)
