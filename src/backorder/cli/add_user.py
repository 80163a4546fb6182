"""How the first user is added: the command that reaches the database that is served."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

WORDS = ("user", "add", "NAME", "--role", "admin")


def write_add_user(data: Path) -> str:
    """Write the command as one would type it in any folder; a database named by DATABASE_URL has none of its own."""
    place = () if os.environ.get("DATABASE_URL") else ("--data", str(data.expanduser().absolute()))
    return shlex.join([*name_program(), *WORDS, *place])


def name_program() -> list[str]:
    """Name the program that runs as one would call it: by its name alone if that finds it."""
    called = Path(sys.argv[0]).absolute()
    if called.name == "__main__.py":
        return [sys.executable, "-m", "backorder"]
    found = shutil.which(called.name)
    return [called.name if found and Path(found).resolve() == called.resolve() else str(called)]


def tell_add_user() -> str:
    """Say how somebody is added who may sign in; blank once somebody was."""
    from django.conf import settings  # noqa: PLC0415 - needs a database

    from backorder.accounts.selectors import has_users  # noqa: PLC0415

    if has_users():
        return ""
    where = "" if settings.ADD_USER_NAMES_DATA else " (with the same DATABASE_URL)"
    return f"nobody may sign in yet; add somebody{where}: {settings.ADD_USER}"
