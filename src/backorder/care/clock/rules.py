"""The rules of the house by which a law's silence, or its missed day, cancels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from backorder.care.post.rules import MODES, take_day, take_whole
from backorder.policy_text.section import Section


@dataclass(frozen=True)
class Cancelling:
    """What a law wants cancelled. `off`: a person does it. `shadow`: what a rule would cancel is marked, and a person does it."""

    mode: str = "off"
    since: date | None = None  # orders before are left to a person
    alone_each_day: int = (
        20  # orders; if more are due than are left of it, they wait for a person while there is time
    )


def read_cancelling(section: Section) -> Cancelling:
    """Take how what a law wants cancelled is cancelled."""
    found = Cancelling(
        mode=section.word("mode", MODES, "off"),
        since=take_day(section, "since"),
        alone_each_day=take_whole(section, "alone_each_day", Cancelling.alone_each_day),
    )
    if found.mode != "off" and found.since is None:
        section.fault(
            "since", "is missing: name the day from which on the customers of new orders are told from here"
        )
    section.finish()
    return found
