"""What the sample shop sells and where: items, kits, substitutes, places, closed days. All invented."""

from __future__ import annotations

from datetime import date, timedelta

Rows = list[dict[str, str | int]]

PACKED_BELOW = 20
MONDAY, SUNDAY = 1, 7
RANGES = (
    ("TNT", "tent", ("Fern 1", "Fern 2", "Moor 2", "Moor 3", "Ridge 2", "Ridge 4"), 149),
    ("BAG", "sleeping bag", ("Dune light", "Dune", "Tarn", "Tarn long", "Frost", "Frost long"), 79),
    ("MAT", "sleeping mat", ("Reed", "Reed wide", "Slate", "Slate wide", "Cloud"), 39),
    ("STV", "stove", ("Spark", "Spark duo", "Ember", "Ember gas", "Kiln"), 45),
    ("POT", "pot", ("0.8 l", "1.2 l", "1.8 l", "2.5 l", "lid", "handle"), 14),
    ("LMP", "lamp", ("Glow", "Glow mini", "Beam", "Beam pro", "Lantern"), 25),
    ("PCK", "rucksack", ("Day 18", "Day 24", "Trek 45", "Trek 65", "Child 12"), 69),
    ("BTL", "bottle", ("0.5 l", "0.75 l", "1 l", "steel 0.5 l", "steel 1 l"), 12),
    ("FLT", "water filter", ("straw", "pump", "bag", "cartridge"), 29),
    ("KNF", "knife", ("fold 6", "fold 8", "bread", "spoon set"), 19),
    ("RPE", "rope", ("5 m", "10 m", "peg set", "repair tape", "guy line"), 9),
)
KITS = (
    ("KIT-1", "Weekend kitchen", (("STV-2", 1), ("POT-2", 1), ("KNF-4", 2))),
    ("KIT-2", "First night out", (("TNT-2", 1), ("BAG-2", 2), ("MAT-1", 2))),
    ("KIT-3", "Water for two", (("FLT-3", 1), ("BTL-3", 2))),
    ("KIT-4", "Repair and light", (("RPE-4", 1), ("RPE-5", 2), ("LMP-2", 1))),
)
SUBSTITUTES = (
    ("TNT-1", "TNT-2", "successor", 1),
    ("TNT-3", "TNT-4", "variant", 1),
    ("BAG-1", "BAG-2", "equivalent", 1),
    ("BAG-3", "BAG-4", "variant", 1),
    ("BAG-5", "BAG-6", "variant", 1),
    ("MAT-1", "MAT-2", "variant", 1),
    ("STV-1", "STV-2", "successor", 1),
    ("POT-4", "POT-2", "bundle", 2),
    ("LMP-1", "LMP-3", "equivalent", 1),
    ("PCK-4", "PCK-3", "equivalent", 1),
    ("BTL-3", "BTL-1", "bundle", 2),
    ("BTL-4", "BTL-4", "other location", 1),
    ("FLT-2", "FLT-1", "equivalent", 1),
    ("RPE-2", "RPE-1", "bundle", 2),
    ("MAT-3", "MAT-3", "other location", 1),
)
LOCATIONS = (("main", "", 1), ("shop", "main", 2), ("outlet", "", 3))
HOLIDAYS = (date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1))


def describe_catalogue(as_of: date) -> dict[str, Rows]:
    """Describe the tables that do not change from week to week."""
    return {
        "items": describe_items(),
        "locations": [{"location": name, "parent": parent, "rank": rank} for name, parent, rank in LOCATIONS],
        "kits": [
            {"sku": kit, "component": component, "quantity": quantity}
            for kit, _, components in KITS
            for component, quantity in components
        ],
        "substitutes": [
            {"sku": sku, "substitute": substitute, "kind": kind, "ratio": ratio}
            for sku, substitute, kind, ratio in SUBSTITUTES
        ],
        "calendar": describe_closed_days(as_of),
    }


def describe_items() -> Rows:
    """Describe the items, the dearer the further down their range, then the kits."""
    items: Rows = [
        {
            "sku": f"{code}-{number}",
            "description": f"{kind.capitalize()} {name}",
            "price": f"{base + 7 * (number - 1)}.{90 + number % 2 * 5}",
            "pack_size": 6 if base < PACKED_BELOW else 1,
        }
        for code, kind, names, base in RANGES
        for number, name in enumerate(names, 1)
    ]
    price = {str(item["sku"]): int(str(item["price"]).partition(".")[0]) for item in items}
    for kit, name, components in KITS:
        whole = sum(price[sku] * quantity for sku, quantity in components)
        items.append({"sku": kit, "description": name, "price": f"{whole * 9 // 10}.00", "pack_size": 1})
    return items


def weigh_popularity(items: Rows) -> list[int]:
    """Weigh how often each item is asked and bought in: few are asked by many."""
    return [1 + 12 // (1 + position % 15) for position in range(len(items))]


def describe_closed_days(as_of: date) -> Rows:
    """Close all places on Sundays and holidays, and the outlet on Mondays too, for a quarter of a year."""
    days = [as_of + timedelta(days=number) for number in range(92)]
    closed: Rows = []
    for day in days:
        if day.isoweekday() == SUNDAY or day in HOLIDAYS:
            closed.append({"closed_on": day.isoformat(), "location": ""})
        elif day.isoweekday() == MONDAY:
            closed.append({"closed_on": day.isoformat(), "location": "outlet"})
    return closed
