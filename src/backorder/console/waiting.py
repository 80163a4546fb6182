"""The waitlist, laid out: who is on which list, who is invited until when, and whom no message reaches."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from backorder.care.models import Invitation, Wish
from backorder.care.waitlist.inviting import MOST_UNSENT
from backorder.care.waitlist.selectors import list_waiting
from backorder.catalog.models import Item
from backorder.console.parts import Cell, Column, Empty, Row, Table, cut_short
from backorder.console.templatetags.words import say_count, say_time

SHOWN = 100
COLUMNS = (
    *(
        Column("Item"),
        Column("Customer"),
        Column("Wished for", numeric=True),
        Column("Ordered", numeric=True),
    ),
    *(Column("On the list since", whole=True), Column("Where it is")),
)
NOBODY = Empty(
    "Nobody is on the list",
    "Whoever was refused units can be put on it, here or by your shop, and hears when some are free.",
)


def describe_item_list(item: Item) -> Table:
    """Lay out the list of an item, the next first."""
    found = list_waiting(item.pk)
    rows = list(found[:SHOWN])
    count = len(rows) if len(rows) < SHOWN else found.count()
    table = describe_list(rows)
    return Table(
        "Waitlist",
        table.columns[1:],
        [Row(row.cells[1:]) for row in table.rows],
        NOBODY,
        cut_short(len(rows), count),
    )


def describe_list(wishes: Sequence[Wish], *, may_remove: bool = False) -> Table:
    """Lay out places on lists; with a tick for each that may be taken off."""
    rows = [Row([*tick(wish, may_remove=may_remove), *describe_wish(wish)]) for wish in wishes]
    columns = (Column("Take off"), *COLUMNS) if may_remove else COLUMNS
    return Table("Waitlist", columns, rows, NOBODY)


def tick(wish: Wish, *, may_remove: bool) -> list[Cell]:
    """Lay out what chooses a place."""
    label = f"Take {wish.customer.code} off the list of {wish.item.sku}"
    return [Cell(label, tick=str(wish.pk))] if may_remove else []


def describe_wish(wish: Wish) -> list[Cell]:
    """Lay out a place on a list."""
    ordered: int = wish.ordered  # type: ignore[attr-defined] # as annotated
    return [
        Cell(wish.item.sku, link=reverse("item", args=[wish.item.sku]), note=wish.item.name),
        Cell(wish.customer.code, note=wish.customer.name),
        Cell(f"{wish.quantity:,}"),
        Cell(f"{ordered:,}"),
        Cell(say_time(wish.entry.at), note=f"refused in {wish.order_number}" if wish.order_number else ""),
        describe_state(wish, list(wish.invitations.all())),
    ]


def describe_state(wish: Wish, invitations: Sequence[Invitation]) -> Cell:
    """Lay out whether a customer is invited, waits, or cannot be reached."""
    standing = next((each for each in invitations if not each.outcome), None)
    if standing is not None:
        units = say_count(standing.quantity, "unit")
        told = "" if standing.message.outcome == "sent" else " · the message has not left yet"
        return Cell(
            f"invited until {say_time(standing.until)}",
            tone="info",
            note=f"{units} in {standing.hold.number}{told}",
        )
    unsent = sum(each.outcome == "unsent" for each in invitations)
    if not wish.customer.email or unsent >= MOST_UNSENT:
        why = "no message arrived" if wish.customer.email else "no e-mail address"
        return Cell(
            "passed over",
            tone="warn",
            note=f"{why}: take them off, or name an address and put them on it again",
        )
    return Cell("waits")
