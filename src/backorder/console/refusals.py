"""Why units were not sold, in words; by the codes of docs/reference/orders.md."""

from __future__ import annotations

WORDS = {
    "NOT_ON_HAND": "only what is on hand is sold, and no more is free",
    "CAP": "no more may wait for this item",
    "BEYOND_HORIZON": "what is on the way and free comes too late",
    "TOO_LONG_A_WAIT": "it would wait longer than is accepted",
    "TOGETHER": "it ships together with what is refused",
    "BELOW_MINIMUM": "less would be left than the fewest units that ship at once",
}


def say_why_refused(code: str) -> str:
    """Say why units were refused; a code without words is told by its name."""
    return WORDS.get(code) or code.lower().replace("_", " ")
