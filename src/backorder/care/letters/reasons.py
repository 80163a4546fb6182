"""Why units did not leave, and what is being done about it, as a customer is told: by what the plan says of their line."""

from __future__ import annotations

from collections.abc import Sequence

from backorder.care.letters.pieces import Piece
from backorder.care.letters.speech import mark

REASONS: dict[str, str] = {
    "INBOUND": mark("it comes with a delivery that is on its way to us"),
    "NO_SUPPLY": mark("we have none, and no delivery that would bring it is certain"),
    **dict.fromkeys(
        (
            "AFTER_HIGHER_RANK",
            "FLOOR_OF_OTHERS",
            "CEILING",
            "PROMISE_OF_OTHERS",
            "FROZEN",
            "COMMITTED",
            "STRATEGY",
        ),
        mark("what we have is set aside for orders that come before yours"),
    ),
    "SUPPLY_CHANGED": mark("a delivery to us was put off, or brought less"),
    "KIT_COMPONENT": mark("a part of it is missing"),
    "WAITS_FOR_COMPANION": mark("it ships together with what is not here yet"),
    "MINIMUM_QUANTITY": mark("there is too little of it for a shipment yet"),
    "NOT_BEFORE_NEEDED_BY": mark("more of it comes only after the day by which you need it"),
}
"""What a customer is told by the reason of the plan."""
TOO_FEW = mark("there is not enough for all who wait for it")
AT_HAND = mark("it is here, and is still being made ready to leave")
IN_TURN = mark(
    "What we do: we follow the delivery, and what comes in goes to those who wait before it is sold to anybody else."
)
NO_DAY_YET = mark(
    "What we do: what comes in goes to those who wait before it is sold to anybody else. "
    "Once a delivery is certain, we tell you the day."
)
LEAVES = mark("What we do: we make it ready, and it leaves on the day that stands here.")


def find_reason(piece: Piece) -> str:
    """Find why units did not leave. What the plan says of a line is about the last of its units: those before have a delivery."""
    if piece.at_hand:
        return AT_HAND
    standing = getattr(piece.line, "standing", None)
    reason = "NO_SUPPLY" if standing is None else standing.reason
    if reason == "NO_SUPPLY" and piece.ships_on is not None:
        return REASONS["INBOUND"]
    return REASONS.get(reason, TOO_FEW)


def find_steps(waiting: Sequence[Piece]) -> str:
    """Find what is being done about units that wait."""
    if all(piece.at_hand for piece in waiting):
        return LEAVES
    return NO_DAY_YET if any(piece.ships_on is None for piece in waiting) else IN_TURN
