"""Writes the facts and the plan in force as a folder: whole, or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from backorder.allocation.services import read_steadily
from backorder.channels.files.outgoing.forms import FORMS
from backorder.channels.files.outgoing.tables import TABLES
from backorder.channels.files.target import SUMMARY, check_target, whole_folder
from backorder.faults import FaultyInputError, not_one_of

OURS = ("exported", "form")
"""A summary.json with these keys is one of an export."""


@dataclass(frozen=True)
class Export:
    """Where an export is written, in which form, and whether an older one may go."""

    out: Path
    form: str = "csv"
    force: bool = False


def export_folder(wanted: Export, tell: Callable[[str], None] = lambda _: None) -> dict[str, int]:
    """Write all tables as they are at one moment; gives how many rows each has. Raises FaultyInputError or OSError."""
    if wanted.form not in FORMS:
        raise FaultyInputError([f"--format: {not_one_of(wanted.form, tuple(FORMS))}"])
    target = check_target(wanted.out, None, force=wanted.force, ours=OURS)
    rows = {}
    with whole_folder(target) as work, read_steadily():
        for name, build in TABLES.items():
            tell(f"writing {name}.{wanted.form}")
            sheet = build()
            FORMS[wanted.form](sheet, work / f"{name}.{wanted.form}")
            rows[name] = sheet.frame.height
        summary = {"exported": rows, "form": wanted.form}
        (work / SUMMARY).write_text(json.dumps(summary, indent=2) + "\n", "utf-8")
    return rows
