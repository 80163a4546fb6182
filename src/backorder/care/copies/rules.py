"""The rules of the house by which messages go by other ways than mail."""

from __future__ import annotations

from dataclasses import dataclass

from backorder.care.post.rules import KINDS, RECEIPTS
from backorder.faults import not_one_of
from backorder.policy_text.section import Section

TEXTED = {**KINDS, **RECEIPTS}
"""What may be told by text."""


class WayError(Exception):
    """A message was not taken. `for_good`: nor will it be. `is_wrong`: to where it went there is nobody."""

    def __init__(self, said: str, *, for_good: bool = False, is_wrong: bool = False) -> None:
        super().__init__(said)
        self.for_good = for_good
        self.is_wrong = is_wrong


@dataclass(frozen=True)
class Texts:
    """What goes by text to who agreed: beside a mail, and instead of one that did not arrive."""

    kinds: tuple[str, ...] = ()
    when_mail_fails: bool = True


def read_texts(section: Section) -> Texts:
    """Take what goes by text."""
    found = section.texts("kinds") or ()
    for name in found:
        if name not in TEXTED:
            section.fault("kinds", not_one_of(name, tuple(TEXTED)))
    instead = section.flag("when_mail_fails", default=True)
    section.finish()
    return Texts(tuple(dict.fromkeys(found)), instead)
