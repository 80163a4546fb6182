"""What an order, a hold or a quote asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from backorder.api.problems import Fault, find_unknown, refuse_faults
from backorder.api.values import WRITTEN, Day, Flag, Key, Label, Quantity, Reason, Sent, Small
from backorder.catalog.selectors import get_channel, get_customer_class, get_items, get_locations
from backorder.keys import MOST_CHARACTERS
from backorder.orders import services
from backorder.orders.models import REGION
from backorder.orders.selectors import find_customer
from backorder.orders.services import Buyer, ShipTo, Wanted

MOST_LINES = 500
Commitment = Literal["on_hand_only", "soft", "reserved", "firm", "locked"]
ShipPolicy = Literal["as_ready", "complete", "line_complete"]
Written = Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS, pattern=WRITTEN)]
Told = Annotated[str, Field(max_length=2_000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]


ShipSet = Annotated[
    Label,
    Field(
        description="Open lines of one set of the order ship together, all at once; blank: it ships for itself."
    ),
]
MostShipments = Annotated[
    Quantity | None,
    Field(
        description="How many times units of it leave at most: what is released at one time is one shipment. When one is left, all "
        "that is open ships together; 1 ships it whole. Null: as many as need be."
    ),
]


class WantedLine(Sent):
    """A line that is wanted."""

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
    commitment: Commitment = "soft"
    ship_set: ShipSet = ""


class Address(Sent):
    """Where an order goes."""

    name: Written
    street: Written
    city: Written
    country: Annotated[str, Field(pattern="^[A-Z]{2}$", examples=["DE"], description="ISO 3166-1 alpha-2.")]
    postcode: Annotated[str, Field(max_length=MOST_CHARACTERS, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    region: Annotated[
        str,
        Field(
            pattern=REGION,
            examples=["CA"],
            description="A state or province, by ISO 3166-2 without the country. Some have a law of their own on late orders.",
        ),
    ] = ""

    def build(self) -> ShipTo:
        """Give it as the services take it."""
        return ShipTo(self.name, self.street, self.city, self.country, self.postcode, self.region)


class Disclosed(Sent):
    """What else the customer was told when buying; it is kept for good. Sent at all, it says that the day was told before, too."""

    language: Annotated[str, Field(max_length=35, pattern="^[A-Za-z0-9-]*$")] = ""
    confidence: Annotated[Told, Field(description="How sure the day is.")] = ""
    payment: Annotated[Told, Field(description="How money is taken.")] = ""
    cancellation: Annotated[Told, Field(description="The right to cancel.")] = ""
    rule_pack: Annotated[Told, Field(description="The version of the rules of consent that applied.")] = ""


ToldWhenBuying = Annotated[
    Disclosed | None, Field(description="What the customer was told when buying, or before the change.")
]


class Question(Sent):
    """Lines that are wanted, and by whom."""

    lines: Annotated[list[WantedLine], Field(min_length=1, max_length=MOST_LINES)]
    customer: Annotated[Key | None, Field(description="The code of who orders.")] = None
    customer_class: Annotated[Key | None, Field(description="Without it, that of the customer.")] = None
    channel: Annotated[Key | None, Field(description="The code of where the order comes from.")] = None
    ship_policy: ShipPolicy = "as_ready"
    most_shipments: MostShipments = None

    @model_validator(mode="after")
    def refuse_same_numbers(self) -> Question:
        """Refuse two lines of one number."""
        numbers = [line.number or str(place) for place, line in enumerate(self.lines, 1)]
        if len(set(numbers)) < len(numbers):
            twice = next(number for number in numbers if numbers.count(number) > 1)
            message = f"two lines have the number {twice}"
            raise ValueError(message)
        return self


class Purchase(Question):
    """Lines under a number, for a customer."""

    number: Key
    priority: Annotated[Small, Field(description="Lower comes first where the policy ranks by it.")] = 100
    express: Annotated[
        Flag, Field(description="Express shipping is paid for; a line that waits does not get it.")
    ] = False
    ship_to: Annotated[Address | None, Field(description="Where it goes.")] = None
    why: Reason = ""


class NewOrder(Purchase):
    """An order to place."""

    told: ToldWhenBuying = None


def read_lines(lines: Sequence[WantedLine], today: date) -> list[Wanted]:
    """Find what lines speak of. Raises ProblemError for what nobody knows."""
    skus = {f"/lines/{place}/sku": line.sku for place, line in enumerate(lines)}
    places = {f"/lines/{place}/location": line.location for place, line in enumerate(lines) if line.location}
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
            ship_set=line.ship_set,
        )
        for place, line in enumerate(lines, 1)
    ]


def read_told(told: Disclosed | None) -> services.Told | None:
    """Read what a customer was told when buying; None if nobody says anything was."""
    if told is None:
        return None
    return services.Told(told.language, told.confidence, told.payment, told.cancellation, told.rule_pack)


def read_buyer(asked: Question) -> Buyer:
    """Find who orders. Raises ProblemError for what nobody knows."""
    customer = find_customer(asked.customer) if asked.customer else None
    kind = get_customer_class(asked.customer_class) if asked.customer_class else None
    channel = get_channel(asked.channel) if asked.channel else None
    named = [
        ("customer", asked.customer, customer),
        ("customer_class", asked.customer_class, kind),
        ("channel", asked.channel, channel),
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
    if not isinstance(asked, Purchase):
        return Buyer(
            customer, kind, channel, ship_policy=asked.ship_policy, most_shipments=asked.most_shipments
        )
    return Buyer(
        customer,
        kind,
        channel,
        asked.priority,
        asked.ship_policy,
        asked.express,
        asked.ship_to.build() if asked.ship_to else None,
        asked.most_shipments,
    )
