"""Deciding everything from database to database ÷ bare reading and writing of the same rows: a first plan, and one that stays."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from measure.clock import read_arguments, report
from measure.database import NOW, fill, open_database
from measure.facts import Size

READ = (
    "orders_line",
    "orders_order",
    "supply_level",
    "supply_inboundline",
    *(f"allocation_{name}" for name in ("allocation", "standing", "promise")),
)
WRITTEN = tuple(f"allocation_{name}" for name in ("allocation", "standing", "promise", "backorder"))


def copy_out(table: str) -> bytes:
    """Read the rows of a table."""
    from django.db import connection  # noqa: PLC0415 - needs a database

    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({name_columns(table)}) TO STDOUT (FORMAT BINARY)") as copy,
    ):
        return b"".join(copy)


def copy_in(table: str, rows: bytes) -> None:
    """Write the rows of a table."""
    from django.db import connection  # noqa: PLC0415 - needs a database

    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({name_columns(table)}) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.write(rows)


def name_columns(table: str) -> str:
    """Name the columns of a table that are no sums of others."""
    from django.db import connection  # noqa: PLC0415 - needs a database

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER' ORDER BY 1",
            [table],
        )
        return ", ".join(name for (name,) in cursor.fetchall())


def time_undone(work: Callable[[], object]) -> float:
    """Time work in a transaction, with what the database holds at its end, and take it back."""
    from django.db import connection, transaction  # noqa: PLC0415 - needs a database

    with transaction.atomic():
        began = time.perf_counter()
        work()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        seconds = time.perf_counter() - began
        transaction.set_rollback(True)
    return seconds


def main() -> None:
    """Measure both, in turn."""
    given = read_arguments(__doc__ or "", lines=100_000)
    with open_database():
        from django.db import connection  # noqa: PLC0415 - needs a database

        from backorder.allocation.services import plan_all  # noqa: PLC0415
        from backorder.outbox.services import Cause  # noqa: PLC0415

        fill(Size(given.lines, given.seed))
        cause = Cause("bench", NOW)

        def plan() -> None:
            plan_all(cause)

        def read() -> None:
            for table in READ:
                copy_out(table)

        def read_and_write() -> None:
            read()
            for table, rows in kept.items():
                copy_in(table, rows)

        plan()
        kept = {table: copy_out(table) for table in WRITTEN}
        stays = [(time_undone(plan), time_undone(read)) for _ in range(given.runs)]
        with connection.cursor() as cursor:
            for table in WRITTEN[:2]:
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - a table named above
            cursor.execute(f"TRUNCATE {', '.join(WRITTEN[2:])}")
        first = [(time_undone(plan), time_undone(read_and_write)) for _ in range(given.runs)]
    for what, rounds in (("first", first), ("stays", stays)):
        ours, bare = (statistics.median(column) for column in zip(*rounds, strict=True))
        report(
            f"full_replan_{what}",
            3.0,
            ratio=ours / bare,
            lines=given.lines,
            seconds=ours,
            bare_seconds=bare,
        )


if __name__ == "__main__":
    main()
