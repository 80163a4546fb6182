"""What the sample shop has and awaits, what it planned last week, and what has gone wrong since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from backorder.channels.files.sample.catalogue import weigh_popularity
from backorder.channels.files.sample.chance import happens

Rows = list[dict[str, str | int]]

WEEK = timedelta(days=7)
SUPPLIERS = ("Lowtide Works", "Anvil & Reed", "Far Shore Trading", "Mossgate Mill")


@dataclass
class Supply:
    """Units of one item at one place: on hand, or one inbound line. `free` is what last week's plan left."""

    sku: str
    location: str
    quantity: int
    free: int
    expected_on: date | None = None  # on hand if None
    inbound: int = 0
    line: int = 0
    supplier: str = ""


def describe_supply(random: Random, items: Rows, as_of: date) -> list[Supply]:
    """Describe last week's stock, and inbound as it was expected then."""
    supplies: list[Supply] = []
    skus, weights = [str(item["sku"]) for item in items], weigh_popularity(items)
    for sku in skus:
        kit = sku.startswith("KIT")
        for location, most in (("main", 2 if kit else 16), ("shop", 8), ("outlet", 5)):
            quantity = max(0, random.randint(-most // 2, most))
            supplies.append(Supply(sku, location, quantity, quantity))
    for number in range(7_301, 7_361):
        supplier, expected_on = random.choice(SUPPLIERS), as_of + timedelta(days=random.randint(-9, 40))
        chosen = random.choices(skus, weights, k=random.randint(1, 4))
        for line, sku in enumerate(dict.fromkeys(chosen), 1):
            quantity = random.choice((6, 12, 12, 18, 24))
            place = random.choice(("main", "main", "main", "shop", "outlet"))
            supplies.append(Supply(sku, place, quantity, quantity, expected_on, number, line, supplier))
    return supplies


def plan_last_week(random: Random, tables: Mapping[str, Rows], supplies: list[Supply], as_of: date) -> Rows:
    """Peg the lines of that time first come, first served, promise most of them that day, and commit some.

    This is what the shop did before it had a plan: a start for the comparison, no rule of ours.
    """
    parents = {str(row["location"]): str(row["parent"]) for row in tables["locations"]}
    kits = {str(row["sku"]) for row in tables["kits"]}
    queue = sorted(supplies, key=lambda one: one.expected_on or date.min)
    current: Rows = []
    for line in tables["orders"]:
        known = str(line["ordered_at"])[:10] <= (as_of - WEEK).isoformat()
        if not known or line["sku"] in kits or line["ship_policy"] != "as_ready":
            continue
        pegs = take(line, queue, parents, as_of)
        current += pegs
        if pegs:
            commit(random, line, pegs)
    return current


def take(line: Mapping[str, str | int], queue: list[Supply], parents: Mapping[str, str], as_of: date) -> Rows:
    """Take the first free units that the line can use."""
    wanted, pegs = int(line["quantity"]), []
    for one in queue:
        place = line["location"]
        usable = not place or place in (one.location, parents[one.location])
        if one.sku != line["sku"] or not usable or not one.free or not wanted:
            continue
        if one.expected_on and line["commitment"] == "on_hand_only":
            continue
        taken = min(wanted, one.free)
        one.free -= taken
        wanted -= taken
        day = max(one.expected_on or as_of, as_of)
        pegs.append(
            {
                "order": line["order"],
                "line": line["line"],
                "sku": one.sku,
                "location": one.location,
                "inbound": one.inbound or "",
                "inbound_line": one.line or "",
                "quantity": taken,
                "available_on": day.isoformat(),
                "ships_on": (day + timedelta(days=1)).isoformat(),
            }
        )
    return pegs


def commit(random: Random, line: dict[str, str | int], pegs: Rows) -> None:
    """Promise the line the day of its last unit, with two days in hand; reserve, fix or pick a few lines."""
    whole = sum(int(peg["quantity"]) for peg in pegs) == line["quantity"]
    if whole and happens(random, 80):
        last = date.fromisoformat(max(str(peg["ships_on"]) for peg in pegs))
        line["promised_on"] = (last + timedelta(days=2)).isoformat()
    if line["commitment"] == "soft":
        picked = whole and not any(peg["inbound"] for peg in pegs)
        choices = ("soft",) * 8 + (("locked",) if picked else ()) + ("firm", "reserved")
        line["commitment"] = random.choice(choices)


def disturb(random: Random, supplies: list[Supply], as_of: date) -> tuple[Rows, Rows]:
    """Let a week pass: deliveries came in part, slipped or were cancelled, and some counts were one short."""
    stock = {
        (one.sku, one.location): max(0, one.quantity - happens(random, 5))
        for one in supplies
        if one.expected_on is None
    }
    inbound: Rows = []
    for one in supplies:
        if one.expected_on is None:
            continue
        expected_on, quantity = one.expected_on, one.quantity
        (fate,) = random.choices(("on time", "late", "in part", "cancelled"), (60, 20, 17, 3))
        if fate == "in part" and expected_on < as_of + WEEK:  # the rest follows a week later
            came = quantity // 3
            stock[one.sku, one.location] += came
            quantity, expected_on = quantity - came, max(expected_on, as_of) + WEEK
        elif fate == "late":
            expected_on += timedelta(days=random.randint(3, 21))
        elif fate == "cancelled":
            continue
        inbound.append(
            {
                "inbound": one.inbound,
                "line": one.line,
                "sku": one.sku,
                "location": one.location,
                "quantity": quantity,
                "expected_on": expected_on.isoformat(),
                "supplier": one.supplier,
            }
        )
    rows: Rows = [
        {"sku": sku, "location": location, "on_hand": units, "status": "sellable"}
        for (sku, location), units in stock.items()
    ]
    rows += [
        {"sku": sku, "location": "outlet", "on_hand": random.randint(1, 3), "status": "damaged"}
        for sku in sorted({one.sku for one in supplies})[::9]
    ]
    return rows, inbound
