"""Pick lists, laid out as tables."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from backorder.console.parts import Cell, Column, Empty, Row, Table
from backorder.console.templatetags.words import say_time
from backorder.fulfilment.models import PickList, Release
from backorder.orders.models import Line
from backorder.orders.together import ships_whole


def describe_pick_lists(pick_lists: Iterable[PickList]) -> Table:
    """List pick lists of which something is left to send."""
    rows = []
    for each in pick_lists:
        link = reverse("pick-list", args=[each.pk])
        parts, units = (getattr(each, name) for name in ("parts", "units"))
        rows.append(
            Row(
                [
                    Cell(f"{each.pk}", link),
                    Cell(each.location.code),
                    Cell(say_time(each.entry.at), note=each.entry.who),
                    Cell(f"{parts:,}"),
                    Cell(f"{units:,}"),
                ],
                link,
            )
        )
    columns = [
        *(Column(title) for title in ("Pick list", "Place", "Begun")),
        *(Column(title, numeric=True) for title in ("Rows", "Units left")),
    ]
    return Table(
        "Open pick lists",
        columns,
        rows,
        Empty(
            "Nothing is being picked", "Release what lies ready above, or open an order and release it alone."
        ),
    )


def describe_releases(releases: Iterable[Release]) -> Table:
    """List what is left to send of a pick list, in the order of service."""
    rows = [
        Row(
            [
                Cell(each.location.code),
                Cell(each.line.item.sku, note=", ".join(list_parts(each)) or each.line.item.name),
                Cell(f"{each.quantity_open:,}", note=f"{each.quantity_picked:,} picked"),
                Cell(
                    each.line.order.number,
                    reverse("order", args=[each.line.order.number]),
                    note=f"line {each.line.number}{say_parcel(each.line)}",
                ),
                Cell("", actions=list_actions(each)),
                Cell(""),
            ]
        )
        for each in releases
    ]
    columns = [Column("Place"), Column("Item"), Column("Units", numeric=True), Column("Order", whole=True)]
    columns += [Column("What happened", only="screen"), Column("Picked", only="paper")]
    return Table("What to pick", columns, rows, Empty("All of it has left", "Nothing is left to pick here."))


def say_parcel(line: Line) -> str:
    """Say whether a line leaves in one parcel with others of its order."""
    if ships_whole(line.order):
        return ", the whole order at once"
    return f", set {line.ship_set} at once" if line.ship_set else ""


def list_actions(release: Release) -> list[tuple[str, str]]:
    """List what can be noted of units on a pick list."""
    whats = [("Not found", "short"), ("Put back", "take-back")]
    if release.quantity_picked < release.quantity_open:
        whats.insert(0, ("Pick", "pick"))
    return [(title, reverse("release-handle", args=[release.pk, what])) for title, what in whats]


def list_parts(release: Release) -> list[str]:
    """List what one unit of a kit is made of, as it is picked; nothing if it is no kit."""
    parts = release.parts.all()
    if {part.level.item_id for part in parts} == {release.line.item_id}:
        return []
    return [f"{part.per_unit:,} of {part.level.item.sku}" for part in parts]
