"""Prints for people: tables with aligned columns, notes on standard error."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import typer


def print_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under a header; numbers stand to the right."""
    cells = [[f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row] for row in rows]
    right = [all(row[place].replace(",", "").isdigit() for row in cells) for place in range(len(header))]
    widths = [max(len(row[place]) for row in [list(header), *cells]) for place in range(len(header))]
    for row in [list(header), *cells]:
        padded = (
            cell.rjust(width) if end else cell.ljust(width)
            for cell, width, end in zip(row, widths, right, strict=True)
        )
        typer.echo("  ".join(padded).rstrip())


def note(lines: Iterable[str]) -> None:
    """Tell what is worth knowing and no fault."""
    for line in lines:
        typer.echo(line, err=True)


def hint_policy(folder: Path, policy: Path | None) -> None:
    """Say so if a policy lies in the folder and is not asked for."""
    rules = folder / "policy.toml"
    if policy is None and rules.is_file():
        note([f"the defaults are used; for the rules in {rules} add --policy {rules}"])
