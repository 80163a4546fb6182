"""How an order is shown."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from backorder.allocation.models import Allocation, Promise, Standing
from backorder.api.endpoints.outcome import Stand
from backorder.api.values import Day, Instant, Money, Shown
from backorder.orders.models import Disclosure, Line, Order
from backorder.supply.selectors import name_inbound_lines


class Cover(Shown):
    """Units set aside for a line: on hand at a location, or of an inbound line."""

    location: str | None
    inbound: str | None
    inbound_line: str | None
    quantity: int
    ships_on: Day


class WaitingLine(Shown):
    """A line of an order."""

    number: str
    sku: str
    location: str | None = Field(description="Where it ships from; null: from anywhere.")
    quantity_ordered: int
    quantity_shipped: int
    quantity_cancelled: int
    quantity_open: int = Field(description="Units that are still to ship.")
    quantity_released: int = Field(description="Of what is open: handed to the warehouse.")
    unit_price: Money
    requested_on: Day
    needed_by: Day | None
    minimum_quantity: int
    commitment: str
    ship_set: str = Field(description="Open lines of one set ship together; blank: it ships for itself.")
    express: bool = Field(description="Express shipping was paid for, and granted.")
    consent: str = Field(description="To wait longer than was told: not_needed, waiting or given.")
    first_promised_on: Day | None = Field(description="The first day that was promised.")
    promised_on: Day | None = Field(description="The day that is promised now; null if none can be named.")
    standing: Stand | None = Field(description="Null if nothing of it is open.")
    covered_by: list[Cover]


class Waiting(Shown):
    """An order."""

    number: str
    customer: str | None
    customer_class: str | None
    channel: str | None
    ordered_at: Instant
    ordered_on: Day
    priority: int
    ship_policy: str
    most_shipments: int | None = Field(description="Null: it leaves in as many shipments as need be.")
    shipments_begun: int = Field(description="Shipments that left, and those that the warehouse has.")
    ships_whole: bool = Field(
        description="All that is open ships at once: it ships complete, or one shipment is left of as many as it may have."
    )
    payment: str = Field(description="How far it is paid: not_needed, unpaid, chargeable or paid.")
    held_until: Instant | None = Field(description="A hold: not ordered yet, and over at that instant.")
    lines: list[WaitingLine]


class Source(Shown):
    """A line of an inbound order that a promise stands on."""

    inbound: str
    line: str


class Promised(Shown):
    """A day that was told to a customer, for good."""

    line: str
    promised_on: Day | None = Field(description="Null if no day could be named.")
    reason: str
    stands_on: list[Source]
    at: Instant
    entry: int = Field(description="The number of the entry of the decision in the journal.")


class ShownDisclosure(Shown):
    """What the customer was told about a line when buying. It stays as it was, whatever happens later."""

    line: str
    quantity_now: int
    quantity_later: int
    promised_on: Day | None
    confidence: str
    payment: str
    cancellation: str
    rule_pack: str
    language: str
    shown: bool = Field(description="Somebody says that it was shown, before the purchase or the change.")
    at: Instant
    entry: int = Field(description="The number of its entry in the journal.")


def show_disclosures(rows: Sequence[Disclosure]) -> list[ShownDisclosure]:
    """Show what customers were told."""
    return [
        ShownDisclosure(
            line=row.line.number,
            quantity_now=row.quantity_now,
            quantity_later=row.quantity_later,
            promised_on=row.promised_on,
            confidence=row.confidence,
            payment=row.payment,
            cancellation=row.cancellation,
            rule_pack=row.rule_pack,
            language=row.language,
            shown=row.shown,
            at=row.at,
            entry=row.entry_id,
        )
        for row in rows
    ]


def show_orders(orders: Sequence[Order]) -> list[Waiting]:
    """Show orders."""
    return [show_order(order) for order in orders]


def show_order(order: Order) -> Waiting:
    """Show an order with all its lines."""
    return Waiting(
        number=order.number,
        customer=order.customer.code if order.customer else None,
        customer_class=order.customer_class.code if order.customer_class else None,
        channel=order.channel.code if order.channel else None,
        ordered_at=order.ordered_at,
        ordered_on=order.ordered_on,
        priority=order.priority,
        ship_policy=order.ship_policy,
        most_shipments=order.most_shipments,
        shipments_begun=order.shipments_begun,
        ships_whole=order.ships_whole,
        payment=order.payment_state,
        held_until=order.held_until,
        lines=[show_line(line) for line in order.lines.all()],
    )


def show_line(line: Line) -> WaitingLine:
    """Show a line."""
    promises = list(line.promises.all())
    standing: Standing | None = getattr(line, "standing", None)
    return WaitingLine(
        number=line.number,
        sku=line.item.sku,
        location=line.location.code if line.location else None,
        quantity_ordered=line.quantity_ordered,
        quantity_shipped=line.quantity_shipped,
        quantity_cancelled=line.quantity_cancelled,
        quantity_open=line.quantity_open,
        quantity_released=line.quantity_released,
        unit_price=Money(amount=line.unit_price, currency=line.item.currency),
        requested_on=line.requested_on,
        needed_by=line.needed_by,
        minimum_quantity=line.minimum_quantity,
        commitment=line.commitment,
        ship_set=line.ship_set,
        express=line.express,
        consent=line.consent,
        first_promised_on=promises[0].promised_on if promises else None,
        promised_on=promises[-1].promised_on if promises else None,
        standing=Stand(**{name: getattr(standing, name) for name in Stand.model_fields})
        if standing
        else None,
        covered_by=[show_cover(allocation) for allocation in line.allocations.all()],
    )


def show_cover(allocation: Allocation) -> Cover:
    """Show what covers a line."""
    level, inbound = allocation.level, allocation.inbound_line
    return Cover(
        location=level.location.code if level else None,
        inbound=inbound.order.number if inbound else None,
        inbound_line=inbound.number if inbound else None,
        quantity=allocation.quantity,
        ships_on=allocation.ships_on,
    )


def show_promises(promises: Sequence[Promise]) -> list[Promised]:
    """Show promises, with the names of what each stands on."""
    ids = {line for promise in promises for line in promise.evidence.get("inbound_lines", [])}
    names = name_inbound_lines(ids)
    return [
        Promised(
            line=promise.line.number,
            promised_on=promise.promised_on,
            reason=promise.reason,
            stands_on=[
                Source(inbound=names[line][0], line=names[line][1])
                for line in promise.evidence.get("inbound_lines", [])
                if line in names
            ],
            at=promise.entry.at,
            entry=promise.entry_id,
        )
        for promise in promises
    ]
