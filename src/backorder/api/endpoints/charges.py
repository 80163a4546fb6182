"""By what orders may be charged, and what is charged."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Query
from pydantic import Field

from backorder.api.endpoints.named import take_order
from backorder.api.endpoints.noted import NewSwitch, Noted, Stopped, note
from backorder.api.endpoints.payments import ChosenMoney
from backorder.api.endpoints.show_charge import (
    ShownCharge,
    ShownMeans,
    show_charges,
    show_means,
)
from backorder.api.endpoints.show_refund import MINOR
from backorder.api.nouns import Act, Noun
from backorder.api.pages import Page, take_page
from backorder.api.problems import require
from backorder.api.values import (
    Amount,
    Currency,
    Given,
    Key,
    Label,
    Number,
    Reason,
    Sent,
    Shown,
    Switch,
)
from backorder.payments import charging, means
from backorder.payments.selectors import find_attempt, list_not_taken, read_charges, read_means

charges = Noun("charges", "money")
Cost = Annotated[
    Amount | None,
    Field(
        description=f"{MINOR} What the whole order costs, shipping, discounts and thanks for waiting in it; "
        "without it: what is held, or the prices."
    ),
]


class NewCard(Sent):
    """A card that a customer let the shop keep at Stripe."""

    order: Key
    customer: Annotated[Key, Field(description="Whose it is, as Stripe knows them: cus_…")]
    reference: Annotated[Key, Field(description="The card, as Stripe knows it: pm_…")]
    label: Annotated[Label, Field(description="As the customer knows it: Visa ending in 4242.")] = ""
    cost: Cost = None
    why: Reason = ""


class NewAuthorisation(Sent):
    """Money that a card holds for an order, as the shop's checkout had it."""

    order: Key
    reference: Annotated[Key, Field(description="As Stripe knows it: pi_…")]
    cost: Cost = None


class AuthorisationReading(Shown):
    """What a card holds is read from its provider."""

    order: str
    reference: str
    asked: bool = Field(description="False: it was asked for already, and is not read yet.")


class NewCharge(Sent):
    """What is charged now, though it may not have left."""

    order: Key
    amount: Annotated[Amount, Field(description=MINOR)]
    currency: Currency
    why: Annotated[Given, Field(description="Why it is charged before it leaves; for the journal.")]


class ChargedAgain(Sent):
    """That what failed of a charge is taken otherwise."""

    way: Annotated[
        Literal["means", "link"],
        Field(description="By what there is now, or by a link at which the customer pays."),
    ]
    why: Reason = ""


class NotCharged(Sent):
    """That what failed of a charge is not charged."""

    why: Annotated[Given, Field(description="Paid otherwise, or given away; for the journal.")]


class Ended(Sent):
    """That something ends."""

    why: Reason = ""


class ChosenCharges(ChosenMoney):
    """Of which orders, and which of them."""

    failed: Annotated[
        Switch,
        Field(description="Only those of which something was not taken and nobody was asked otherwise."),
    ] = False


@charges.reads("/charge-switch", Stopped)
def get_charge_switch() -> Stopped:
    """Show whether somebody stopped all charges."""
    return Stopped(stopped=charging.is_stopped())


@charges.changes("/charge-switch", Noted, method="PUT")
def put_charge_switch(act: Act, switch: NewSwitch) -> Noted:
    """Stop all charges by providers at once, or let them go on."""
    return note(act, charging.stop(act.cause(switch.why), stopped=switch.stopped))


@charges.reads("/means", Page[ShownMeans])
def list_means(chosen: Query[ChosenMoney]) -> Page[ShownMeans]:
    """List by what orders may be charged, the last one noted first."""
    rows = read_means()
    if chosen.order is not None:
        rows = rows.filter(order__number=chosen.order)
    return take_page(rows, "-id", chosen, show_means)


@charges.changes("/cards", Noted)
def note_card(act: Act, card: NewCard) -> Noted:
    """Note a card by which what leaves is charged. The one before is kept no longer."""
    kept = means.Kept(card.reference, card.customer, card.label)
    made = means.note_card(take_order(card.order), kept, act.cause(card.why), card.cost)
    return note(act, made.entry if made is not None else None)


@charges.changes("/authorisation-readings", AuthorisationReading)
def read_authorisation(act: Act, reading: NewAuthorisation) -> AuthorisationReading:
    """Have what a card holds read from Stripe and noted, within a minute. Nothing that is sent here is believed but what it costs."""
    order = take_order(reading.order)
    asked = means.ask_to_read_held(order, reading.reference, act.cause(), reading.cost)
    return AuthorisationReading(order=order.number, reference=reading.reference, asked=asked is not None)


@charges.changes("/means/{held}/end", Noted)
def void_means(act: Act, held: Number, ended: Ended) -> Noted:
    """Let go what a card holds, or keep a card no longer."""
    return note(act, means.void(require(read_means().filter(pk=held).first()), act.cause(ended.why)))


@charges.reads("/charges", Page[ShownCharge])
def list_charges(chosen: Query[ChosenCharges]) -> Page[ShownCharge]:
    """List what was charged, or is to be, and each attempt to take it, the last one first."""
    rows = list_not_taken() if chosen.failed else read_charges()
    if chosen.order is not None:
        rows = rows.filter(order__number=chosen.order)
    return take_page(rows, "-id", chosen, show_charges)


@charges.reads("/charges/{charge}", ShownCharge)
def get_charge(charge: Number) -> ShownCharge:
    """Show a charge."""
    return show_charges([require(read_charges().filter(pk=charge).first())])[0]


@charges.changes("/charges", ShownCharge, at=lambda made: made.charge and f"charges/{made.charge}")
def charge_now(act: Act, charge: NewCharge) -> ShownCharge:
    """Charge so much of an order now. What leaves is charged by itself."""
    made = charging.charge_now(
        take_order(charge.order), charge.amount, charge.currency, act.cause(charge.why)
    )
    (shown,) = show_charges([read_charges().get(pk=made.pk)])
    return shown.model_copy(update={"charge": None, "entry": None}) if act.preview else shown


@charges.changes("/charges/{charge}/again", Noted)
def charge_again(act: Act, charge: Number, again: ChargedAgain) -> Noted:
    """Take what failed of a charge otherwise."""
    found = require(read_charges().filter(pk=charge).first())
    asked = charging.charge_again(found, act.cause(again.why), by_link=again.way == "link")
    return note(act, asked[0].entry)


@charges.changes("/charges/{charge}/called-off", Noted)
def call_off_charge(act: Act, charge: Number, off: NotCharged) -> Noted:
    """Decide that what failed of a charge is not charged."""
    return note(act, charging.call_off(require(read_charges().filter(pk=charge).first()), act.cause(off.why)))


@charges.changes("/charge-attempts/{attempt}/end", Noted)
def end_charge_attempt(act: Act, attempt: Number, ended: Ended) -> Noted:
    """End a link, or take back what nobody was asked for yet. Who was faster has paid, and that counts."""
    return note(act, charging.end_attempt(require(find_attempt(attempt)), act.cause(ended.why)))
