"""The rules of the house by which something else is offered to whoever waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from backorder.care.post.rules import MODES, take_whole
from backorder.policy_text.section import Section

PRICES = ("lower", "agreed", "own")
"""What is paid for what is taken instead: the lower of both prices, what was agreed for the line, or its own price."""
LONGEST_HOURS = 24 * 14
"""An offer keeps units from everybody else."""


@dataclass(frozen=True)
class Offering:
    """How something else is offered. The mode is that of offers which nobody makes: `off`: none. `shadow`: they are noted only."""

    mode: str = "off"
    price: str = "lower"  # of PRICES
    hours: int = 72  # so long it is kept for whoever is asked
    after_days: int = (
        1  # a line whose day is so much later than the first is offered something without a person
    )
    each_day: int = 50  # so many are made each day without a person
    kinds: tuple[str, ...] = ()  # of substitutes that are offered without a person; none: all

    @property
    def lasts(self) -> timedelta:
        """So long an offer stands."""
        return timedelta(hours=self.hours)


def read_offering(section: Section) -> Offering:
    """Take how something else is offered."""
    found = Offering(
        mode=section.word("mode", MODES, "off"),
        price=section.word("price", PRICES, "lower"),
        hours=section.whole("hours", Offering.hours, 1) or Offering.hours,
        after_days=section.whole("after_days", Offering.after_days, 1) or Offering.after_days,
        each_day=take_whole(section, "each_day", Offering.each_day),
        kinds=tuple(dict.fromkeys(section.texts("kinds") or ())),
    )
    if found.hours > LONGEST_HOURS:
        section.fault(
            "hours",
            f"{found.hours:,} hours keep units from everybody else too long; name {LONGEST_HOURS} at most",
        )
    section.finish()
    return found
