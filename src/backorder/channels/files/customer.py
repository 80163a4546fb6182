"""An explanation in words for the customer.

They are made from the customer's own line, but for two things: roughly how many orders wait for the item, and what its next
delivery brings. No other order, customer, rank or supplier is named.
"""

from __future__ import annotations

from typing import Any

from backorder.channels.files.voices import Values, say_day, say_outcome

BAND = 10
NEXT = 4
"""So many stand close enough to the front to be among the next."""
OWN_CHOICE = {
    "WAITS_FOR_COMPANION": "If it could ship in parts",
    "MINIMUM_QUANTITY": "If you accept smaller shipments",
    "NOT_BEFORE_NEEDED_BY": "If you can wait longer",
}
TO_CUSTOMER = {
    "INBOUND": "We are waiting for a delivery.",
    "AFTER_HIGHER_RANK": "Other orders for this item are served before yours.",
    "NO_SUPPLY": "We do not know yet when more will arrive.",
    "NOT_BEFORE_NEEDED_BY": "More arrives only after the day by which you need it.",
    "WAITS_FOR_COMPANION": "It ships all at once, and a part of that arrives later.",
    "KIT_COMPONENT": "A component of it arrives later.",
    "MINIMUM_QUANTITY": "It ships once enough has arrived for one shipment.",
}
OF_A_SHORT_LINE = {
    "KIT_COMPONENT": "A component of it is missing.",
    "WAITS_FOR_COMPANION": "It ships all at once, and a part of that is missing.",
}
SET_ASIDE = "What is here or arrives earlier is set aside."
NOT_ENOUGH = "What is here and on its way is not enough for all of it."
STOCK_ONLY = "You asked for what is in stock, and that is taken."


def for_customer(known: Values) -> dict[str, Any]:
    """List what a customer may know: the own line, its days, a rough place, and what comes next."""
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
        "why": "" if known["in_time"] else say_why(known),
        "place": say_place(known),
        "next_delivery": None if known["in_time"] else known["next_delivery"],
        "choices": own,
    }


def list_shipments(known: Values) -> list[dict[str, Any]]:
    """List days and units; of a set of several days only the last, for its parts are counted apart."""
    pegs = known["covered_by"]
    if any(peg["sku"] != known["sku"] for peg in pegs):
        days = sorted({peg["ships_on"] for peg in pegs})
        name = "ships_on" if len(days) == 1 else "ships_by"
        return [{name: days[-1], "quantity": known["quantity"] - known["unallocated"]}]
    by_day: dict[str, int] = {}
    for peg in pegs:
        by_day[peg["ships_on"]] = by_day.get(peg["ships_on"], 0) + peg["quantity"]
    return [{"ships_on": day, "quantity": quantity} for day, quantity in sorted(by_day.items())]


def say_why(known: Values) -> str:
    """Say why a customer waits."""
    if known["unallocated"]:
        too_little = known["reason"] == "NO_SUPPLY" and known["next_delivery"]
        if known["commitment"] == "on_hand_only" and (too_little or known["reason"] == "COMMITTED"):
            return STOCK_ONLY
        if too_little:
            return NOT_ENOUGH
        if known["reason"] in OF_A_SHORT_LINE:
            return OF_A_SHORT_LINE[known["reason"]]
    return TO_CUSTOMER.get(known["reason"], SET_ASIDE)


def say_place(known: Values) -> str:
    """Say roughly where in the queue a waiting line stands; blank if it does not wait or has no place."""
    if known["in_time"] or not known["rank"]:
        return ""
    place = known["lines_ahead"] + 1
    if place <= NEXT:
        return "one of the next"
    return f"about {round_off(place):,}th of {round_off(known['lines_of_item']):,} in line"


def round_off(number: int) -> int:
    """Round to tens, and large numbers to two digits: nobody learns exactly how many others there are."""
    unit = max(BAND, int("1".ljust(len(str(number)) - 1, "0")))
    return (number + unit // 2) // unit * unit


def say_shipment(part: Values) -> str:
    """Say how many ship when."""
    when = f"by {say_day(part['ships_by'])}" if "ships_by" in part else f"on {say_day(part['ships_on'])}"
    return f"{part['quantity']:,} will ship {when}."


def say_to_customer(known: Values) -> list[str]:
    """Say kindly and plainly what a customer may know."""
    seen = for_customer(known)
    told = [
        f"{seen['quantity']:,} of {seen['sku']} still to ship, asked for {say_day(seen['requested_on'])}."
    ]
    told += [say_shipment(part) for part in seen["shipments"]]
    if seen["unallocated"]:
        part = f" for {seen['unallocated']:,} of them" if seen["shipments"] else ""
        told.append(f"We are sorry: we have no date yet{part}.")
    elif not seen["in_time"]:
        told.append("We are sorry that it is later than you asked.")
    if seen["why"]:
        told.append(seen["why"])
    if seen["place"]:
        told.append(f"Among the orders for this item, yours is {seen['place']}.")
    if coming := seen["next_delivery"]:
        told.append(f"The next delivery brings {coming['quantity']:,} on {say_day(coming['on'])}.")
    for choice in seen["choices"]:
        told.append(f"{OWN_CHOICE[choice['constraint']]}, {say_outcome(choice, seen['unallocated'])}.")
    return told
