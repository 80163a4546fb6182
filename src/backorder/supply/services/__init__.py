"""Changes of stock and of what is coming. Each is one function, one transaction and one entry of the journal.

What decides afterwards who gets which unit stands above: these write facts.
"""

from backorder.supply.services.inbound import (
    Expected,
    Origin,
    Part,
    place_inbound,
    receive,
    split,
)
from backorder.supply.services.news import cancel_many, cancel_rest, expect, expect_many
from backorder.supply.services.refusals import SupplyError
from backorder.supply.services.stock import adjust, change_status, count, move, open_levels

__all__ = [
    "Expected",
    "Origin",
    "Part",
    "SupplyError",
    "adjust",
    "cancel_many",
    "cancel_rest",
    "change_status",
    "count",
    "expect",
    "expect_many",
    "move",
    "open_levels",
    "place_inbound",
    "receive",
    "split",
]
