"""Which units that somebody waited for are here: handed to the warehouse, each part as it was then, and told once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce, Least

from backorder.allocation.models import Backorder, Promise
from backorder.care.models import Message
from backorder.fulfilment.models import RETURNED, Release, ReleaseEnd, ReleasePart
from backorder.supply.models import Movement

Handed = Mapping[str, Any]
"""What was handed over, as it is read here: by the names of `READ`."""
READ = ("line", "line__order", "location", "entry", "since", "until", "was_there", "of_kit", "told_to")
Steps = Mapping[int, list[tuple[int, int, int]]]
"""What went to the warehouse and came back, by line: the entry, the place, how many units; less than none came back."""


def list_arrived(between: Q) -> Iterator[tuple[int, int]]:
    """List the orders of which units that somebody waited for were handed to the warehouse, with the entry.

    While the rest of a line waits, what is handed over may have been there from the first: it is told of once more was handed over at
    a place than was there for the line when the wait began. Of a kit nobody knows that. What was told, came back and is handed over
    again is not told again.
    """
    handed = list(read_handed(between))
    steps = read_steps({each["line"] for each in handed})
    found = {(each["line__order"], each["entry"]) for each in handed if is_news(each, steps)}
    yield from sorted(found, key=lambda each: each[1])


def is_news(handed: Handed, steps: Steps) -> bool:
    """Tell whether what was handed over is here after a wait, and was not told."""
    entry, since = handed["entry"], handed["since"]
    own = [step for step in steps[handed["line"]] if step[0] > since]
    entries = {at for at, _, units in own if units > 0 and at <= (handed["told_to"] or 0)}
    if count_net(own, entry) <= max((count_net(own, at) for at in entries), default=0):
        return False
    if handed["until"] is not None and handed["until"] <= entry:
        return True
    here = [step for step in own if step[1] == handed["location"]]
    return not handed["of_kit"] and count_net(here, entry) > handed["was_there"]


def count_net(steps: Iterable[tuple[int, int, int]], entry: int) -> int:
    """Count the units that went to the warehouse up to an entry and did not come back before it."""
    return sum(units for at, _, units in steps if at < entry or (at == entry and units > 0))


def read_steps(lines: Iterable[int]) -> Steps:
    """Read what went to the warehouse and came back of lines."""
    found = defaultdict[int, list[tuple[int, int, int]]](list)
    went = Release.objects.filter(line__in=lines).values_list("line", "entry", "location", "quantity")
    for line, entry, place, units in went:
        found[line].append((entry, place, units))
    back = ReleaseEnd.objects.filter(release__line__in=lines, how=RETURNED)
    names = ("release__line", "entry", "release__location", "quantity")
    for line, entry, place, units in back.values_list(*names):
        found[line].append((entry, place, -units))
    return found


def read_handed(between: Q) -> Iterator[Handed]:
    """Read what was handed over of lines that wait, or waited, when it was: since when, until when, and what was there for them."""
    begun = Backorder.objects.filter(line=OuterRef("line"), opened_by__lt=OuterRef("entry")).order_by("-id")
    since, until = (Subquery(begun.values(name)[:1]) for name in ("opened_by", "closed_by"))
    lay_there = add_up(
        Movement.objects.filter(
            item=OuterRef("line__item"), location=OuterRef("location"), entry__lte=OuterRef("since")
        )
    )  # others' too; theirs, wherever it lay, stands in what they were told when the wait began
    told = Promise.objects.filter(line=OuterRef("line"), entry=OuterRef("since")).order_by("-id")
    theirs = Cast(KeyTextTransform("on_hand", KeyTransform("units", "evidence")), BigIntegerField())
    of_kit = Exists(
        ReleasePart.objects.filter(release=OuterRef("pk")).exclude(level__item=OuterRef("line__item"))
    )
    went = Message.objects.filter(order=OuterRef("line__order"), kind="arrived", outcome__in=("", "sent"))
    told_to = Subquery(went.order_by("-read_to").values("read_to")[:1])
    found = Release.objects.filter(between).annotate(since=since, until=until).exclude(since=None)
    was_there = Least(lay_there, Subquery(told.values(units=theirs)[:1]))
    yield from found.annotate(was_there=was_there, of_kit=of_kit, told_to=told_to).values(*READ)


def add_up(rows: QuerySet[Any]) -> Coalesce:
    """Add up the units of rows, 0 if there are none."""
    sums = (
        rows.order_by().annotate(one=Value(1)).values("one").annotate(units=Sum("quantity")).values("units")
    )
    return Coalesce(Subquery(sums), 0, output_field=BigIntegerField())
