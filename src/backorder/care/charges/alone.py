"""How charges go on without a person: by the rules of the house."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from backorder.care.house import read_house
from backorder.care.links import write_link
from backorder.payments.taking import Way, take_charges
from backorder.payments.watching import watch_held


def take_what_is_due(clock: Callable[[], datetime]) -> int:
    """Ask for what is to be charged, and look at what is held; gives of how much a provider was asked.

    What ends within a day is looked at first: so what is charged or let go is asked for at once. Who paid by a link comes back to the
    page of the order.
    """
    rules = read_house().charges
    watch_held(clock, rules)
    return take_charges(clock, Way(rules, write_link))
