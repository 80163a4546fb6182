"""A shop of any size in a database of its own: the facts of `facts.py` as rows, and the plan in force that they lead to."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from backorder import postgres
from backorder.engine.allocation import Snapshot
from backorder.engine.allocation.snapshot import ANYWHERE, MILLION, NEVER
from measure.facts import AS_OF, CHANNELS, CLASSES, PLACES, Size, make_facts

if TYPE_CHECKING:
    from django.db.models import Model

EPOCH = dt.date(1970, 1, 1).toordinal()
NOW = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
TRADES = (*("Bakery", "Bicycles", "Books", "Garden", "Glass"), *("Joinery", "Lamps", "Paper", "Toys", "Yarn"))
NAMES = ("Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gil", "Hana", "Ida", "Jon", "Kim")
FAMILIES = ("Brook", "Field", "Ford", "Hill", "Lane", "Marsh", "Stone")
ORDERS_EACH = 5
"""Orders of one customer."""
SHIP_POLICIES = ("as_ready", "complete", "line_complete")


@contextmanager
def open_database() -> Iterator[None]:
    """Start a server in a new folder, make the tables, and remove all of it at the end."""
    with tempfile.TemporaryDirectory(prefix="backorder-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # root's server runs as another user, who must come to it
        server = postgres.start(Path(folder) / "data")
        try:
            os.environ |= {"DATABASE_URL": server.url, "DJANGO_SETTINGS_MODULE": "backorder.config.settings"}
            import django  # noqa: PLC0415 - it reads the address when it is loaded
            from django.core.management import call_command  # noqa: PLC0415
            from django.db import connections  # noqa: PLC0415

            django.setup()
            call_command("migrate", verbosity=0)
            yield
            connections.close_all()
        finally:
            server.stop()


def fill(size: Size) -> Snapshot:
    """Write a shop as rows, with no plan in force yet. Items, places, orders and lines get the number of their row + 1."""
    from backorder.catalog import models as catalog  # noqa: PLC0415 - needs a database
    from backorder.orders import models as orders  # noqa: PLC0415
    from backorder.outbox.models import Entry  # noqa: PLC0415
    from backorder.supply import models as supply  # noqa: PLC0415

    facts = make_facts(size)
    lines, supplies = facts.lines, facts.supplies
    prices = np.zeros(facts.items, np.int64)
    prices[lines.item] = lines.unit_price // (MILLION // 100)
    parents = [None if parent == ANYWHERE else parent + 1 for parent in facts.locations.parent.tolist()]
    copy_rows(catalog.CustomerClass, {"code": CLASSES})
    copy_rows(catalog.Channel, {"code": CHANNELS})
    copy_rows(catalog.Location, {"code": PLACES, "parent_id": parents})
    copy_rows(catalog.Item, {"sku": [f"I-{row}" for row in range(facts.items)], "price": prices.tolist()})
    first = np.unique(lines.order, return_index=True)[1]
    copy_customers(1 + len(first) // ORDERS_EACH)
    copy_rows(
        orders.Order,
        {
            "number": [f"A-{row}" for row in range(len(first))],
            "customer_id": (1 + np.arange(len(first)) // ORDERS_EACH).tolist(),
            "customer_class_id": (facts.attributes["customer_class"].values[first] + 1).tolist(),
            "channel_id": (facts.attributes["channel"].values[first] + 1).tolist(),
            "ordered_at": [to_instant(micro) for micro in lines.ordered_at[first].tolist()],
            "ordered_on": to_days(lines.ordered_on[first]),
            "priority": lines.priority[first].tolist(),
            "ship_policy": [SHIP_POLICIES[policy] for policy in lines.ship_policy[first].tolist()],
        },
    )
    copy_rows(
        orders.Line,
        {
            "order_id": (lines.order + 1).tolist(),
            "number": [str(row) for row in range(len(lines))],
            "item_id": (lines.item + 1).tolist(),
            "location_id": [None if place == ANYWHERE else place + 1 for place in lines.location.tolist()],
            "quantity_ordered": lines.quantity.tolist(),
            "unit_price": (lines.unit_price // (MILLION // 100)).tolist(),
            "requested_on": to_days(lines.requested_on),
            "needed_by": to_days(lines.needed_by),
        },
    )
    entry = Entry.objects.create(at=NOW, who="bench", what="files.imported")
    stock, coming = np.flatnonzero(~supplies.inbound), np.flatnonzero(supplies.inbound)
    copy_rows(
        supply.Movement,
        {
            "item_id": (supplies.item[stock] + 1).tolist(),
            "location_id": (supplies.location[stock] + 1).tolist(),
            "kind": ["count"] * len(stock),
            "quantity": supplies.quantity[stock].tolist(),
            "entry_id": [entry.pk] * len(stock),
        },
    )
    order = supply.InboundOrder.objects.create(number="P-1", placed_on=NOW.date())
    copy_rows(
        supply.InboundLine,
        {
            "order_id": [order.pk] * len(coming),
            "number": [str(row) for row in coming.tolist()],
            "item_id": (supplies.item[coming] + 1).tolist(),
            "location_id": (supplies.location[coming] + 1).tolist(),
            "quantity_ordered": supplies.quantity[coming].tolist(),
            "expected_on": to_days(supplies.available_on[coming]),
        },
    )
    return facts


def copy_customers(count: int) -> None:
    """Write so many customers."""
    from backorder.orders.models import Customer  # noqa: PLC0415 - needs a database

    rows = range(count)
    columns = {"code": [f"C-{row}" for row in rows], "email": [f"c{row}@customers.example" for row in rows]}
    columns["name"] = [f"{TRADES[row % len(TRADES)]} {row} Ltd" for row in rows]
    copy_rows(Customer, columns | {"phone": [f"+1 503 {row:07}" for row in rows]})


def copy_addresses(orders: int) -> None:
    """Write where so many orders go, each to a name of its own."""
    from backorder.orders.models import Address  # noqa: PLC0415 - needs a database

    rows = range(orders)
    columns: dict[str, Sequence[object]] = {"order_id": [row + 1 for row in rows]}
    columns["name"] = [f"{NAMES[row % len(NAMES)]} {FAMILIES[row % len(FAMILIES)]} {row}" for row in rows]
    columns |= {"street": ["1 Long Lane"] * orders, "city": ["Elsewhere"] * orders}
    copy_rows(Address, columns | {"country": ["US"] * orders, "region": ["CA"] * orders})


def copy_rows(model: type[Model], columns: Mapping[str, Sequence[Any]]) -> None:
    """Write rows by COPY; a column that is not named has the default of its field."""
    from django.db import connection  # noqa: PLC0415 - needs a database
    from django.db.models import AutoField, BigAutoField, GeneratedField  # noqa: PLC0415

    fields = {
        str(field.column): field
        for field in model._meta.concrete_fields  # noqa: SLF001 - Django's name for it
        if not isinstance(field, (AutoField, BigAutoField, GeneratedField))
    }
    rows = len(next(iter(columns.values())))
    values = [columns.get(name, repeat(field.get_default(), rows)) for name, field in fields.items()]
    table = model._meta.db_table  # noqa: SLF001
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(fields)}) FROM STDIN") as copy,
    ):
        for row in zip(*values, strict=True):
            copy.write_row(row)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {table}")


def to_days(numbers: np.ndarray[Any, np.dtype[np.int64]]) -> list[dt.date | None]:
    """Write days of the engine as dates; NEVER is none."""
    return [None if day == NEVER else dt.date.fromordinal(day + EPOCH) for day in numbers.tolist()]


def to_instant(micro: int) -> dt.datetime:
    """Write an instant of the engine, in microseconds."""
    return dt.datetime.fromtimestamp(micro / MILLION, dt.UTC)


assert dt.date.fromordinal(AS_OF + EPOCH) == NOW.date()
