"""How this room says no."""

from __future__ import annotations


class FulfilmentError(ValueError):
    """A change that the facts do not allow; the text says why, and what would help."""


def refuse(wrong: bool, message: str) -> None:  # noqa: FBT001 - what is wrong, then what to say
    """Raise FulfilmentError."""
    if wrong:
        raise FulfilmentError(message)
