"""Import a folder into a database: seconds for new facts, for the same again, and for every date changed.

Each is divided by what deciding about everything takes in the database.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl

from measure.clock import read_arguments, report, time_once
from measure.database import NOW, open_database
from measure.facts import Size, make_facts
from measure.folder import write_facts


def main() -> None:
    """Measure."""
    given = read_arguments(__doc__ or "", lines=100_000)
    with tempfile.TemporaryDirectory(prefix="backorder-bench-") as top, open_database():
        folder = Path(top)
        facts = make_facts(Size(given.lines, given.seed))
        write_facts(facts, folder)
        write_items(folder)
        new = time_once(lambda: bring(folder))
        same = time_once(lambda: bring(folder))
        orders = pl.read_csv(folder / "orders.csv", infer_schema=False)
        later = pl.col("requested_on").str.to_date().dt.offset_by("1d")
        orders.with_columns(later).write_csv(folder / "orders.csv")
        dates = time_once(lambda: bring(folder))
        decide = time_once(decide_everything)
    report(
        "import_files",
        None,
        lines=given.lines,
        seconds=new,
        again_seconds=same,
        dates_seconds=dates,
        decide_seconds=decide,
        ratio=new / decide,
    )


def write_items(folder: Path) -> None:
    """Write a table of all items that the others name, and round prices to what is kept."""
    names = ("orders", "stock", "inbound")
    skus = pl.concat([pl.read_csv(folder / f"{name}.csv", infer_schema=False)["sku"] for name in names])
    pl.DataFrame({"sku": skus.unique().sort()}).write_csv(folder / "items.csv")
    orders = pl.read_csv(folder / "orders.csv", infer_schema=False)
    orders.with_columns(pl.col("unit_price").cast(pl.Decimal(18, 2))).write_csv(folder / "orders.csv")


def bring(folder: Path) -> None:
    """Import."""
    from backorder.channels.files.intake.services import apply_import  # noqa: PLC0415 - needs a database
    from backorder.channels.files.intake.tables import read_paths  # noqa: PLC0415
    from backorder.outbox.services import Cause  # noqa: PLC0415

    found = apply_import(read_paths([folder]), Cause("bench", NOW, "import"))
    assert not found.faults, found.faults[:5]


def decide_everything() -> None:
    """Decide about all items."""
    from backorder.allocation.services import plan_all  # noqa: PLC0415 - needs a database
    from backorder.outbox.services import Cause  # noqa: PLC0415

    plan_all(Cause("bench", NOW))


if __name__ == "__main__":
    main()
