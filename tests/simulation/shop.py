"""The shop that the operator runs: 20 items, two kits, two substitutes, three places."""

from __future__ import annotations

from backorder.catalog.models import (
    Acceptance,
    Channel,
    Component,
    CustomerClass,
    Item,
    Location,
    Substitute,
    Supplier,
)

ITEMS = 20
PLACES = (("main", None), ("shelf", "main"), ("shop", None))
CLASSES = ("contract", "retail")
KITS = {0: {2: 1, 3: 2}, 1: {3: 1, 4: 2, 5: 1}}
"""By number of the kit: how many of which items are in it."""


def open_shop() -> None:
    """Make the catalogue; nothing is on hand yet."""
    items = Item.objects.bulk_create(
        Item(sku=f"I-{number:02}", price=100 * number, pack_size=1 + number % 3) for number in range(ITEMS)
    )
    places: dict[str | None, Location] = {}
    for code, parent in PLACES:
        places[code] = Location.objects.create(
            code=code, parent=places.get(parent), releases_at_once=code == "shop"
        )
    for kit, parts in KITS.items():
        Component.objects.bulk_create(
            Component(kit=items[kit], item=items[part], quantity=units) for part, units in parts.items()
        )
    Substitute.objects.bulk_create(
        Substitute(item=items[number], substitute=items[number + 2], kind="variant") for number in (6, 7)
    )
    Acceptance.objects.bulk_create(
        [
            Acceptance(item=items[10], rule=Acceptance.NONE),
            Acceptance(item=items[11], rule=Acceptance.CAPPED, cap=8),
            Acceptance(item=items[12], rule=Acceptance.INBOUND_ONLY, horizon_days=15),
        ]
    )
    CustomerClass.objects.bulk_create(CustomerClass(code=code) for code in CLASSES)
    Channel.objects.bulk_create(Channel(code=code) for code in ("web", "phone"))
    Supplier.objects.create(code="mill")
