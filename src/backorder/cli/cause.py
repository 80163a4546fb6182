"""Who types a command, for the journal."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backorder.outbox.services import Cause


def name_user() -> str:
    """Name who runs the program; in a container the system may know no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"


def name_cause() -> Cause:
    """Name who types the command, now."""
    from django.utils import timezone  # noqa: PLC0415 - needs a database

    from backorder.outbox.services import Cause  # noqa: PLC0415

    return Cause(f"{name_user()} on the command line", timezone.now())
