"""What the law asks, as pages show it."""

from __future__ import annotations

from typing import Any

from backorder.care.judging import Asked
from backorder.care.words import STATES, say_actions, say_coming

ACUTE = ("late", "missed", "may_end", "refund_due")
"""States of a line in which somebody must do something."""


def describe_asked(asked: Asked) -> dict[str, Any]:
    """Describe what is asked of a line: where its units stand, what is to be done, what is to come."""
    return {
        "verdicts": [
            {
                "quantity": verdict.quantity,
                "badge": verdict.state.replace("_", " "),
                "state": STATES[verdict.state],
                "acute": verdict.state in ACUTE,
                "actions": list(say_actions(verdict)),
            }
            for verdict in asked.verdicts
        ],
        "coming": [(each.day, say_coming(each.what), ", ".join(each.citations)) for each in asked.coming],
        "crossed": len(asked.crossed),
    }
