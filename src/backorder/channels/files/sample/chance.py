"""How often something happens in the sample shop."""

from __future__ import annotations

from random import Random


def happens(random: Random, percent: int) -> bool:
    """Draw whether something happens that does so in so many cases of a hundred."""
    return random.randrange(100) < percent
