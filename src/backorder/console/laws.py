"""What the law asks, as pages show it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from backorder.care.judging import FactsError, Judgement, judge_orders
from backorder.care.links import sign
from backorder.care.post.due import read_heard
from backorder.care.words import STATES, say_actions, say_coming, say_limits
from backorder.faults import FaultyInputError
from backorder.orders.models import Order

ACUTE = ("late", "missed", "may_end", "refund_due")
"""States of a line in which somebody must do something."""


def describe_law(order: Order, now: datetime) -> dict[str, Any]:
    """Describe what the law asks of an order, or why nobody can say."""
    try:
        judged = judge_orders([order], now)
    except FaultyInputError as error:
        return {"law_fault": f"The rules of the house cannot be read any more: {error}"}
    except FactsError as error:
        return {"law_fault": f"It cannot be said, because the record contradicts itself: {error}"}
    heard = read_heard([order]).get(order.pk)
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    return {
        "laws": [{"line": one.line, **describe_asked(one.asked)} for one in judged],
        "packs": judged[0].asked.packs if judged else [],
        "limits": say_limits(judged[0]) if judged else "",
        "next_on": heard and heard.said_next,
        "customer_page": f"/o/{sign(order, tomorrow, may_choose=False)}",
    }


def describe_asked(asked: Judgement) -> dict[str, Any]:
    """Describe what is asked of a line: where its units stand, what is to be done, what is to come."""
    return {
        "verdicts": [
            {
                "quantity": verdict.quantity,
                "ships_on": verdict.ships_on,
                "badge": verdict.state.replace("_", " "),
                "state": STATES[verdict.state],
                "acute": verdict.state in ACUTE,
                "actions": list(say_actions(verdict)),
            }
            for verdict in asked.verdicts
        ],
        "coming": list(describe_coming(asked)),
        "crossed": len(asked.crossed),
    }


def describe_coming(asked: Judgement) -> Iterator[tuple[date, str, str]]:
    """Describe what is to come, day by day: the same thing of several laws once, with all places where it stands."""
    places: dict[tuple[date, str], list[str]] = {}
    for each in asked.coming:
        places.setdefault((each.day, say_coming(each.what)), []).extend(each.citations)
    for (day, what), where in places.items():
        yield day, what, ", ".join(dict.fromkeys(where))
