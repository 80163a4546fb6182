"""An explanation as values for machines, and in the words of a planner or of a customer.

The customer's words are made from the customer's own line alone: no other order, customer, rank or supplier.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.channels.files.sentences import day_text, iso_day, read_iso_day, write_sentences
from backorder.channels.files.snapshot import Facts
from backorder.engine.allocation import Alternative, Explanation, Plan, Policy
from backorder.engine.allocation.days import available_days
from backorder.engine.allocation.policy import STRATEGIES
from backorder.engine.allocation.snapshot import MILLION

Values = Mapping[str, Any]
BAND = 10
LIFTED = {
    "AFTER_HIGHER_RANK": "if it were served first",
    "PROMISE_OF_OTHERS": "if no promise to others had to be kept",
    "FLOOR_OF_OTHERS": "without the floors of guaranteed groups",
    "CEILING": "without ceilings",
    "WAITS_FOR_COMPANION": "if the order could ship in parts",
    "MINIMUM_QUANTITY": "without its minimum quantity",
    "NOT_BEFORE_NEEDED_BY": "if it could ship after the day by which it is needed",
    "COMMITTED": "if no line were committed",
    "FROZEN": "without frozen days",
    "STRATEGY": "without the strategies of segments",
    "KIT_COMPONENT": "if its units were on hand today",
    "NO_SUPPLY": "if its units were on hand today",
    "INBOUND": "if its units were on hand today",
}
OWN_CHOICE = {
    "WAITS_FOR_COMPANION": "If you let the order ship in parts",
    "MINIMUM_QUANTITY": "If you accept smaller shipments",
    "NOT_BEFORE_NEEDED_BY": "If you can wait longer",
}
TO_CUSTOMER = {
    "INBOUND": "We are waiting for a delivery.",
    "AFTER_HIGHER_RANK": "Other orders for this item are served before yours.",
    "NO_SUPPLY": "We do not know yet when more will arrive.",
    "NOT_BEFORE_NEEDED_BY": "More arrives only after the day by which you need it.",
    "WAITS_FOR_COMPANION": "It ships together, and a part of it arrives later.",
    "KIT_COMPONENT": "A part of the set arrives later.",
    "MINIMUM_QUANTITY": "It ships once enough has arrived for one shipment.",
}
SET_ASIDE = "The units that are here or arrive before are set aside."


def describe(facts: Facts, plan: Plan, policy: Policy, found: Explanation) -> dict[str, Any]:
    """List all that is known of a line, by names."""
    lines, got, names, row = facts.snapshot.lines, plan.lines, facts.names, found.line
    place = int(lines.location[row])
    segment = int(got.segment[row])
    available_on = available_days(facts.snapshot, policy)
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
        "covered_by": [describe_peg(facts, peg, available_on) for peg in found.pegs],
        "rank": found.rank,
        "ranked": found.ranked,
        "segment": policy.segments[segment].name if segment >= 0 else "",
        "strategy": STRATEGIES[int(got.strategy[row])],
        "units_ahead": found.units_ahead,
        "lines_ahead": found.lines_ahead,
        "lines_of_item": int(((lines.item == lines.item[row]) & (got.rank > 0)).sum()),
        "ahead": [{"order": names.order[other], "line": names.line[other]} for other in found.ahead],
        "binding": None if found.without is None else describe_alternative(found.without),
        "would_change": [describe_alternative(other) for other in found.alternatives],
        "score": [{"term": term, "points": millionths / MILLION} for term, millionths in found.score],
    }


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


def say_outcome(other: Values, subject: str = "all of it") -> str:
    """Say what would be."""
    if other["unallocated"]:
        return f"{other['unallocated']:,} would still be without supply"
    return f"{subject} would ship by {say_day(other['promised_on'])}"


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
        told.append(f"  {known['unallocated']:,} of {known['quantity']:,} without supply")
    rank = f"Rank {known['rank']:,} of {known['ranked']:,}" if known["rank"] else "Not ranked"
    segment = f"segment {known['segment']}, " if known["segment"] else ""
    told.append(f"{rank} ({segment}strategy {known['strategy']}).")
    if known["score"]:
        terms = " + ".join(f"{part['term']} {part['points']:g}" for part in known["score"])
        told.append(f"Score {sum(part['points'] for part in known['score']):g} = {terms}.")
    told.append(
        f"Ahead of it for this item: {known['units_ahead']:,} units in {known['lines_ahead']:,} lines."
    )
    if known["ahead"]:
        holders = ", ".join(f"{other['order']} line {other['line']}" for other in known["ahead"])
        told.append(f"Units that would have helped are with {holders}.")
    if known["binding"]:
        told.append(
            f"It is held back by {known['reason']}; "
            f"{LIFTED[known['binding']['constraint']]}, {say_outcome(known['binding'])}."
        )
    held = known["binding"]["constraint"] if known["binding"] else ""
    changes = {LIFTED[other["constraint"]]: other for other in reversed(known["would_change"])}
    changes.pop(LIFTED.get(held, ""), None)
    if changes:
        told.append("What else would change it:")
        told += [f"  {words}, {say_outcome(other)}" for words, other in reversed(changes.items())]
    return told


def say_peg(peg: Values) -> str:
    """Say what covers units."""
    source = (
        f"{peg['inbound']} line {peg['inbound_line']}, expected {say_day(peg['available_on'])}"
        if peg["inbound"]
        else "stock"
    )
    what = f"{peg['quantity']:,} of {peg['sku']} from {source}, at {peg['location']}"
    return f"{what}, ships {say_day(peg['ships_on'])}"


def for_customer(known: Values) -> dict[str, Any]:
    """List what a customer may know: the own line, its days, and a rough place."""
    own = [other for other in known["would_change"] if other["constraint"] in OWN_CHOICE]
    return {
        **{
            name: known[name]
            for name in (
                "order",
                "line",
                "sku",
                "quantity",
                "requested_on",
                "promised_on",
                "unallocated",
                "in_time",
            )
        },
        "shipments": list_shipments(known),
        "why": "" if known["in_time"] else TO_CUSTOMER.get(known["reason"], SET_ASIDE),
        "place": say_place(known),
        "choices": own,
    }


def list_shipments(known: Values) -> list[dict[str, Any]]:
    """List days and units; of a set only its last day, for its parts are counted apart."""
    by_day: dict[str, int] = {}
    for peg in known["covered_by"]:
        if peg["sku"] != known["sku"]:
            last = max(other["ships_on"] for other in known["covered_by"])
            return [{"ships_on": last, "quantity": known["quantity"] - known["unallocated"]}]
        by_day[peg["ships_on"]] = by_day.get(peg["ships_on"], 0) + peg["quantity"]
    return [{"ships_on": day, "quantity": quantity} for day, quantity in sorted(by_day.items())]


def say_place(known: Values) -> str:
    """Say roughly where in the queue a waiting line stands; blank if it does not wait or has no place."""
    if known["in_time"] or not known["rank"]:
        return ""
    place, total = round_off(known["lines_ahead"] + 1), round_off(known["lines_of_item"])
    if place < BAND:
        return f"among the first {BAND}" if total > BAND else "among the first few"
    return f"about {ordinal(place)} of {max(place, total):,}"


def round_off(number: int) -> int:
    """Keep two digits."""
    unit = int("1".ljust(len(str(number)) - 1, "0"))
    return (number + unit // 2) // unit * unit


def ordinal(number: int) -> str:
    """Write 1st, 2nd, 3rd, 4th."""
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def say_to_customer(known: Values) -> list[str]:
    """Say kindly and plainly what a customer may know."""
    seen = for_customer(known)
    told = [
        f"{seen['quantity']:,} of {seen['sku']} still to ship, asked for {say_day(seen['requested_on'])}."
    ]
    told += [f"{part['quantity']:,} will ship on {say_day(part['ships_on'])}." for part in seen["shipments"]]
    if seen["unallocated"]:
        told.append(f"We are sorry: for {seen['unallocated']:,} of {seen['quantity']:,} we have no date yet.")
    elif not seen["in_time"]:
        told.append("We are sorry that it is later than you asked.")
    if seen["why"]:
        told.append(seen["why"])
    if seen["place"]:
        told.append(f"Among the orders for this item, yours is {seen['place']}.")
    for choice in seen["choices"]:
        told.append(f"{OWN_CHOICE[choice['constraint']]}, {say_outcome(choice)}.")
    return told
