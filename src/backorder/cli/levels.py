"""The levels of a quantile as one types them: `0.5,0.8,0.9`."""

from __future__ import annotations

import re

import typer

LEVEL = re.compile(r"0?\.[0-9]{1,6}")


def read_levels(text: str) -> dict[str, float]:
    """Read levels parted by commas: by the name that was given, rising."""
    found: dict[str, float] = {}
    for name in (part.strip() for part in text.split(",")):
        level = float(name) if LEVEL.fullmatch(name) else 0.0
        if level <= 0.0:
            message = f"{name!r} is not a number above 0 and below 1, like 0.95, with at most six decimals"
            raise typer.BadParameter(message)
        if level in found.values():
            message = f"{name} is there twice"
            raise typer.BadParameter(message)
        found[name] = level
    return dict(sorted(found.items(), key=lambda entry: entry[1]))
