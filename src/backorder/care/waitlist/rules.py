"""The rules of the house by which customers on a waitlist are invited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from backorder.care.letters.arrangement import find_own_faults
from backorder.care.letters.speech import LANGUAGES
from backorder.care.post.rules import MODES, take_whole
from backorder.faults import not_one_of
from backorder.policy_text.section import Section

LONGEST_HOURS = 24 * 14
"""A hold keeps units from everybody else."""


@dataclass(frozen=True)
class Waitlist:
    """How customers are invited. `off`: nobody is. `shadow`: who would be is noted, and nobody is."""

    mode: str = "off"
    hold_hours: int = 48  # so long units are kept for whoever is invited
    part: bool = True  # who comes next is invited also to fewer units than wished for; else waits for all
    each_day: int = 100  # so many are invited each day
    paid_first: bool = True  # what is ordered by an invitation ships once it is paid
    notes: Mapping[str, str] = field(
        default_factory=dict
    )  # a paragraph of one's own in the letter, by language

    @property
    def holds_for(self) -> timedelta:
        """So long units are kept."""
        return timedelta(hours=self.hold_hours)


def read_waitlist(section: Section) -> Waitlist:
    """Take how customers are invited."""
    notes = section.section("note")
    found = Waitlist(
        mode=section.word("mode", MODES, "off"),
        hold_hours=section.whole("hold_hours", Waitlist.hold_hours, 1) or Waitlist.hold_hours,
        part=section.flag("part", default=Waitlist.part),
        each_day=take_whole(section, "each_day", Waitlist.each_day),
        paid_first=section.flag("paid_first", default=Waitlist.paid_first),
        notes={name: notes.text(name) for name in notes.names()},
    )
    if found.hold_hours > LONGEST_HOURS:
        section.fault(
            "hold_hours",
            f"{found.hold_hours:,} hours keep units from everybody else too long; name {LONGEST_HOURS} at most",
        )
    for language, text in found.notes.items():
        if language not in LANGUAGES:
            notes.fault(language, not_one_of(language, LANGUAGES))
        for fault in find_own_faults(text):
            notes.fault(language, fault)
    for each in (notes, section):
        each.finish()
    return found
