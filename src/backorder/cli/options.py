"""The options that commands share, and how a date is written."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

FIRST_YEAR, LAST_YEAR = 1900, 2200
"""The years of files.md."""


def read_date(text: str) -> date:
    """Read a date as files write it."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            found = date.fromisoformat(text)
        except ValueError:
            message = f"{text!r} names a day that does not exist"
            raise typer.BadParameter(message) from None
        if FIRST_YEAR <= found.year <= LAST_YEAR:
            return found
        message = f"{text!r} is {f'before {FIRST_YEAR}' if found.year < FIRST_YEAR else f'after {LAST_YEAR}'}"
        raise typer.BadParameter(message)
    message = f"{text!r} is not a date like 2026-11-24"
    raise typer.BadParameter(message)


def today() -> str:
    """Name today's date in UTC."""
    return datetime.now(UTC).date().isoformat()


Folder = Annotated[
    Path, typer.Argument(metavar="DIR", help="The folder with orders, stock, inbound and the other tables.")
]
PolicyPath = Annotated[
    Path | None, typer.Option("--policy", metavar="FILE", help="The rules; without it, the defaults.")
]
AsOf = Annotated[
    date,
    typer.Option(
        "--as-of",
        metavar="DATE",
        parser=read_date,
        default_factory=today,
        show_default="today in UTC",
        help="The day of the decision.",
    ),
]
GivenAsOf = Annotated[
    date | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        parser=read_date,
        show_default="today in UTC",
        help="The day of the decision.",
    ),
]
"""None where it is not given."""
Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]
