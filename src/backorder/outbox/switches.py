"""What goes without a person can be stopped, each by its name. The journal says who did it last."""

from __future__ import annotations

from django.db import transaction

from backorder.outbox.models import Entry, Subject
from backorder.outbox.services import Cause, write

ALL = "all"


@transaction.atomic
def stop(name: str, cause: Cause, *, stopped: bool) -> Entry | None:
    """Stop all that goes by a name, or let it go on; None if that is so already."""
    if is_stopped(name) == stopped:
        return None
    return write(cause, f"{name}.stopped" if stopped else f"{name}.resumed", [(name, ALL)])


def is_stopped(name: str) -> bool:
    """Tell whether somebody stopped all that goes by a name."""
    said = Subject.objects.filter(kind=name, key=ALL).order_by("-entry").values_list("entry__what", flat=True)
    return said.first() == f"{name}.stopped"
