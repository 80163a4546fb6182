"""What others sell in the place of an item: noted by hand, by a program or from a file. It is information, and never an order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Q, QuerySet

from backorder.care.models import OUTSIDE_KINDS, OutsideOffer
from backorder.catalog.locks import lock_items
from backorder.catalog.models import Item
from backorder.catalog.services.items import CURRENCY
from backorder.orders.models import MOST_MONEY, Line
from backorder.orders.services.wanted import check_choice, check_day, refuse
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write

__all__ = [
    "Outside",
    "find_faults",
    "is_web",
    "list_of",
    "list_outside",
    "list_standing",
    "note_outside",
    "read_outside",
    "remove_outside",
    "take_list",
]

LONGEST_URL, LONGEST_TITLE = 2_000, 200
MOST_SHOWN = 5
"""So many are shown of an item, those that were seen last."""


@dataclass(frozen=True)
class Outside:
    """Something that somebody else sells."""

    item: Item
    kind: str
    url: str
    title: str
    seen_on: date
    price: int | None = None  # minor units; none: nobody said
    currency: str = ""  # blank: that of the item
    until: date | None = None  # the last day on which it is shown


@transaction.atomic
def note_outside(noted: Outside, cause: Cause) -> OutsideOffer | None:
    """Note what somebody else sells in the place of an item, in the place of what was noted of the same address.

    None if that is known. Raises OrderError.
    """
    check_outside(noted, cause.day)
    lock_items([noted.item.pk])
    fields = list_fields(noted)
    standing = OutsideOffer.objects.filter(item=noted.item, url=noted.url, outcome="").first()
    if standing is not None and all(getattr(standing, name) == value for name, value in fields.items()):
        return None
    entry = write(cause, "outside.noted", [("item", noted.item.sku)], {"kind": noted.kind, "url": noted.url})
    if standing is not None:
        end(standing, "replaced", cause)
    return OutsideOffer.objects.create(item=noted.item, url=noted.url, entry=entry, **fields)


@transaction.atomic
def remove_outside(offer: OutsideOffer, cause: Cause) -> Entry | None:
    """Show no more what somebody else sells; None if that is so already."""
    offer = OutsideOffer.objects.select_for_update(of=("self",)).select_related("item").get(pk=offer.pk)
    if offer.outcome:
        return None
    end(offer, "removed", cause)
    return write(cause, "outside.removed", [("item", offer.item.sku)], {"url": offer.url})


@transaction.atomic
def take_list(listed: Sequence[Outside], gone: Collection[tuple[str, str]], cause: Cause) -> Entry:
    """Note what a list says, each in the place of what was noted of the same address, and show no more what is gone: sku and address.

    Each address stands once for an item in `listed`. Raises OrderError.
    """
    for noted in listed:
        check_outside(noted, cause.day)
    items = {item.sku: item for item in Item.objects.filter(sku__in={noted.item.sku for noted in listed})}
    names = {(noted.item.sku, noted.url) for noted in listed}
    skus = {sku for sku, _ in (*names, *gone)}
    rows = OutsideOffer.objects.filter(outcome="", item__sku__in=skus).select_related("item").order_by("pk")
    standing = {(row.item.sku, row.url): row.pk for row in rows.select_for_update(of=("self",))}
    for outcome, named in (("replaced", names), ("removed", set(gone))):
        ended = [standing[name] for name in named if name in standing]
        OutsideOffer.objects.filter(pk__in=ended).update(outcome=outcome, ended_at=cause.at)
    facts = {"noted": len(listed), "removed": len(set(gone) & standing.keys())}
    entry = write(cause, "outside.listed", [("item", sku) for sku in sorted(skus)], facts)
    OutsideOffer.objects.bulk_create(
        (
            OutsideOffer(item=items[noted.item.sku], url=noted.url, entry=entry, **list_fields(noted))
            for noted in listed
        ),
        batch_size=1_000,
    )
    return entry


def list_fields(noted: Outside) -> dict[str, Any]:
    """List what is kept of it beside its address."""
    return {
        "kind": noted.kind,
        "title": noted.title.strip(),
        "price": noted.price,
        "currency": noted.currency or noted.item.currency,
        "seen_on": noted.seen_on,
        "until": noted.until,
    }


def end(offer: OutsideOffer, outcome: str, cause: Cause) -> None:
    """End it."""
    offer.outcome, offer.ended_at = outcome, cause.at
    offer.save(update_fields=["outcome", "ended_at"])


def check_outside(noted: Outside, today: date) -> None:
    """Raise OrderError for what cannot be meant, or is not safe to link."""
    about = f"item {noted.item.sku}"
    check_choice("kind of outside offer", noted.kind, OUTSIDE_KINDS, about)
    check_day(noted.seen_on, f"{about}: seen on")
    if noted.until is not None:
        check_day(noted.until, f"{about}: until")
    for _, fault in find_faults(noted, today):
        refuse(True, f"{about}: {fault}")  # noqa: FBT003 - it is wrong


def find_faults(noted: Outside, today: date) -> Iterator[tuple[str, str]]:
    """Find what cannot be meant, or is not safe to link: of which field, and what is wrong with it."""
    title = noted.title.strip()
    if not is_web(noted.url):
        said = "is no address that can be linked; name one that begins with https:// or http://, of"
        yield "url", f"{noted.url[:80]!r} {said} {LONGEST_URL:,} characters at most"
    if not (title and title.isprintable() and len(title) <= LONGEST_TITLE):
        yield "title", f"name a title of 1 to {LONGEST_TITLE} characters, in one line"
    if noted.price is not None and not 0 <= noted.price <= MOST_MONEY:
        yield "price", f"{noted.price} is no price; name 0 to {MOST_MONEY:,} in minor units"
    if noted.currency and CURRENCY.fullmatch(noted.currency) is None:
        yield "currency", f"{noted.currency!r} is no currency; name three capital letters, as EUR"
    if noted.seen_on > today:
        yield "seen_on", f"seen on {noted.seen_on}, which is still to come"
    if noted.until is not None and noted.until < noted.seen_on:
        yield "until", f"until {noted.until}, which is before {noted.seen_on}"


def is_web(url: str) -> bool:
    """Tell whether an address may be linked: of the web, of visible characters, and without a name and password in it."""
    try:
        parts = urlsplit(url)
        host, named = parts.hostname, parts.username is not None or parts.password is not None
    except ValueError:
        return False
    return (
        len(url) <= LONGEST_URL
        and parts.scheme in ("http", "https")
        and url.startswith(f"{parts.scheme}://")
        and bool(host)
        and not named
        and url.isprintable()
        and not any(sign in url for sign in " <>\"'\\")
    )


def read_outside(today: date) -> QuerySet[OutsideOffer]:
    """Read what is shown on a day, what was seen last at the front."""
    shown = OutsideOffer.objects.filter(Q(until=None) | Q(until__gte=today), outcome="")
    return shown.select_related("item").order_by("-seen_on", "-id")


def list_standing() -> list[tuple[Any, ...]]:
    """List what stands of all items: sku, address, kind, title, price in minor units, currency, the day it was seen, the last day."""
    fields = ("item__sku", "url", "kind", "title", "price", "currency", "seen_on", "until")
    return list(OutsideOffer.objects.filter(outcome="").order_by("item__sku", "url").values_list(*fields))


def list_outside(lines: Sequence[Line], today: date) -> list[OutsideOffer]:
    """List what others sell in the place of what lines wait for, a few of each item."""
    waiting = {line.item_id for line in lines if waits(line)}
    found: dict[int, list[OutsideOffer]] = {}
    for each in read_outside(today).filter(item__in=waiting) if waiting else ():
        found.setdefault(each.item_id, []).append(each)
    return [each for some in found.values() for each in some[:MOST_SHOWN]]


def waits(line: Line) -> bool:
    """Tell whether units of a line are not on hand."""
    standing = getattr(line, "standing", None)
    return standing is not None and standing.allocated_on_hand < line.quantity_unreleased


def list_of(item: Item, today: date) -> Iterable[OutsideOffer]:
    """List what others sell in the place of an item."""
    return read_outside(today).filter(item=item)
