"""What is owed, page by page: what was cancelled first at the front, in as many statements however much is owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Min, QuerySet
from django.utils import timezone

from backorder.care.house import read_house
from backorder.care.refunds.owed import Owed, gather, list_unpaid
from backorder.orders.models import Cancellation


@dataclass(frozen=True)
class Page:
    """A page of what is owed, what is due first at its front, and how much there is in all."""

    owed: Sequence[Owed]
    count: int
    late: int  # past the last day of the house; of this page also of a law
    next: int = 0  # after which the next page begins; 0: there is none


def read_page(now: datetime, most: int, after: int = 0) -> Page:
    """Read what is owed of so many orders, as the house looks at them. Raises FaultyInputError."""
    house = read_house()
    if house.refunds.mode == "off":
        return Page([], 0, 0)
    open_ones = list_unpaid(house.refunds, now)
    firsts = open_ones.order_by().values("line__order").annotate(first=Min("id")).filter(first__gt=after)
    found = list(firsts.order_by("first").values_list("line__order", "first")[: most + 1])
    shown = found[:most]
    owed = gather(open_ones.filter(line__order__in=[order for order, _ in shown]), house, now)
    today = timezone.localdate(now)
    limit = today - timedelta(days=house.refunds.days)  # what was cancelled before is late
    by_law = sum(each.due_by < today and timezone.localdate(each.since) >= limit for each in owed)
    late = count(open_ones.filter(entry__at__lt=begin_day(limit))) + by_law
    return Page(owed, count(open_ones), late, shown[-1][1] if len(found) > most else 0)


def count(open_ones: QuerySet[Cancellation]) -> int:
    """Count for how many orders something is owed; in each currency by itself."""
    return open_ones.order_by().values("line__order", "line__item__currency").distinct().count()


def begin_day(day: date) -> datetime:
    """Give the first instant of a day of the shop."""
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))
