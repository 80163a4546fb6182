"""What came of a change that nothing is decided after, and the switches that stop what goes without a person."""

from __future__ import annotations

from pydantic import Field

from backorder.api.nouns import Act
from backorder.api.values import Flag, Reason, Sent, Shown
from backorder.outbox.models import Entry


class Noted(Shown):
    """What came of it."""

    changed: bool = Field(description="False if it was so already: nothing was written.")
    preview: bool = Field(description="True if it was only tried: nothing was written.")
    entry: int | None = Field(description="The number of its entry in the journal.")


class Stopped(Shown):
    """Whether somebody stopped what goes without a person."""

    stopped: bool = Field(description="Nothing of it goes until somebody lets it go on.")


class NewSwitch(Sent):
    """Stop at once what goes without a person, or let it go on."""

    stopped: Flag
    why: Reason = ""


def note(act: Act, entry: Entry | None) -> Noted:
    """Tell what came of a change; what was only tried has no entry."""
    return Noted(
        changed=entry is not None,
        preview=act.preview,
        entry=entry.pk if entry and not act.preview else None,
    )
