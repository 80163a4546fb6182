"""Orders: what customers want, how it stands, and what they were promised."""

from __future__ import annotations

from typing import Annotated

from django.db.models import QuerySet
from ninja import Query
from pydantic import Field

from backorder.allocation import events
from backorder.allocation.acceptance.answer import Answer
from backorder.allocation.selectors import list_orders as read_orders
from backorder.allocation.selectors import read_promises
from backorder.api.endpoints.journal import Happened, take_entries
from backorder.api.endpoints.outcome import Outcome, tell
from backorder.api.endpoints.show_answer import Placed, show_answer
from backorder.api.endpoints.show_order import (
    Promised,
    ShownDisclosure,
    Waiting,
    show_disclosures,
    show_order,
    show_orders,
    show_promises,
)
from backorder.api.endpoints.wanted import NewOrder, read_buyer, read_lines, read_told
from backorder.api.nouns import OWN, Act, Noun, quote
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import require
from backorder.api.values import Day, Key, Shown, Switch
from backorder.orders.models import Order
from backorder.orders.selectors import read_disclosures
from backorder.outbox.selectors import read_story

orders = Noun("orders", "orders")


class Recorded(Shown):
    """An order that was accepted elsewhere, and what it led to."""

    order: Waiting
    outcome: Outcome


class Chosen(Asked):
    """Which orders."""

    customer: Annotated[Key | None, Field(description="Only of this customer.")] = None
    channel: Annotated[Key | None, Field(description="Only from this channel.")] = None
    sku: Annotated[Key | None, Field(description="Only with a line of this item.")] = None
    open: Annotated[
        Switch | None, Field(description="True: only with units that are still to ship; false: only without.")
    ] = None
    held: Annotated[Switch | None, Field(description="True: only holds; false: only what is ordered.")] = None
    ordered_from: Annotated[Day | None, Field(description="Only ordered on this day or later.")] = None
    ordered_to: Annotated[Day | None, Field(description="Only ordered on this day or earlier.")] = None


@orders.reads("/orders", Page[Waiting])
def list_orders(chosen: Query[Chosen]) -> Page[Waiting]:
    """List orders, the last one first."""
    return take_page(choose(read_orders(), chosen), "-id", chosen, show_orders)


def choose(rows: QuerySet[Order], chosen: Chosen) -> QuerySet[Order]:
    """Keep the orders that are asked for."""
    wanted = {
        "customer__code": chosen.customer,
        "channel__code": chosen.channel,
        "ordered_on__gte": chosen.ordered_from,
        "ordered_on__lte": chosen.ordered_to,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    if chosen.sku is not None:
        rows = rows.filter(pk__in=read_orders().filter(lines__item__sku=chosen.sku).values("pk"))
    if chosen.held is not None:
        rows = rows.filter(held_until__isnull=not chosen.held)
    if chosen.open is not None:
        still = read_orders().filter(lines__quantity_open__gt=0).values("pk")
        rows = rows.filter(pk__in=still) if chosen.open else rows.exclude(pk__in=still)
    return rows


@orders.changes(
    "/orders",
    Placed,
    at=lambda placed: f"orders/{quote(placed.order.number)}" if placed.order else None,
    kind=OWN,
)
def place_order(act: Act, order: NewOrder) -> Placed:
    """Place an order as far as the rules of acceptance let it in, and decide at once what covers it and when it can ship.

    Prices are those of the items now. What is refused is no error: the answer says how much of each line, and why.
    """
    cause = act.cause(order.why)
    lines, buyer = read_lines(order.lines, cause.day), read_buyer(order)
    placed: list[Placed] = []

    def then(answer: Answer) -> None:
        placed.append(act.keep(tell_placed(act, answer)))

    events.buy(order.number, lines, events.Purchase(cause, buyer, read_told(order.told), then))
    return placed[-1]


@orders.changes("/recorded-orders", Recorded, at=lambda recorded: f"orders/{quote(recorded.order.number)}")
def record_order(act: Act, order: NewOrder) -> Recorded:
    """Note an order that was accepted elsewhere, as on a marketplace: no rule refuses any of it; decide what covers it."""
    cause = act.cause(order.why)
    lines, buyer = read_lines(order.lines, cause.day), read_buyer(order)
    decision = events.record_order(order.number, lines, cause, buyer, read_told(order.told))
    return Recorded(order=show_order(read_order(order.number)), outcome=tell(act, decision))


def tell_placed(act: Act, answer: Answer) -> Placed:
    """Tell what becomes of an order."""
    if answer.decision is None:
        return Placed(order=None, answer=show_answer(answer), outcome=None)
    return Placed(
        order=show_order(read_order(answer.number)),
        answer=show_answer(answer),
        outcome=tell(act, answer.decision),
    )


@orders.reads("/orders/{path:number}/story", Page[Happened])
def read_order_story(number: Key, asked: Query[Asked]) -> Page[Happened]:
    """List what happened to an order, oldest first."""
    read_order(number)
    return take_entries(read_story("order", number), asked)


@orders.reads("/orders/{path:number}/promises", Page[Promised])
def list_promises(number: Key, asked: Query[Asked]) -> Page[Promised]:
    """List every day that was promised for the lines of an order, oldest first: the first one of a line never changes."""
    read_order(number)
    return take_page(read_promises(number), "id", asked, show_promises)


@orders.reads("/orders/{path:number}/disclosures", Page[ShownDisclosure])
def list_disclosures(number: Key, asked: Query[Asked]) -> Page[ShownDisclosure]:
    """List what the customer was told about the lines of an order when buying, oldest first."""
    read_order(number)
    return take_page(read_disclosures(number), "id", asked, show_disclosures)


@orders.reads("/orders/{path:number}", Waiting)
def get_order(number: Key) -> Waiting:
    """Show an order: how each line stands, what covers it, and the day that was promised first and last."""
    return show_order(read_order(number))


def read_order(number: str) -> Order:
    """Find an order by its number. Raises ProblemError."""
    return require(read_orders().filter(number=number).first())
