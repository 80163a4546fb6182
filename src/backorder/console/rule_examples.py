"""Rules that planners ask for, as they are written in a policy: shown beside the form that tries one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """What is wanted, and how it is written."""

    said: str
    text: str


EXAMPLES = (
    Example("Packing takes two days.", "handling_days = 2"),
    Example(
        "Who ordered first is served first, whatever day they want.",
        '[rank]\nkeys = ["priority", "ordered_at"]',
    ),
    Example(
        "Contract customers lose nothing they have, and gain before others.",
        '[[segment]]\nname = "contracts"\nwhere = { customer_class = ["contract"] }\nstrategy = "gain"',
    ),
    Example(
        "What was promised stays promised, and at most 50 lines may get worse at once.",
        '[promises]\nkeep = "always"\nmax_lines_worsened = 50',
    ),
)
