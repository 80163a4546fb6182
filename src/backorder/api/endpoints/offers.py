"""Offers of something else to whoever waits: what may be offered, what is, and what its customer says to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from django.utils import timezone
from ninja import Query
from pydantic import Field

from backorder.api.endpoints.named import take_lines, take_order
from backorder.api.endpoints.noted import NewSwitch, Noted, Stopped, note
from backorder.api.nouns import Act, Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import require
from backorder.api.values import Day, Instant, Key, Number, Quantity, Reason, Sent, Shown, Switch
from backorder.care.house import read_house
from backorder.care.models import Offer
from backorder.care.offers import alone, answering, making
from backorder.care.offers.finding import Choice, find_obstacle, list_choices
from backorder.care.offers.selectors import read_to_show
from backorder.orders.selectors import find_lines, find_order

offers = Noun("offers", "orders")


class ShownChoice(Shown):
    """Something that may be offered in the place of units of a line. Nothing is kept yet."""

    choice: str = Field(description="Its name, for an offer.")
    kind: str
    sku: str
    location: str | None = Field(description="Null: from anywhere.")
    instead_of: int = Field(description="Units of the line that it can stand in for.")
    quantity: int = Field(description="Its own units for that.")
    unit_price: int = Field(description="Of one of them, in minor units.")
    costs_more: int = Field(description="Than what was agreed, in minor units; below 0: less.")
    currency: str
    ships_on: Day
    later: Day | None = Field(description="When the line would ship; null: no day is known.")


class ShownChoices(Shown):
    """What may be offered in the place of a line."""

    obstacle: str = Field(description="Why nothing can be offered, whatever is free; blank: something can.")
    choices: list[ShownChoice] = Field(description="The earliest first, of one day what costs least.")


class NewOffer(Sent):
    """Something to offer in the place of units of a line."""

    order: Key
    line: Key
    choice: Annotated[Key, Field(description="Its name, as the choices of the line give it.")]
    quantity: Annotated[
        Quantity | None,
        Field(description="Units of the line that it stands in for; null: as many as it can."),
    ] = None
    writes: Annotated[
        bool, Field(description="A letter says so, if mail can reach the customer.", strict=True)
    ] = True
    why: Reason = ""


class OfferAnswer(Sent):
    """What is said to an offer."""

    answer: Annotated[
        Literal["take", "decline", "withdraw"],
        Field(description="`take` and `decline`: the customer said so. `withdraw`: the shop takes it back."),
    ]
    why: Reason = ""


class ShownOffer(Shown):
    """Something that was offered in the place of units of a line."""

    offer: int | None = Field(description="Its number; null if it was only tried.")
    order: str
    line: str
    instead_of: int = Field(description="Units of the line that it stands in for.")
    kind: str
    sku: str
    location: str | None = Field(description="Null: from anywhere.")
    quantity: int = Field(description="Its own units.")
    unit_price: int = Field(description="Of one of them, in minor units.")
    costs_more: int = Field(description="Than what was agreed, in minor units; below 0: less.")
    currency: str
    hold: str = Field(description="The number of the hold that keeps them.")
    by_mail: bool = Field(description="A letter says so.")
    at: Instant
    until: Instant
    outcome: str = Field(
        description="`stands`; `taken`; `declined`; `lapsed`: nobody answered; `overtaken`: the line ships as early, or waits "
        "no more; `unsent`: no letter reached the customer; `withdrawn`: by the shop."
    )
    ended_at: Instant | None
    taken: str | None = Field(description="The line that was ordered instead.")
    entry: int | None = Field(
        description="The number of its entry in the journal; null if it was only tried."
    )


class ChosenOffers(Asked):
    """Which offers."""

    order: Annotated[Key | None, Field(description="Only of this order.")] = None
    stands: Annotated[Switch | None, Field(description="Only those that stand, or only that ended.")] = None


@offers.reads("/orders/{path:number}/lines/{path:line}/choices", ShownChoices)
def list_line_choices(number: Key, line: Key) -> ShownChoices:
    """List what may be offered in the place of a line: free behind everybody who ordered, and earlier."""
    order = require(find_order(number))
    found = making.read_line(require(find_lines(order, [line]).get(line)))
    choices = list_choices(found, read_house(), timezone.localdate())
    return ShownChoices(
        obstacle=find_obstacle(found),
        choices=[show_choice(each, found.item.currency) for each in choices],
    )


@offers.reads("/offers", Page[ShownOffer])
def list_offers(chosen: Query[ChosenOffers]) -> Page[ShownOffer]:
    """List what was offered, the first at the front."""
    rows = read_to_show()
    if chosen.order is not None:
        rows = rows.filter(line__order__number=chosen.order)
    if chosen.stands is not None:
        rows = rows.filter(outcome="") if chosen.stands else rows.exclude(outcome="")
    return take_page(rows, "id", chosen, show_offers)


@offers.reads("/offers/{offer}", ShownOffer)
def get_offer(offer: Number) -> ShownOffer:
    """Show an offer."""
    return show_offers([require(read_to_show().filter(pk=offer).first())])[0]


@offers.changes("/offers", ShownOffer, at=lambda made: made.offer and f"offers/{made.offer}")
def make_offer(act: Act, offer: NewOffer) -> ShownOffer:
    """Offer something else in the place of units of a line, and keep it until the offer is over. The line keeps its place."""
    (line,) = take_lines(take_order(offer.order), [offer.line], "/line")
    wish = making.Wish(offer.choice, offer.quantity, offer.writes)
    made = making.make_offer(line, wish, act.cause(offer.why))
    (shown,) = show_offers([require(read_to_show().filter(pk=made.pk).first())])
    return shown.model_copy(update={"offer": None, "entry": None}) if act.preview else shown


@offers.changes("/offers/{offer}/answer", Noted)
def answer_offer(act: Act, offer: Number, said: OfferAnswer) -> Noted:
    """Note what is said to an offer. A yes orders it in the place of what waits; whatever else is said, the order stays as it is."""
    found, cause = require(answering.find_offer(offer)), act.cause(said.why)
    if said.answer == "take":
        return note(act, answering.take(found, cause).disclosures.get().entry)
    return note(act, answering.decline(found, cause, "declined" if said.answer == "decline" else "withdrawn"))


@offers.reads("/offer-switch", Stopped)
def get_offer_switch() -> Stopped:
    """Show whether somebody stopped the offers that nobody makes."""
    return Stopped(stopped=alone.is_stopped())


@offers.changes("/offer-switch", Noted, method="PUT")
def put_offer_switch(act: Act, switch: NewSwitch) -> Noted:
    """Stop the offers that nobody makes, or let rules make them again."""
    return note(act, alone.stop(act.cause(switch.why), stopped=switch.stopped))


def show_choice(choice: Choice, currency: str) -> ShownChoice:
    """Show what may be offered."""
    return ShownChoice(
        choice=choice.name,
        kind=choice.substitute.kind,
        sku=choice.substitute.substitute.sku,
        location=choice.location.code if choice.location else None,
        instead_of=choice.quantity,
        quantity=choice.units,
        unit_price=choice.unit_price,
        costs_more=choice.extra,
        currency=currency,
        ships_on=choice.ships_on,
        later=choice.instead_of,
    )


def show_offers(rows: Sequence[Offer]) -> list[ShownOffer]:
    """Show offers."""
    return [
        ShownOffer(
            offer=row.pk,
            order=row.line.order.number,
            line=row.line.number,
            instead_of=row.quantity,
            kind=row.kind,
            sku=row.item.sku,
            location=row.location.code if row.location else None,
            quantity=row.units,
            unit_price=row.unit_price,
            costs_more=row.extra,
            currency=row.line.item.currency,
            hold=row.hold.number,
            by_mail=row.message_id is not None,
            at=row.entry.at,
            until=row.until,
            outcome=row.outcome or "stands",
            ended_at=row.ended_at,
            taken=row.taken.number if row.taken else None,
            entry=row.entry_id,
        )
        for row in rows
    ]
