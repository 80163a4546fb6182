"""Messages that go other ways than mail: texts to phones, and events to a program of the shop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from ninja import Query
from pydantic import Field

from backorder.api.endpoints.messages import ON_ITS_WAY
from backorder.api.nouns import Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.values import Instant, Key, Shown
from backorder.care.copies.selectors import read_copies
from backorder.care.links import hide_links
from backorder.care.models import Copy

copies = Noun("copies", "care")


class ShownCopy(Shown):
    """A message goes another way, too, or instead where its mail did not arrive: once for each way."""

    number: int
    message: int = Field(description="The message that it is a copy of.")
    order: str
    kind: str = Field(description="As of its message.")
    way: str = Field(description="`text`: to a phone; `webhook`: to a program of the shop.")
    instead: bool = Field(description="Its mail did not arrive.")
    to: str = Field(description="A phone; of an event blank.")
    text: str = Field(description="Of an event blank: it holds the message as it stands.")
    since: Instant = Field(description="It is to go since then.")
    tries: int = Field(description="So often it was handed over.")
    try_at: Instant | None = Field(description="Not before then it is tried next; null: it has ended.")
    outcome: str = Field(
        description="`on_its_way`; `sent`: it was taken; `failed`: nobody took it, or nobody knows whether it left; "
        "`withdrawn`: it was not true any more, or the customer wants no texts."
    )
    ended_at: Instant | None
    said: str = Field(description="By whoever did not take it.")


class ChosenCopies(Asked):
    """Which of them."""

    order: Annotated[Key | None, Field(description="Only of messages to the customer of this order.")] = None
    way: Annotated[Literal["text", "webhook"] | None, Field(description="Only what goes this way.")] = None
    outcome: Annotated[
        Literal["on_its_way", "sent", "failed", "withdrawn"] | None,
        Field(description="Only those with this outcome."),
    ] = None


@copies.reads("/copies", Page[ShownCopy])
def list_copies(chosen: Query[ChosenCopies]) -> Page[ShownCopy]:
    """List texts and events and what became of them, the last one first."""
    rows = read_copies()
    if chosen.order is not None:
        rows = rows.filter(message__order__number=chosen.order)
    if chosen.way is not None:
        rows = rows.filter(way=chosen.way)
    if chosen.outcome is not None:
        rows = rows.filter(outcome="" if chosen.outcome == ON_ITS_WAY else chosen.outcome)
    return take_page(rows, "-id", chosen, show_copies)


def show_copies(rows: Sequence[Copy]) -> list[ShownCopy]:
    """Show texts and events; who may read may not choose, so no link of a customer is shown."""
    names = ("way", "instead", "to", "tries", "ended_at", "said")
    return [
        ShownCopy(
            number=row.pk,
            message=row.message_id,
            order=row.message.order.number,
            kind=row.message.kind,
            text=hide_links(row.text),
            since=row.entry.at,
            try_at=None if row.outcome else row.try_at,
            outcome=row.outcome or ON_ITS_WAY,
            **{name: getattr(row, name) for name in names},
        )
        for row in rows
    ]
