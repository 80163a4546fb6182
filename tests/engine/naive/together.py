"""Shipments with conditions: all on one day, or none smaller than the minimum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .needs import in_taking_order
from .shelf import Shelf
from .walk import days_of, take_by, walk
from .world import Line, Party

Asks = dict[Line, int]


def take_together(shelf: Shelf, party: Party, asks: Asks, target: int) -> None:
    """Take everything that is asked so that it can ship on one day, or nothing."""
    latest = min(line.needed_by for line in asks)
    days = sorted({day for line in asks for day in days_of(shelf, line) if day <= latest})
    for ready in days:
        trial = take_all_by(shelf, party, asks, ready)
        if trial is None:
            continue
        if shelf.world.policy.peg == "latest_in_time" and ready <= target:
            trial = take_all_by(shelf, party, asks, min(target, latest)) or trial
        shelf.become(trial)
        return


def take_all_by(shelf: Shelf, party: Party, asks: Asks, day: int) -> Shelf | None:
    """Take all from the latest supplies that ship by a day, line after line; None if one is not covered."""
    trial = shelf.copy()
    before = len(trial.pieces)
    for line in in_taking_order(shelf, party, asks):
        if take_by(trial, line, asks[line], day) < asks[line]:
            return None
    ship_together(trial, before)
    return trial


def ship_together(shelf: Shelf, before: int) -> None:
    """All pieces from that place on ship on the latest day of the units in them."""
    taken = shelf.pieces[before:]
    ships = max(supply.ships for piece in taken for supply, _ in piece.parts)
    shelf.pieces[before:] = [replace(piece, ships=ships) for piece in taken]


def take_with_minimum(shelf: Shelf, line: Line, want: int, target: int) -> bool:
    """Take units so that each shipment reaches the minimum; true if that changed what the walk gave."""
    least = min(line.minimum, shelf.open(line))
    before = len(shelf.pieces)
    walked = shelf.copy()
    walk(walked, line, want, target)
    days = days_of(shelf, line)
    can = [covered_by(shelf, line, want, day) for day in days]
    best = max(list_ways(days, can, least), key=lambda way: rank_way(days, way))
    by_day: dict[int, int] = {}
    for piece in walked.pieces[before:]:
        by_day[piece.ships] = by_day.get(piece.ships, 0) + piece.units
    if sum(by_day.values()) == sum(best) and all(units >= least for units in by_day.values()):
        shelf.become(walked)
        return False
    trial = shelf.copy()
    if not ship_on_days(trial, line, days, best):  # assembling early used up what later kits need
        trial = shelf.copy()
        at_once = [0] * len(days)
        at_once[max(place for place, units in enumerate(best) if units)] = sum(best)
        assert ship_on_days(trial, line, days, at_once), "so many can be there by that day"
    shelf.become(trial)
    return True


def ship_on_days(shelf: Shelf, line: Line, days: list[int], way: list[int]) -> bool:
    """Take so many units for a shipment on each day; false if there are fewer."""
    for day, units in zip(days, way, strict=True):
        start = len(shelf.pieces)
        if units and take_by(shelf, line, units, day) < units:
            return False
        shelf.pieces[start:] = [replace(piece, ships=day) for piece in shelf.pieces[start:]]
    return True


def covered_by(shelf: Shelf, line: Line, want: int, day: int) -> int:
    return take_by(shelf.copy(), line, want, day)


def list_ways(days: list[int], can: list[int], least: int) -> Iterator[list[int]]:
    """All ways to ship on some of the days, at least `least` each, with so many units there by each day."""

    def extend(way: list[int], total: int) -> Iterator[list[int]]:
        if len(way) == len(days):
            yield way
            return
        for units in (0, *range(least, can[len(way)] - total + 1)):
            yield from extend([*way, units], total + units)

    yield from extend([], 0)


def rank_way(days: list[int], way: list[int]) -> tuple[int, int, list[int]]:
    """Most units, then the earliest last day, then most on the first day, on the second, and so on."""
    last = max((day for day, units in zip(days, way, strict=True) if units), default=0)
    return sum(way), -last, way
