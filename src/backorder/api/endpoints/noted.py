"""What came of a change that nothing is decided after."""

from __future__ import annotations

from pydantic import Field

from backorder.api.nouns import Act
from backorder.api.values import Shown
from backorder.outbox.models import Entry


class Noted(Shown):
    """What came of it."""

    changed: bool = Field(description="False if it was so already: nothing was written.")
    preview: bool = Field(description="True if it was only tried: nothing was written.")
    entry: int | None = Field(description="The number of its entry in the journal.")


def note(act: Act, entry: Entry | None) -> Noted:
    """Tell what came of a change; what was only tried has no entry."""
    return Noted(
        changed=entry is not None,
        preview=act.preview,
        entry=entry.pk if entry and not act.preview else None,
    )
