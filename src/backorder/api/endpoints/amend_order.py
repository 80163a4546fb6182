"""Changes of an order that stands. What is added goes through the rules of acceptance as a new order would."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from backorder.allocation import events
from backorder.api.endpoints.noted import Noted, note
from backorder.api.endpoints.outcome import Outcome, tell
from backorder.api.endpoints.show_answer import Answered, tell_answer
from backorder.api.endpoints.wanted import (
    Address,
    Commitment,
    MostShipments,
    ShipPolicy,
    ShipSet,
    ToldWhenBuying,
    WantedLine,
    read_lines,
    read_told,
)
from backorder.api.nouns import Act, Noun
from backorder.api.problems import find_unknown, refuse_faults, require
from backorder.api.values import Day, Key, Quantity, Reason, Sent, Shown, Small
from backorder.catalog.selectors import get_locations
from backorder.orders.models import Order
from backorder.orders.selectors import find_address, find_line, find_order
from backorder.orders.services import LineChange, OrderChange

changes = Noun("orders", "orders")


By = Annotated[
    Literal["buyer", "seller"],
    Field(
        description="Who cancels: the customer, or you because you will never send it. The law counts them apart."
    ),
]


class Cancelled(Sent):
    """Units that the customer no longer wants, or that will never be sent."""

    quantity: Quantity
    by: By = "buyer"
    why: Reason = ""


class CancelledOrder(Sent):
    """All that is open of an order is no longer wanted, or will never be sent."""

    by: By = "buyer"
    why: Reason = ""


class AmendedLine(Sent):
    """What of a line becomes otherwise; what is not named stays."""

    quantity: Annotated[
        Quantity | None,
        Field(description="Units that the customer wants in all: those shipped and those still to come."),
    ] = None
    requested_on: Day | None = None
    needed_by: Annotated[Day | None, Field(description="Null: always of use.")] = None
    minimum_quantity: Quantity | None = None
    location: Annotated[Key | None, Field(description="Null: from anywhere.")] = None
    commitment: Commitment | None = None
    ship_set: ShipSet | None = None
    told: ToldWhenBuying = None
    why: Reason = ""


class AmendedOrder(Sent):
    """What of an order becomes otherwise; what is not named stays."""

    priority: Annotated[Small | None, Field(description="Lower comes first.")] = None
    ship_policy: ShipPolicy | None = None
    most_shipments: MostShipments = None
    why: Reason = ""


class AddedLine(WantedLine):
    """One more line of an order."""

    number: Key = Field(description="Its number in the order.")
    told: ToldWhenBuying = None
    why: Reason = ""


class AddressAsItIs(Address):
    """Where an order goes now."""

    why: Reason = ""


class ShownAddress(Shown):
    """Where an order goes."""

    name: str
    street: str
    city: str
    postcode: str
    country: str
    region: str


@changes.changes("/orders/{path:number}/lines/{path:line}/cancellations", Outcome)
def cancel_units(act: Act, number: Key, line: Key, cancelled: Cancelled) -> Outcome:
    """Cancel units of a line that are still to ship; what they held goes to whoever is next."""
    found = require(find_line(number, line))
    return tell(act, events.cancel_line(found, cancelled.quantity, act.cause(cancelled.why), cancelled.by))


@changes.changes("/orders/{path:number}/lines/{path:line}/amendments", Answered)
def amend_line(act: Act, number: Key, line: Key, amended: AmendedLine) -> Answered:
    """Change a line. More units are let in as if ordered now; the answer is about them. Fewer count as cancelled by the customer."""
    found = require(find_line(number, line))
    change = read_line_change(amended)
    answer = events.amend_line(found, change, act.cause(amended.why), read_told(amended.told))
    return tell_answer(act, answer)


def read_line_change(amended: AmendedLine) -> LineChange:
    """Read what becomes otherwise. Raises ProblemError for a location that nobody knows."""
    given = amended.model_fields_set
    change = LineChange()
    if amended.quantity is not None:
        change["quantity"] = amended.quantity
    if amended.requested_on is not None:
        change["requested_on"] = amended.requested_on
    if "needed_by" in given:
        change["needed_by"] = amended.needed_by
    if amended.minimum_quantity is not None:
        change["minimum_quantity"] = amended.minimum_quantity
    if amended.commitment is not None:
        change["commitment"] = amended.commitment
    if amended.ship_set is not None:
        change["ship_set"] = amended.ship_set
    if "location" in given:
        code = amended.location
        places = get_locations([code] if code else [])
        refuse_faults(find_unknown("location", {"/location": code} if code else {}, places))
        change["location"] = places[code] if code else None
    return change


@changes.changes("/orders/{path:number}/lines", Answered)
def add_line(act: Act, number: Key, added: AddedLine) -> Answered:
    """Add a line to an order, as far as the rules of acceptance let it in."""
    order, cause = get(number), act.cause(added.why)
    (wanted,) = read_lines([added], cause.day)
    return tell_answer(act, events.add_line(order, wanted, cause, read_told(added.told)))


@changes.changes("/orders/{path:number}/cancellations", Outcome)
def cancel_order(act: Act, number: Key, cancelled: CancelledOrder) -> Outcome:
    """Cancel all that is open of an order; of what the warehouse has, take it back first."""
    return tell(act, events.cancel_order(get(number), act.cause(cancelled.why), cancelled.by))


@changes.changes("/orders/{path:number}/amendments", Outcome)
def amend_order(act: Act, number: Key, amended: AmendedOrder) -> Outcome:
    """Change an order's priority, how it ships, or in how many shipments at most."""
    change = OrderChange()
    if amended.priority is not None:
        change["priority"] = amended.priority
    if amended.ship_policy is not None:
        change["ship_policy"] = amended.ship_policy
    if "most_shipments" in amended.model_fields_set:
        change["most_shipments"] = amended.most_shipments
    return tell(act, events.amend_order(get(number), change, act.cause(amended.why)))


@changes.reads("/orders/{path:number}/address", ShownAddress)
def get_address(number: Key) -> ShownAddress:
    """Show where an order goes, if that is known."""
    found = require(find_address(number))
    return ShownAddress(
        name=found.name,
        street=found.street,
        city=found.city,
        postcode=found.postcode,
        country=found.country,
        region=found.region,
    )


@changes.changes("/orders/{path:number}/address", Noted, method="PUT")
def put_address(act: Act, number: Key, address: AddressAsItIs) -> Noted:
    """Say where an order goes now; the journal says which parts changed, not to what."""
    return note(act, events.change_address(get(number), address.build(), act.cause(address.why)))


def get(number: str) -> Order:
    """Find an order by its number. Raises ProblemError."""
    return require(find_order(number))
