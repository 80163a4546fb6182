"""Sixteen buyers of one item at one server ÷ as many clients that take the same row lock and insert the same rows by bare SQL."""

from __future__ import annotations

import multiprocessing
import statistics
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from measure.clock import read_arguments, report
from measure.database import NOW, open_database

CLIENTS = 16


def buy(client: int, orders: int) -> None:
    """Place orders of one unit, one after another."""
    from backorder.allocation import events  # noqa: PLC0415 - needs a database
    from backorder.catalog.models import Item  # noqa: PLC0415
    from backorder.orders.services import Wanted  # noqa: PLC0415
    from backorder.outbox.services import Cause  # noqa: PLC0415

    item = Item.objects.get()
    for number in range(orders):
        cause = Cause(f"buyer {client}", NOW + timedelta(seconds=number))
        events.place_order(f"{client}-{number}", [Wanted("1", item, 1, NOW.date())], cause)


def insert(client: int, orders: int) -> None:
    """Lock the row of the item and insert, for each order, as many rows into the same tables as a decision does."""
    from django.db import connection, transaction  # noqa: PLC0415 - needs a database

    for number in range(orders):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT id FROM catalog_item FOR NO KEY UPDATE")
            order = copy_row(cursor, "orders_order", number=f"bare {client}-{number}")
            line = copy_row(cursor, "orders_line", order_id=order)
            for what in ("order.placed", "plan.decided"):
                entry = copy_row(cursor, "outbox_entry", what=what)
                copy_row(cursor, "outbox_subject", entry_id=entry)
            copy_row(cursor, "allocation_allocation", line_id=line)
            copy_row(cursor, "allocation_standing", key="line_id", line_id=line, entry_id=entry)
            copy_row(cursor, "allocation_promise", line_id=line, entry_id=entry)


COLUMNS: dict[str, list[str]] = {}
"""Of each table, those that an insert names."""


def copy_row(cursor: Any, table: str, key: str = "id", **changed: object) -> int:  # noqa: ANN401 - Django's cursor
    """Insert a row that is like the first of its table, but for what is changed."""
    if table not in COLUMNS:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'",
            [table],
        )
        COLUMNS[table] = [name for (name,) in cursor.fetchall() if name != "id"]
    names = COLUMNS[table]
    values = ", ".join(f"%({name})s" if name in changed else name for name in names)
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(names)}) "  # noqa: S608 - names of tables and columns, written here
        f"(SELECT {values} FROM {table} ORDER BY {key} LIMIT 1) RETURNING {key}",
        changed,
    )
    return int(cursor.fetchone()[0])


def run_clients(work: Callable[[int, int], None], orders: int) -> float:
    """Let all clients work at once, each over a connection of its own; gives the seconds."""
    fork = multiprocessing.get_context("fork")
    ready, go = fork.Barrier(CLIENTS + 1), fork.Barrier(CLIENTS + 1)

    def act(client: int) -> None:
        from django.db import connection  # noqa: PLC0415 - needs a database

        connection.ensure_connection()
        ready.wait()
        go.wait()
        work(client, orders)

    clients = [fork.Process(target=act, args=(client,)) for client in range(CLIENTS)]
    for client in clients:
        client.start()
    ready.wait()
    began = time.perf_counter()
    go.wait()
    for client in clients:
        client.join()
    seconds = time.perf_counter() - began
    if any(client.exitcode for client in clients):
        message = "a client ended with an error"
        raise RuntimeError(message)
    return seconds


def run_buyers(orders: int) -> float:
    """Let as many buyers as there are clients order at once at one server, as `backorder serve` has threads; gives the seconds."""
    ready, go = threading.Barrier(CLIENTS + 1), threading.Barrier(CLIENTS + 1)
    faults: list[BaseException] = []

    def act(client: int) -> None:
        from django.db import connection  # noqa: PLC0415 - needs a database

        try:
            connection.ensure_connection()
            ready.wait()
            go.wait()
            buy(client, orders)
        except BaseException as fault:
            faults.append(fault)
            raise
        finally:
            connection.close()

    buyers = [threading.Thread(target=act, args=(client,)) for client in range(CLIENTS)]
    for buyer in buyers:
        buyer.start()
    ready.wait()
    began = time.perf_counter()
    go.wait()
    for buyer in buyers:
        buyer.join()
    seconds = time.perf_counter() - began
    if faults:
        raise faults[0]
    return seconds


def rush(units: int, orders: int, run: Callable[[int], float]) -> int:
    """Let all clients order more units than there are, where nothing may wait; gives how many more were sold than there were."""
    from django.db import connections  # noqa: PLC0415 - needs a database

    from backorder.catalog.models import Acceptance  # noqa: PLC0415
    from backorder.orders.models import Line  # noqa: PLC0415

    open_shop(units)
    rule = Acceptance.objects.create(rule=Acceptance.NONE)
    connections.close_all()
    run(orders)
    rule.delete()
    return sum(Line.objects.values_list("quantity_ordered", flat=True)) - units


def open_shop(units: int) -> None:
    """Empty the shop, and put so many units into it."""
    from django.db import connection  # noqa: PLC0415 - needs a database

    from backorder.allocation import events  # noqa: PLC0415
    from backorder.catalog.models import Item, Location  # noqa: PLC0415
    from backorder.outbox.services import Cause  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE orders_order, outbox_entry, supply_level CASCADE")
    at = (Item.objects.get(), Location.objects.get(), "sellable")
    events.adjust(at, units, "return", Cause("bench", NOW))


def main() -> None:
    """Measure both, in turn; then sell more than there is."""
    given = read_arguments(__doc__ or "", lines=16_000)
    each = max(1, given.lines // CLIENTS // 10)
    with open_database():
        from django.db import connections  # noqa: PLC0415 - needs a database

        from backorder.allocation.selectors import find_differences  # noqa: PLC0415
        from backorder.catalog.models import Item, Location  # noqa: PLC0415

        Item.objects.create(sku="LAMP")
        Location.objects.create(code="main")
        rounds: list[tuple[float, ...]] = []
        differences = oversold = 0
        ways: tuple[Callable[[int], float], ...] = (run_buyers, partial(run_clients, buy))
        for number in range(given.runs):
            seconds = []
            for way in ways:
                open_shop(each * CLIENTS * 3)
                buy(CLIENTS + number, 1)  # what the bare clients copy; it loads the kernels, too
                connections.close_all()
                seconds.append(way(each))
                differences += len(find_differences())
                connections.close_all()
            rounds.append((*seconds, run_clients(insert, each)))
        for way in ways:
            oversold = max(oversold, rush(each * CLIENTS // 2, each, way))
            differences += len(find_differences())
        together, apart, bare = (statistics.median(column) for column in zip(*rounds, strict=True))
        report(
            "hot_item",
            0.5,
            ratio=bare / together,
            ratio_apart=bare / apart,
            oversold=oversold,
            differences=differences,
            orders=each * CLIENTS,
            orders_per_second=each * CLIENTS / together,
            seconds=together,
            bare_seconds=bare,
        )


if __name__ == "__main__":
    main()
