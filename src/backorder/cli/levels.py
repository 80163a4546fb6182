"""What commands share that write quantiles of one file into another: the levels as one types them, and the file to write."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, cast

import typer
from typer.models import OptionInfo

LEVEL = re.compile(r"0?\.[0-9]{1,6}")
OutFile = Annotated[
    Path,
    typer.Option(
        "--out",
        metavar="FILE",
        help="What to write, .csv or .parquet; one that is there goes only with --force.",
    ),
]
ForceFile = Annotated[bool, typer.Option("--force", help="Replace the file that is there.")]


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


def option_of_levels(usual: str, told: str) -> OptionInfo:
    """Describe `--quantiles`: the usual levels, and what one means."""
    described = typer.Option(
        "--quantiles",
        metavar="LEVELS",
        parser=read_levels,
        default_factory=lambda: usual,
        show_default=usual,
        help=told,
    )
    return cast("OptionInfo", described)
