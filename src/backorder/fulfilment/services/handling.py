"""What the warehouse does with a release before it leaves: pick it, put it back, or not find it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial

from django.db import transaction
from django.db.models import Sum

from backorder.allocation.models import Allocation
from backorder.allocation.services import Decision, decide_after
from backorder.fulfilment.models import RETURNED, SHIPPED, SHORT, Pick, Release, ReleaseEnd, ReleasePart
from backorder.fulfilment.readiness import goes_whole
from backorder.fulfilment.refusal import refuse
from backorder.fulfilment.selectors import find_touched_items
from backorder.orders.together import has_none_left
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write
from backorder.supply.models import Level, Movement
from backorder.supply.services import move

Units = list[tuple[Release, int]]
"""Releases, and how many units of each."""


@transaction.atomic
def pick(release: Release, quantity: int, cause: Cause) -> Entry:
    """Note that so many units of a release were taken from the shelf. Raises FulfilmentError."""
    release = lock_release(release)
    shipped = release.ends.filter(how=SHIPPED).aggregate(units=Sum("quantity"))["units"] or 0
    left = release.quantity_open - max(
        0, release.quantity_picked - shipped
    )  # what was put back was not picked yet
    refuse(
        not 0 < quantity <= left, f"{name_release(release)}: {left} units are to be picked, not {quantity}"
    )
    entry = write(cause, "release.picked", list_subjects([release]), list_facts([(release, quantity)]))
    Pick.objects.create(release=release, quantity=quantity, entry=entry)
    return entry


def take_back(release: Release, quantity: int, cause: Cause) -> Decision | None:
    """Put units of a release back into stock: they are the line's again, and it is decided again. Raises FulfilmentError.

    What could not leave without them is taken back with them.
    """
    touched = partial(find_touched_items, [release.line.order_id])
    return decide_after(touched, lambda: put_back(release, quantity, cause))


def put_back(release: Release, quantity: int, cause: Cause) -> Entry:
    """End units of a release as put back, and those that cannot leave without them."""
    release = lock_release(release)
    refuse_quantity(release, quantity)
    ended = [(release, quantity), *list_stranded(release, quantity)]
    releases = [one for one, _ in ended]
    entry = write(cause, "release.returned", list_subjects(releases), list_facts(ended))
    end_units(ended, RETURNED, entry)
    give_back(ended, cause)
    return entry


def short_ship(
    release: Release, quantity: int, cause: Cause, lost: Mapping[int, int] | None = None
) -> Decision | None:
    """Note that units of a release were not found: they are counted off, and the line is decided again. Raises FulfilmentError.

    Of a kit, `lost` says how many units of which item (by id) are missing; its other components go back into stock. So does
    what cannot leave without the missing units.
    """
    touched = partial(find_touched_items, [release.line.order_id])
    return decide_after(touched, lambda: count_off(release, quantity, cause, lost))


def count_off(release: Release, quantity: int, cause: Cause, lost: Mapping[int, int] | None) -> Entry:
    """End units of a release as short, and move what is missing out of stock."""
    release = lock_release(release)
    refuse_quantity(release, quantity)
    refuse(not cause.why, f"{name_release(release)}: say why the units are missing")
    parts = list(release.parts.select_related("level__item", "level__location").order_by("level_id"))
    most = {part.level.item_id: part.per_unit * quantity for part in parts}
    if lost is None:
        refuse(
            set(most) != {release.line.item_id},
            f"{name_release(release)} is made up of several items: say how many of which are missing",
        )
        lost = most
    for item, units in lost.items():
        refuse(
            not 0 < units <= most.get(item, 0),
            f"{name_release(release)}: of {quantity} units {most.get(item, 0)} of this component can be missing, not {units}",
        )
    refuse(not lost, f"{name_release(release)}: if nothing is missing, take it back")
    back = list_stranded(release, quantity)
    facts = {**list_facts([(release, quantity)]), "returned": list_facts(back)["lines"]}
    entry = write(cause, "release.short", list_subjects([release, *(one for one, _ in back)]), facts)
    end_units([(release, quantity)], SHORT, entry)
    end_units(back, RETURNED, entry)
    give_back(back, cause)
    missing = {part.level: lost.get(part.level.item_id, 0) for part in parts}
    move(*take_out({level: units for level, units in missing.items() if units}, "adjustment", entry))
    return entry


def list_stranded(release: Release, quantity: int) -> Units:
    """List the units that may not leave once so many of a release stay.

    These are the rest of a complete order, of its set, of a whole line, of what is below its minimum; and of what was handed over
    with it, if its order may not leave once more. What comes back for their sake strands others likewise.
    """
    order = release.line.order
    rows = Release.objects.filter(line__order=order, quantity_open__gt=0).order_by("pk")
    rows = rows.select_related("line__order", "line__item", "location")
    out = list(rows.select_for_update(of=("self",), no_key=True))
    back = [(release, quantity)]
    while True:
        came = Counter[int]()
        for one, units in back:
            came[one.pk] += units
        left = [(one, one.quantity_open - came[one.pk]) for one in out]
        rest = Counter[tuple[int, int]]()
        for one, units in left:
            rest[name_parcel(one)] += units
        torn = {bond for one, _ in back for bond in name_bonds(one, rest[name_parcel(one)])}
        more = [
            (one, units)
            for one, units in left
            if units and not torn.isdisjoint(name_bonds(one, rest[name_parcel(one)]))
        ]
        if not more:
            return back[1:]
        back += more


def name_bonds(release: Release, rest: int) -> set[tuple[str, object]]:
    """Name with what the units of a release leave or stay; `rest`: the units of its line that may still leave in one parcel."""
    line, order = release.line, release.line.order
    bonds: set[tuple[str, object]] = set()
    if order.ship_policy == "complete":
        bonds.add(("order", order.pk))
    if line.ship_set:
        bonds.add(("set", line.ship_set))
    if has_none_left(order):
        bonds.add(("hand-over", release.entry_id))
    if goes_whole(line):
        bonds.add(("line", line.pk))
    elif rest < min(line.minimum_quantity, line.quantity_open):
        bonds.add(("parcel", name_parcel(release)))
    return bonds


def name_parcel(release: Release) -> tuple[int, int]:
    """Name the units of a line that may leave together: all that the warehouse has, or with a limit what was released at one time."""
    line = release.line
    return line.pk, release.entry_id if line.order.most_shipments is not None else 0


def end_units(units: Iterable[tuple[Release, int]], how: str, entry: Entry) -> None:
    """Write that units of releases are no longer the warehouse's."""
    ReleaseEnd.objects.bulk_create(
        ReleaseEnd(release=release, quantity=quantity, how=how, entry=entry) for release, quantity in units
    )


def take_out(units: Mapping[Level, int], kind: str, entry: Entry) -> list[Movement]:
    """Build the movements that take units out of levels."""
    return [
        Movement(
            item=level.item,
            location=level.location,
            status=level.status,
            kind=kind,
            quantity=-quantity,
            entry=entry,
        )
        for level, quantity in units.items()
    ]


def give_back(units: Units, cause: Cause) -> None:
    """Allocate what came back to the lines that had it, so that the next decision knows whose it was."""
    came = {release.pk: (release.line_id, quantity) for release, quantity in units}
    back = Counter[tuple[int, int]]()
    for part in ReleasePart.objects.filter(release__in=came).order_by("id"):
        line, quantity = came[part.release_id]
        back[line, part.level_id] += part.per_unit * quantity
    held = Allocation.objects.filter(line__in={line for line, _ in back}, ships_on=cause.day)
    more = [allocation for allocation in held if (allocation.line_id, allocation.level_id or 0) in back]
    for allocation in more:
        allocation.quantity += back.pop((allocation.line_id, allocation.level_id or 0))
    Allocation.objects.bulk_update(more, ["quantity"])
    Allocation.objects.bulk_create(
        Allocation(line_id=line, level_id=level, ships_on=cause.day, quantity=quantity)
        for (line, level), quantity in back.items()
    )


def lock_release(release: Release) -> Release:
    """Read a release so that nobody else changes it before this transaction ends."""
    return lock_releases([release])[0]


def lock_releases(releases: Iterable[Release]) -> list[Release]:
    """Read releases, by id, so that nobody else changes them before this transaction ends."""
    rows = Release.objects.select_for_update(of=("self",), no_key=True)
    rows = rows.select_related("line__order", "line__item", "location")
    return list(rows.filter(pk__in={release.pk for release in releases}).order_by("pk"))


def refuse_quantity(release: Release, quantity: int) -> None:
    """Raise FulfilmentError for more units than a release has open, or none."""
    refuse(
        not 0 < quantity <= release.quantity_open,
        f"{name_release(release)}: {release.quantity_open} units are with the warehouse, not {quantity}",
    )


def name_release(release: Release) -> str:
    """Name a release for people."""
    return f"order {release.line.order.number} line {release.line.number} at {release.location.code}"


def list_subjects(releases: Iterable[Release]) -> list[tuple[str, str]]:
    """Name what an entry on releases is about."""
    return [
        subject
        for release in releases
        for subject in (
            ("order", release.line.order.number),
            ("item", release.line.item.sku),
            ("location", release.location.code),
        )
    ]


def list_facts(units: Iterable[tuple[Release, int]]) -> dict[str, object]:
    """Say how many units of which releases."""
    return {
        "lines": [
            {
                "order": release.line.order.number,
                "line": release.line.number,
                "quantity": quantity,
                "location": release.location.code,
            }
            for release, quantity in units
        ]
    }
