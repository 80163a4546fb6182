"""Why a line stands as it does, in words; by the names of the engine's reasons."""

from __future__ import annotations

WHY = {
    "ON_HAND": "",
    "INBOUND": "",
    "AFTER_HIGHER_RANK": "lines ahead of it are served first",
    "NO_SUPPLY": "",
    "NOT_BEFORE_NEEDED_BY": "more supply comes only after the day by which it is needed",
    "WAITS_FOR_COMPANION": "it ships whole or not at all",
    "KIT_COMPONENT": "the kit lacks a component",
    "MINIMUM_QUANTITY": "a shipment must reach its minimum quantity",
    "FLOOR_OF_OTHERS": "units are kept for a guaranteed group",
    "CEILING": "its group has reached its ceiling",
    "PROMISE_OF_OTHERS": "units keep promises to others",
    "FROZEN": "units are frozen for other lines",
    "COMMITTED": "committed units stay with their lines",
    "STRATEGY": "the strategy of its segment gives it nothing better",
    "SUPPLY_CHANGED": "its supply has changed",
    "CHURN_CAP": "",
}
"""The end of a sentence that says what happens to a line; blank where that says all."""

ALONE = {
    "ON_HAND": "it ships from stock",
    "INBOUND": "it waits for what is on the way",
    "NO_SUPPLY": "no known supply covers it",
    "CHURN_CAP": "so many lines may change at once, and no more",
}
"""What stands in the place of a blank where there is no such sentence."""


def say_reason(name: str) -> str:
    """Say a reason by itself."""
    return ALONE.get(name) or WHY.get(name) or name.lower().replace("_", " ")
