"""Who agreed to texts: nobody gets one without."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from ninja import Query
from pydantic import Field

from backorder.api.endpoints.noted import Noted, note
from backorder.api.endpoints.told import Medium
from backorder.api.nouns import Act, Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import find_unknown, refuse_faults
from backorder.api.values import Instant, Key, Reason, Sent, Shown
from backorder.care.copies import text_wishes as wishes
from backorder.care.models import TextWish
from backorder.orders.callers import find_customer

text_wishes = Noun("text-wishes", "care")


class ShownTextWish(Shown):
    """What a customer said of texts. The last word counts."""

    customer: str
    phone: str = Field(description="As it is dialled from anywhere; blank: no texts any more.")
    medium: str = Field(description="How the customer said so: mail, phone, letter, message or page.")
    at: Instant = Field(description="When it was noted.")
    who: str = Field(description="Who noted it; `customer`: on the page of an order.")
    entry: int


class NewTextWish(Sent):
    """A customer agrees to texts, or wants none any more."""

    customer: Key = Field(description="By code.")
    phone: str = Field(max_length=40, description="With + and the country; blank: no texts any more.")
    medium: Medium
    why: Reason = ""


class ChosenTextWishes(Asked):
    """Which of them."""

    customer: Annotated[Key | None, Field(description="Only of this customer.")] = None


@text_wishes.reads("/text-wishes", Page[ShownTextWish])
def list_text_wishes(chosen: Query[ChosenTextWishes]) -> Page[ShownTextWish]:
    """List what customers said of texts, the last one first."""
    rows = wishes.read_text_wishes()
    if chosen.customer is not None:
        rows = rows.filter(customer__code=chosen.customer)
    return take_page(rows, "-id", chosen, show_text_wishes)


@text_wishes.changes("/text-wishes", Noted)
def note_text_wish(act: Act, wish: NewTextWish) -> Noted:
    """Note that a customer agrees to texts on a number, or wants none any more."""
    customer = find_customer(wish.customer)
    if customer is None:
        refuse_faults(find_unknown("customer", {"/customer": wish.customer}, ()))
    assert customer is not None
    return note(act, wishes.note_text_wish(customer, wish.phone, wish.medium, act.cause(wish.why)))


def show_text_wishes(rows: Sequence[TextWish]) -> list[ShownTextWish]:
    """Show what customers said of texts."""
    return [
        ShownTextWish(
            customer=row.customer.code,
            phone=row.phone,
            medium=row.channel,
            at=row.entry.at,
            who=row.entry.who,
            entry=row.entry_id,
        )
        for row in rows
    ]
