"""The least process that could be called a plan of files: read what `backorder plan` reads, write what it writes."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import polars as pl

from measure.folder import read_typed


def main() -> None:
    """Read a folder with types given and write tables that are at hand; print the seconds spent getting these to hand."""
    folder, tables, out = (Path(given) for given in sys.argv[1:])
    for path in sorted(folder.glob("*.csv")):
        read_typed(path)
    out.mkdir()
    at_hand = 0.0
    for path in sorted(tables.glob("*.ipc")):
        began = time.perf_counter()
        table = pl.read_ipc(path)
        at_hand += time.perf_counter() - began
        table.write_csv(out / f"{path.stem}.csv")
    sys.stdout.write(f"{at_hand}\n")


if __name__ == "__main__":
    main()
