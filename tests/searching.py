"""How long property tests search whose examples take longer than those of others."""

from hypothesis import settings

SOAKING = settings.get_current_profile_name() == "soak"
EXAMPLES = settings().max_examples
IN_DATABASE = settings(max_examples=max(EXAMPLES // 10, 5))
"""Each example writes into a database, which takes a hundred times as long."""


def count_sequences(usually: int, share: int) -> int:
    """Count the sequences of events to play: a few in a run of all tests, and in a soak one for so many examples of others."""
    return max(EXAMPLES // share, usually) if SOAKING else usually
