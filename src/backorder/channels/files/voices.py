"""An explanation as values for machines, and in the words of a planner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.channels.files.sentences import day_text, iso_day, read_iso_day, write_sentences
from backorder.channels.files.snapshot import Facts
from backorder.engine.allocation import Alternative, Explanation, Plan, Policy
from backorder.engine.allocation.policy import STRATEGIES
from backorder.engine.allocation.seating.days import available_days
from backorder.engine.allocation.seating.places import Places, tour_places
from backorder.engine.allocation.snapshot import COMMITMENTS, MILLION, Snapshot

Values = Mapping[str, Any]
LIFTED = {
    "AFTER_HIGHER_RANK": "if it were served first",
    "PROMISE_OF_OTHERS": "if no promise to others had to be kept",
    "FLOOR_OF_OTHERS": "without the floors of guaranteed groups",
    "CEILING": "without ceilings",
    "WAITS_FOR_COMPANION": "if it could ship in parts",
    "MINIMUM_QUANTITY": "without its minimum quantity",
    "NOT_BEFORE_NEEDED_BY": "if it could ship after the day by which it is needed",
    "COMMITTED": "if no line were committed",
    "FROZEN": "without frozen days",
    "STRATEGY": "without the strategies of segments",
    "KIT_COMPONENT": "if as many more were on hand today",
    "NO_SUPPLY": "if as many more were on hand today",
    "INBOUND": "if as many more were on hand today",
}


def describe(facts: Facts, plan: Plan, policy: Policy, found: Explanation) -> dict[str, Any]:
    """List all that is known of a line, by names."""
    lines, got, names, row = facts.snapshot.lines, plan.lines, facts.names, found.line
    place = int(lines.location[row])
    segment = int(got.segment[row])
    available_on, places = available_days(facts.snapshot, policy), tour_places(facts.snapshot.locations)
    return {
        "order": names.order[row],
        "line": names.line[row],
        "sku": names.sku[int(lines.item[row])],
        "quantity": int(lines.quantity[row]),
        "location": "" if place < 0 else names.location[place],
        "requested_on": iso_day(int(lines.requested_on[row])),
        "needed_by": iso_day(int(lines.needed_by[row])),
        "promised_on": iso_day(found.promised_on),
        "unallocated": found.unallocated,
        "in_time": bool(got.in_time[row]),
        "reason": found.reason.name,
        "reason_text": write_sentences(facts, plan, np.array([row]))[0],
        "commitment": COMMITMENTS[int(lines.commitment[row])],
        "covered_by": [describe_peg(facts, peg, available_on) for peg in found.pegs],
        "rank": found.rank,
        "ranked": found.ranked,
        "segment": policy.segments[segment].name if segment >= 0 else "",
        "strategy": STRATEGIES[int(got.strategy[row])],
        "units_ahead": found.units_ahead,
        "lines_ahead": found.lines_ahead,
        "lines_of_item": int(((got.rank > 0) & find_rivals(facts.snapshot, places, row)).sum()),
        "next_delivery": find_next_delivery(facts.snapshot, places, available_on, row),
        "ahead": [{"order": names.order[other], "line": names.line[other]} for other in found.ahead],
        "binding": None if found.binding is None else describe_alternative(found.binding),
        "would_change": [describe_alternative(other) for other in found.alternatives],
        "score": [{"term": term, "points": millionths / MILLION} for term, millionths in found.score],
    }


def are_inside(places: Places, inner: NDArray[Any] | int, outer: NDArray[Any] | int) -> NDArray[np.bool_]:
    """Mark where one place is the other, or inside it."""
    at = places.tour[inner]
    inside: NDArray[np.bool_] = (places.tour[outer] <= at) & (at < places.tour_end[outer])
    return inside


def find_rivals(snapshot: Snapshot, places: Places, row: int) -> NDArray[np.bool_]:
    """Mark the lines, its own too, that ask for the item of a line where one place is inside the other, as `lines_ahead` counts."""
    lines, place = snapshot.lines, int(snapshot.lines.location[row])
    meets = are_inside(places, lines.location, place) | are_inside(places, place, lines.location)
    meets &= lines.item == lines.item[row]
    return meets


def find_next_delivery(
    snapshot: Snapshot, places: Places, available_on: NDArray[np.int64], row: int
) -> dict[str, Any] | None:
    """Find what comes next of the item of a line to its place: all units of the first day; None if nothing is on its way."""
    supplies = snapshot.supplies
    comes = supplies.inbound & (supplies.item == snapshot.lines.item[row]) & (supplies.quantity > 0)
    comes &= are_inside(places, supplies.location, int(snapshot.lines.location[row]))
    if not comes.any():
        return None
    first = available_on[comes].min()
    units = supplies.quantity[comes & (available_on == first)].sum()
    return {"on": iso_day(int(first)), "quantity": int(units)}


def describe_peg(facts: Facts, peg: tuple[int, int, int], available_on: NDArray[np.int64]) -> dict[str, Any]:
    """List units of one supply."""
    supply, quantity, ships_on = peg
    supplies, names = facts.snapshot.supplies, facts.names
    return {
        "sku": names.sku[int(supplies.item[supply])],
        "location": names.location[int(supplies.location[supply])],
        "inbound": names.inbound[supply],
        "inbound_line": names.inbound_line[supply],
        "quantity": quantity,
        "available_on": iso_day(int(available_on[supply])),
        "ships_on": iso_day(ships_on),
    }


def describe_alternative(other: Alternative) -> dict[str, Any]:
    """List what would be without a constraint."""
    return {
        "constraint": other.constraint.name,
        "promised_on": iso_day(other.promised_on),
        "unallocated": other.unallocated,
    }


def say_day(text: str) -> str:
    """Say a day that was listed."""
    return day_text(read_iso_day(text))


def say_outcome(other: Values, unallocated: int) -> str:
    """Say what would be, where so many have no supply now."""
    short, more = other["unallocated"], unallocated - other["unallocated"]
    if short and more > 0:
        return f"{more:,} more would ship, and the other {short:,} would still have no supply"
    if short:
        return f"{short:,} would {'still ' if more == 0 else ''}have no supply"
    return f"all of it would ship by {say_day(other['promised_on'])}"


def say_to_planner(known: Values) -> list[str]:
    """Say everything."""
    name = f"Order {known['order']} line {known['line']}"
    place = f" at {known['location']}" if known["location"] else ""
    told = [
        f"{name}: {known['quantity']:,} of {known['sku']}{place}, wanted {say_day(known['requested_on'])}.",
        f"{known['reason']}: {known['reason_text']}",
    ]
    told += [f"  covered: {say_peg(peg)}" for peg in known["covered_by"]]
    if known["unallocated"]:
        told.append(f"  without supply: {known['unallocated']:,} of {known['quantity']:,}")
    rank = f"Rank {known['rank']:,} of {known['ranked']:,}" if known["rank"] else "Not ranked"
    segment = f"segment {known['segment']}, " if known["segment"] else ""
    told.append(f"{rank} ({segment}strategy {known['strategy']}).")
    if known["score"]:
        terms = " + ".join(f"{part['term']} {part['points']:g}" for part in known["score"])
        told.append(f"Score {sum(part['points'] for part in known['score']):g} = {terms}.")
    told.append(say_ahead(known))
    if known["ahead"]:
        holders = ", ".join(f"{other['order']} line {other['line']}" for other in known["ahead"])
        told.append(f"Units that would have helped are with {holders}.")
    if known["binding"]:
        told.append(say_binding(known))
    held = known["binding"]["constraint"] if known["binding"] else ""
    changes = {LIFTED[other["constraint"]]: other for other in reversed(known["would_change"])}
    changes.pop(LIFTED.get(held, ""), None)
    if changes:
        told.append("What else would change it:")
        told += [
            f"  {words}, {say_outcome(other, known['unallocated'])}"
            for words, other in reversed(changes.items())
        ]
    return told


def say_ahead(known: Values) -> str:
    """Say how much is ahead of a line."""
    if not known["lines_ahead"]:
        return "Nobody is ahead of it for this item."
    units, lines = count(known["units_ahead"], "unit"), count(known["lines_ahead"], "line")
    return f"Ahead of it for this item: {units} in {lines}."


def count(number: int, noun: str) -> str:
    """Say how many."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def say_binding(known: Values) -> str:
    """Say what holds a line back, and what would be without it; that may be no better while others hold it too."""
    binding = known["binding"]
    even = "" if binding in known["would_change"] else "even "
    lifted = LIFTED[binding["constraint"]]
    outcome = say_outcome(binding, known["unallocated"])
    return f"It is held back by {binding['constraint']}; {even}{lifted}, {outcome}."


def say_peg(peg: Values) -> str:
    """Say what covers units."""
    source = (
        f"{peg['inbound']} line {peg['inbound_line']}, expected {say_day(peg['available_on'])}"
        if peg["inbound"]
        else "stock"
    )
    what = f"{peg['quantity']:,} of {peg['sku']} from {source}, at {peg['location']}"
    return f"{what}, ships {say_day(peg['ships_on'])}"
