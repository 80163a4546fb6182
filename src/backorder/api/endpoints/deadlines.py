"""What laws ask by which day, what they want cancelled, and the switch that stops what rules cancel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from ninja import Query
from pydantic import Field

from backorder.api.endpoints.named import take_order
from backorder.api.endpoints.noted import NewSwitch, Noted, note
from backorder.api.nouns import Act, Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import ProblemError
from backorder.api.values import Day, Key, Label, Reason, Sent, Shown
from backorder.care.clock import alone, cancelling
from backorder.care.judging import FactsError
from backorder.care.models import Deadline
from backorder.orders.models import Order

deadlines = Noun("deadlines", "care")
AskedFor = Literal["tell", "ship_or_tell", "cancel", "ask_a_person", "crossed", "answer"]


class ShownDeadline(Shown):
    """Something that is asked of units that wait."""

    order: str
    line: str
    sku: str
    units: int
    what: str = Field(
        description="`tell`: tell the customer a new day; `ship_or_tell`; `cancel`: they are to be cancelled; `ask_a_person`: decide; "
        "`crossed`: decide about an answer that came too late; "
        "`answer`: of the customer, whose silence cancels them."
    )
    by: Day = Field(description="The last day, where the order goes; one that has passed was missed.")
    should_by: Day = Field(description="When it should be done.")
    laws: list[str]


class ChosenDeadlines(Asked):
    """Which of them."""

    what: Annotated[AskedFor | None, Field(description="Only this.")] = None
    by: Annotated[Day | None, Field(description="Only by this day, or by an earlier one.")] = None
    order: Annotated[Key | None, Field(description="Only of this order.")] = None


class ShownOverdue(Shown):
    """An order of which a law wants units cancelled."""

    order: str
    since: Day
    units: dict[str, int] = Field(description="By line: all that are to be cancelled.")
    at_hand: dict[str, int] = Field(description="By line: those that the warehouse does not have.")
    waits: bool = Field(description="An answer of the customer waits for a person: read it first.")
    laws: list[str]
    mark: str = Field(description="Stands for all of it; cancel it by that.")


class NewLapse(Sent):
    """What a law wants cancelled, and is to be."""

    order: Key
    mark: Annotated[Label, Field(description="Of what is to be cancelled, as it was read.")]
    why: Reason = ""


class Cancelling(Shown):
    """Whether rules cancel."""

    stopped: bool = Field(description="Somebody stopped them.")


@deadlines.reads("/deadlines", Page[ShownDeadline])
def list_deadlines(chosen: Query[ChosenDeadlines]) -> Page[ShownDeadline]:
    """List what laws ask for those who wait, as their orders were looked at last."""
    wanted = {"kind": chosen.what, "by__lte": chosen.by, "line__order__number": chosen.order}
    rows = Deadline.objects.filter(**{name: value for name, value in wanted.items() if value is not None})
    return take_page(rows.select_related("line__order", "line__item"), "pk", chosen, show_deadlines)


@deadlines.reads("/overdue", Page[ShownOverdue])
def list_overdue(asked: Query[Asked]) -> Page[ShownOverdue]:
    """List the orders of which a law wants units cancelled."""
    orders = Order.objects.filter(pk__in=cancelling.list_to_cancel().order_by().values("line__order"))
    return take_page(orders, "pk", asked, show_overdue)


@deadlines.changes("/overdue", Noted)
def cancel_overdue(act: Act, lapse: NewLapse) -> Noted:
    """Cancel what a law wants cancelled of an order, as it was read. What the warehouse has stays until it is taken back."""
    try:
        made = cancelling.cancel_overdue(take_order(lapse.order), lapse.mark, act.cause(lapse.why))
    except FactsError as error:
        raise ProblemError("refused", str(error)) from error
    return note(act, made)


@deadlines.reads("/cancelling", Cancelling)
def get_cancelling() -> Cancelling:
    """Show whether somebody stopped what rules cancel."""
    return Cancelling(stopped=alone.is_stopped())


@deadlines.changes("/cancelling", Noted, method="PUT")
def put_cancelling(act: Act, switch: NewSwitch) -> Noted:
    """Stop what rules cancel, or let it go on."""
    return note(act, alone.stop(act.cause(switch.why), stopped=switch.stopped))


def show_deadlines(rows: Sequence[Deadline]) -> list[ShownDeadline]:
    """Show what is asked."""
    return [
        ShownDeadline(
            order=row.line.order.number,
            line=row.line.number,
            sku=row.line.item.sku,
            units=row.quantity,
            what=row.kind,
            by=row.by,
            should_by=row.should_by,
            laws=row.citations,
        )
        for row in rows
    ]


def show_overdue(orders: Sequence[Order]) -> list[ShownOverdue]:
    """Show what is to be cancelled of orders."""
    found = {each.order.pk: each for each in cancelling.list_overdue(orders)}
    return [
        ShownOverdue(
            order=each.order.number,
            since=each.since,
            units={line.number: quantity for line, quantity in each.lines.items()},
            at_hand={line.number: quantity for line, quantity in each.at_hand.items()},
            waits=each.unread,
            laws=each.citations,
            mark=each.mark,
        )
        for order in orders
        if (each := found.get(order.pk))
    ]
