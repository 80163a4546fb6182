"""Who orders in the sample shop: 400 open lines of invented customers over the last ten weeks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

from backorder.channels.files.sample.catalogue import weigh_popularity
from backorder.channels.files.sample.chance import happens

Rows = list[dict[str, str | int]]

LINES = 400
COMPANIES = (
    ("Larkmoor Outfitters", "contract", "dealer"),
    ("Tidewrack Camping", "", "dealer"),
    ("Windrow Leisure", "", "dealer"),
    ("Copperleaf Stores", "", "dealer"),
    ("Old Quarry Scouts", "club", "web"),
    ("Brackenfold Hire", "contract", "web"),
    ("Northlight Trails", "", "dealer"),
    ("Saltmarsh School", "tender", "dealer"),
    ("Pinewhistle Events", "unpaid", "web"),
    ("Cloudberry Lodge", "contract", "shop"),
    ("Fellrunner Society", "club", "shop"),
    ("Greywater Supplies", "", "dealer"),
    ("Hollow Oak Market", "", "marketplace"),
    ("Kestrel Parcel Mall", "", "marketplace"),
)


def describe_orders(random: Random, tables: Mapping[str, Rows], as_of: date) -> Rows:
    """Describe the open lines: three in five of customers known by number only, the rest of companies."""
    skus = [str(item["sku"]) for item in tables["items"]]
    weights = weigh_popularity(tables["items"])
    lines: Rows = []
    number = 50_100
    while len(lines) < LINES:
        number += random.randint(1, 4)
        head = describe_head(random, as_of)
        size = min(random.choice((1, 1, 1, 2, 2, 3)), LINES - len(lines))
        chosen = random.choices(skus, weights, k=size)
        for line, sku in enumerate(chosen, 1):
            lines.append({"order": number, "line": line, "sku": sku, **head, **describe_line(random, head)})
    return lines


def describe_head(random: Random, as_of: date) -> dict[str, str | int]:
    """Describe what the lines of one order share."""
    if happens(random, 40):
        customer, customer_class, channel = random.choice(COMPANIES)
    else:
        customer = f"C-{random.randint(1000, 1400)}"
        customer_class, channel = (
            random.choice(("retail", "retail", "club")),
            random.choice(("web", "web", "shop")),
        )
    ordered_on = as_of - timedelta(days=int(random.triangular(0, 70, 3)))
    requested_on = ordered_on + timedelta(days=random.choice((0, 0, 0, 2, 7, 21, 45)))
    return {
        "ordered_at": f"{ordered_on}T{random.randint(6, 21):02}:{random.randint(0, 59):02}:00Z",
        "requested_on": requested_on.isoformat(),
        "needed_by": (requested_on + timedelta(days=30)).isoformat() if happens(random, 8) else "",
        "location": random.choice(
            ("shop", "main", "") if channel == "shop" else ("", "", "", "main", "outlet")
        ),
        "customer": customer,
        "customer_class": customer_class,
        "channel": channel,
        "priority": 10 if customer_class == "contract" and happens(random, 40) else 100,
        "ship_policy": "complete" if happens(random, 6) else "as_ready",
    }


def describe_line(random: Random, head: Mapping[str, str | int]) -> dict[str, str | int]:
    """Describe what is the line's own: how many, and whether it must ship together or in no small parts."""
    dealer = head["channel"] == "dealer"
    quantity = random.randint(4, 20) if dealer else random.choice((1, 1, 1, 1, 2, 2, 3, 5))
    together = head["ship_policy"] == "as_ready" and happens(random, 5)
    return {
        "quantity": quantity,
        "ship_policy": "line_complete" if together else str(head["ship_policy"]),
        "minimum_quantity": 4 if dealer and happens(random, 15) else 1,
        "commitment": "on_hand_only" if happens(random, 2) else "soft",
        "promised_on": "",
    }
