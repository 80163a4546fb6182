"""The promise history of lines, as it is when a customer says what they think."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Max
from django.utils import timezone

from backorder.allocation.models import Promise
from backorder.care.models import Feedback, FeedbackLine
from backorder.fulfilment.models import ReleaseEnd
from backorder.orders.models import Line
from backorder.supply.models import InboundLine

FROM_STOCK = "ON_HAND"


def read_history(feedback: Feedback, lines: Sequence[Line]) -> list[FeedbackLine]:
    """Read how lines stand: a row for each, which is not saved yet."""
    promises = list(Promise.objects.filter(line__in=lines).order_by("id"))
    waited = {each.line_id: each for each in promises if each.reason != FROM_STOCK}
    stood_on = {
        each.line_id: max(named) for each in promises if (named := each.evidence.get("inbound_lines"))
    }
    inbound = InboundLine.objects.filter(pk__in=stood_on.values())
    suppliers = dict(inbound.values_list("pk", "order__supplier"))
    left = read_shipped(lines)
    return [
        FeedbackLine(
            feedback=feedback,
            line=line,
            first_promised_on=line.first_promised_on,
            promised_on=line.promised_on,
            days_late=count_late(line, left.get(line.pk)),
            supplier_id=suppliers.get(stood_on.get(line.pk, 0)),
            cause=waited[line.pk].reason if line.pk in waited else "",
        )
        for line in lines
    ]


def read_shipped(lines: Sequence[Line]) -> dict[int, date]:
    """Read on which day the last units of lines left, of those of which nothing is open."""
    done = [line.pk for line in lines if not line.quantity_open]
    ends = ReleaseEnd.objects.filter(release__line__in=done, how="shipped")
    last = ends.values_list("release__line").annotate(at=Max("shipment__shipped_at")).order_by()
    return {line: timezone.localdate(at) for line, at in last}


def count_late(line: Line, left_on: date | None) -> int | None:
    """Count the days from the first promise to that on which the last units left, or which is promised now; none: unknown."""
    day = left_on or line.promised_on
    if line.first_promised_on is None or day is None:
        return None
    return (day - line.first_promised_on).days
