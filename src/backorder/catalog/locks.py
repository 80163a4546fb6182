"""The one lock of a shop: who changes or decides about an item holds its row until the end of the transaction."""

from __future__ import annotations

from collections.abc import Iterable

from backorder.catalog.models import Item


def lock_items(items: Iterable[int]) -> None:
    """Lock items, by id and in that order, so that nobody waits in a circle. New rows may still refer to them."""
    rows = Item.objects.select_for_update(no_key=True).filter(pk__in=set(items)).order_by("pk")
    list(rows.values_list("pk"))


def lock_all_items() -> set[int]:
    """Lock every item, those too that are made while one waits for the others; gives their ids. Items made later are not locked."""
    locked = set[int]()
    while more := set(Item.objects.values_list("pk", flat=True)) - locked:
        lock_items(more)
        locked |= more
    return locked
