"""Stock: what is on hand, how it came to be, and what changes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from ninja import Query
from pydantic import Field

from backorder.allocation import events
from backorder.api.endpoints.outcome import Outcome, tell
from backorder.api.nouns import Act, Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import find_unknown, refuse_faults
from backorder.api.values import Day, Days, Found, Given, Instant, Key, Moved, Quantity, Sent, Shown
from backorder.catalog.selectors import get_items, get_locations
from backorder.supply.models import Level, Movement
from backorder.supply.selectors import read_accuracy, read_levels, read_movements

stock = Noun("stock", "supply")
Status = Literal["sellable", "damaged", "quality_hold"]
Kind = Literal["receipt", "shipment", "count", "return", "adjustment", "transfer", "status"]


class OnHand(Shown):
    """What is on hand of an item at a location in a status."""

    sku: str
    location: str
    status: str
    on_hand: int
    allocated: int = Field(description="Of what is on hand: set aside for lines.")
    released: int = Field(description="Of what is on hand: handed to the warehouse, and about to leave.")


class MovedUnits(Shown):
    """A change of what is on hand, for good."""

    sku: str
    location: str
    status: str
    kind: str
    quantity: int = Field(description="Below 0 if units left.")
    inbound: str | None
    inbound_line: str | None
    at: Instant
    who: str
    why: str
    entry: int = Field(description="The number of its entry in the journal.")


class RecordAccuracy(Shown):
    """How often counts found what the record said."""

    since: Day
    until: Day
    counts: int = Field(description="Counts of single items at a place; an imported list of stock is none.")
    agreed: int = Field(description="Of the counts: those that found, to the unit, what the record said.")
    share: float | None = Field(description="agreed / counts, from 0 to 1; null without any.")


class ChosenLevels(Asked):
    """Which levels."""

    sku: Annotated[Key | None, Field(description="Only of this item.")] = None
    location: Annotated[Key | None, Field(description="Only there.")] = None
    status: Annotated[Status | None, Field(description="Only in this status.")] = None


class ChosenMovements(ChosenLevels):
    """Which movements."""

    kind: Annotated[Kind | None, Field(description="Only of this kind.")] = None


class At(Sent):
    """An item at a location in a status."""

    sku: Key
    location: Key
    status: Status = "sellable"


class Counted(At):
    """What a count found."""

    found: Found
    why: Annotated[Given, Field(description="Why it was counted.")]


class Adjusted(At):
    """Units that came or left otherwise than by receipt or shipment."""

    quantity: Annotated[Moved, Field(description="Below 0 if units left.")]
    kind: Literal["adjustment", "return"] = "adjustment"
    why: Annotated[Given, Field(description="Why they came or left.")]


class Changed(At):
    """Units that are in another status now."""

    to: Status
    quantity: Quantity
    why: Annotated[Given, Field(description="Why the status changed.")]


@stock.reads("/stock/levels", Page[OnHand])
def list_levels(chosen: Query[ChosenLevels]) -> Page[OnHand]:
    """List what is on hand of each item at each location, in each status."""
    return take_page(read_levels().filter(**name_filters(chosen)), "id", chosen, show_levels)


@stock.reads("/stock/movements", Page[MovedUnits])
def list_movements(chosen: Query[ChosenMovements]) -> Page[MovedUnits]:
    """List every change of what is on hand, the last one first."""
    rows = read_movements().filter(**name_filters(chosen))
    if chosen.kind is not None:
        rows = rows.filter(kind=chosen.kind)
    return take_page(rows, "-id", chosen, show_movements)


@stock.reads("/figures/record-accuracy", RecordAccuracy)
def get_record_accuracy(days: Query[Days]) -> RecordAccuracy:
    """Measure the accuracy of the record: how many counts of some days found what it said."""
    found = read_accuracy(*days.span)
    return RecordAccuracy(
        since=days.since, until=days.until, counts=found.counts, agreed=found.agreed, share=found.share
    )


def name_filters(chosen: ChosenLevels) -> dict[str, str]:
    """Name what levels and movements are chosen by."""
    wanted = {"item__sku": chosen.sku, "location__code": chosen.location, "status": chosen.status}
    return {name: value for name, value in wanted.items() if value is not None}


@stock.changes("/stock/counts", Outcome)
def count_stock(act: Act, counted: Counted) -> Outcome:
    """Note what a count found. What differs from the record becomes a movement; where it agrees `changed` is false."""
    return tell(act, events.count(read_place(counted), counted.found, act.cause(counted.why)))


@stock.changes("/stock/adjustments", Outcome)
def adjust_stock(act: Act, adjusted: Adjusted) -> Outcome:
    """Move units in or out: what was found, lost, or came back from a customer."""
    place, cause = read_place(adjusted), act.cause(adjusted.why)
    return tell(act, events.adjust(place, adjusted.quantity, adjusted.kind, cause))


@stock.changes("/stock/status-changes", Outcome)
def change_status(act: Act, changed: Changed) -> Outcome:
    """Move units from one status to another, as from sellable to damaged."""
    place, cause = read_place(changed), act.cause(changed.why)
    return tell(act, events.change_status(place, changed.to, changed.quantity, cause))


def read_place(at: At) -> events.Place:
    """Find an item and a location. Raises ProblemError for what nobody knows."""
    items, places = get_items([at.sku]), get_locations([at.location])
    refuse_faults(
        [
            *find_unknown("item", {"/sku": at.sku}, items),
            *find_unknown("location", {"/location": at.location}, places),
        ]
    )
    return items[at.sku], places[at.location], at.status


def show_levels(rows: Sequence[Level]) -> list[OnHand]:
    """Show levels."""
    return [
        OnHand(
            sku=row.item.sku,
            location=row.location.code,
            status=row.status,
            on_hand=row.on_hand,
            allocated=row.allocated,
            released=row.released,
        )
        for row in rows
    ]


def show_movements(rows: Sequence[Movement]) -> list[MovedUnits]:
    """Show movements."""
    return [
        MovedUnits(
            sku=row.item.sku,
            location=row.location.code,
            status=row.status,
            kind=row.kind,
            quantity=row.quantity,
            inbound=row.inbound_line.order.number if row.inbound_line else None,
            inbound_line=row.inbound_line.number if row.inbound_line else None,
            at=row.entry.at,
            who=row.entry.who,
            why=row.entry.why,
            entry=row.entry_id,
        )
        for row in rows
    ]
