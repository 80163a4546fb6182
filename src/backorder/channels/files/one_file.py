"""One file in, one file out: by its ending one knows how each is read or written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from backorder.channels.files.tables import READERS
from backorder.channels.files.target import check_file
from backorder.faults import FaultyInputError

WRITERS: dict[str, Callable[[pl.DataFrame, Path], None]] = {
    ".csv": lambda frame, path: frame.write_csv(path, float_scientific=False),
    ".parquet": lambda frame, path: frame.write_parquet(path),
}


def check_ends(source: Path, out: Path, *, force: bool) -> Path:
    """Give the real path of the output. Raises FaultyInputError for endings that are not known, and a file that is not there."""
    if source.suffix not in READERS:
        raise FaultyInputError([f"{source.name}: its name must end in {', '.join(READERS)}"])
    if not source.is_file():
        raise FaultyInputError([f"{source.name}: {'is not a file' if source.exists() else 'is missing'}"])
    if out.suffix not in WRITERS:
        raise FaultyInputError([f"--out: {out} must end in {' or '.join(WRITERS)}"])
    return check_file(out, source, force=force)
