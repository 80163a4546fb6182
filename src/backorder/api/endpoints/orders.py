"""Orders: what customers want, how it stands, and what they were promised."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from django.db.models import QuerySet
from ninja import Query
from pydantic import Field, model_validator

from backorder.allocation import events
from backorder.allocation.selectors import list_orders as read_orders
from backorder.allocation.selectors import read_promises
from backorder.api.endpoints.journal import Happened, take_entries
from backorder.api.endpoints.outcome import Outcome, tell
from backorder.api.endpoints.show_order import (
    Placed,
    Promised,
    Waiting,
    show_order,
    show_orders,
    show_promises,
)
from backorder.api.nouns import CREATED, Act, Noun, quote
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import Fault, ProblemError, find_unknown, refuse_faults, require
from backorder.api.values import Day, Key, Quantity, Reason, Sent, Small
from backorder.catalog.selectors import get_channel, get_customer_class, get_items, get_locations
from backorder.orders.models import Order
from backorder.orders.selectors import find_customer, find_line
from backorder.orders.services import Buyer, Wanted
from backorder.outbox.selectors import read_story

orders = Noun("orders", "orders")
MOST_LINES = 500


class WantedLine(Sent):
    """A line of a new order."""

    sku: Key
    quantity: Quantity
    number: Annotated[
        Key | None, Field(description="Its number in the order; without it, its place: 1, 2, 3.")
    ] = None
    requested_on: Annotated[
        Day | None, Field(description="The day on which it should ship; without it, today.")
    ] = None
    location: Annotated[Key | None, Field(description="Where it ships from; without it, from anywhere.")] = (
        None
    )
    needed_by: Annotated[Day | None, Field(description="After this day it is of no use.")] = None
    minimum_quantity: Quantity = 1
    commitment: Literal["on_hand_only", "soft", "reserved", "firm", "locked"] = "soft"


class NewOrder(Sent):
    """An order to place."""

    number: Key
    lines: Annotated[list[WantedLine], Field(min_length=1, max_length=MOST_LINES)]
    customer: Annotated[Key | None, Field(description="The code of who orders.")] = None
    customer_class: Annotated[Key | None, Field(description="Without it, that of the customer.")] = None
    channel: Annotated[Key | None, Field(description="The code of where the order comes from.")] = None
    priority: Annotated[Small, Field(description="Lower comes first where the policy ranks by it.")] = 100
    ship_policy: Literal["as_ready", "complete", "line_complete"] = "as_ready"
    why: Reason = ""

    @model_validator(mode="after")
    def refuse_same_numbers(self) -> NewOrder:
        """Refuse two lines of one number."""
        numbers = [line.number or str(place) for place, line in enumerate(self.lines, 1)]
        if len(set(numbers)) < len(numbers):
            twice = next(number for number in numbers if numbers.count(number) > 1)
            message = f"two lines have the number {twice}"
            raise ValueError(message)
        return self


class Cancelled(Sent):
    """Units that the customer no longer wants."""

    quantity: Quantity
    why: Reason = ""


class Chosen(Asked):
    """Which orders."""

    customer: Annotated[Key | None, Field(description="Only of this customer.")] = None
    channel: Annotated[Key | None, Field(description="Only from this channel.")] = None
    sku: Annotated[Key | None, Field(description="Only with a line of this item.")] = None
    open: Annotated[
        bool | None, Field(description="True: only with units that are still to ship; false: only without.")
    ] = None
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
    if chosen.open is not None:
        still = read_orders().filter(lines__quantity_open__gt=0).values("pk")
        rows = rows.filter(pk__in=still) if chosen.open else rows.exclude(pk__in=still)
    return rows


@orders.changes("/orders", Placed, status=CREATED, at=lambda placed: f"orders/{quote(placed.order.number)}")
def place_order(act: Act, order: NewOrder) -> Placed:
    """Place an order and decide at once what covers it and when it can ship. Prices are those of the items now."""
    cause = act.cause(order.why)
    answer = events.place_order(order.number, read_lines(order, cause.day), cause, read_buyer(order))
    if answer.decision is None:
        raise ProblemError(
            "refused", f"nothing of order {order.number} can be accepted: {answer.lines[0].reason}"
        )
    return Placed(order=show_order(read_order(order.number)), outcome=tell(act, answer.decision))


def read_lines(order: NewOrder, today: date) -> list[Wanted]:
    """Find what the lines speak of. Raises ProblemError for what nobody knows."""
    skus = {f"/lines/{place}/sku": line.sku for place, line in enumerate(order.lines)}
    places = {
        f"/lines/{place}/location": line.location for place, line in enumerate(order.lines) if line.location
    }
    items, locations = get_items(skus.values()), get_locations(places.values())
    refuse_faults([*find_unknown("item", skus, items), *find_unknown("location", places, locations)])
    return [
        Wanted(
            number=line.number or str(place),
            item=items[line.sku],
            quantity=line.quantity,
            requested_on=line.requested_on or today,
            location=locations[line.location] if line.location else None,
            needed_by=line.needed_by,
            minimum_quantity=line.minimum_quantity,
            commitment=line.commitment,
        )
        for place, line in enumerate(order.lines, 1)
    ]


def read_buyer(order: NewOrder) -> Buyer:
    """Find who orders. Raises ProblemError for what nobody knows."""
    customer = find_customer(order.customer) if order.customer else None
    kind = get_customer_class(order.customer_class) if order.customer_class else None
    channel = get_channel(order.channel) if order.channel else None
    named = [
        ("customer", order.customer, customer),
        ("customer_class", order.customer_class, kind),
        ("channel", order.channel, channel),
    ]
    refuse_faults(
        [
            Fault(where="body", at=f"/{field}", detail=f"there is no {field.replace('_', ' ')} {code}")
            for field, code, found in named
            if code and found is None
        ]
    )
    if kind is None and customer is not None:
        kind = customer.customer_class
    return Buyer(customer, kind, channel, order.priority, order.ship_policy)


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


@orders.changes("/orders/{path:number}/lines/{path:line}/cancellations", Outcome)
def cancel_units(act: Act, number: Key, line: Key, cancelled: Cancelled) -> Outcome:
    """Cancel units of a line that are still to ship; what they held goes to whoever is next."""
    found = require(find_line(number, line))
    return tell(act, events.cancel_line(found, cancelled.quantity, act.cause(cancelled.why)))


@orders.reads("/orders/{path:number}", Waiting)
def get_order(number: Key) -> Waiting:
    """Show an order: how each line stands, what covers it, and the day that was promised first and last."""
    return show_order(read_order(number))


def read_order(number: str) -> Order:
    """Find an order by its number. Raises ProblemError."""
    return require(read_orders().filter(number=number).first())
