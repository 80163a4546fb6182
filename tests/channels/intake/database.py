"""The shop of tests/channels in a database: how it is imported, and every row of every table to compare."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

from django.apps import apps

from backorder.allocation.selectors import list_allocations
from backorder.channels.files import services as plans
from backorder.channels.files.intake.services import Report, apply_import, check_import
from backorder.channels.files.intake.tables import read_paths
from tests.channels.shop import SHOP, write_shop
from tests.supply.shop import cause

LOCAL = {
    "customers": "customer,name,email,phone,customer_class\nAda,Ada A.,ada@example.org,+49 1,retail\nBo,,,,contract\n",
    "suppliers": "supplier,name\nBright,Bright Ltd\nOak,\n",
    "acceptance": "sku,channel,customer_class,rule,cap,horizon_days,longest_wait_days\nLAMP,,retail,capped,5,,60\n,,,open,,,\n",
    "outside_offers": "sku,url,kind,title,price,currency,seen_on,until\n"
    'LAMP,https://others.example/1,second_hand,"A lamp, used",9.00,,2026-11-20,\n'
    "DESK,https://others.example/1,marketplace,=A desk,,,2026-11-21,2027-01-31\n",
    "stock": SHOP["stock"],
}
"""What the database knows beyond a plan."""


def write_tables(folder: Path, **changed: str | None) -> Path:
    """Write the whole shop; a table may be given other text, or None to leave it out."""
    return write_shop(folder, **{**LOCAL, **changed})


def bring(*paths: Path, complete: tuple[str, ...] = ()) -> Report:
    """Import."""
    return apply_import(read_paths(paths, complete), cause("import"))


def look(*paths: Path, complete: tuple[str, ...] = ()) -> Report:
    """Say what an import would do."""
    return check_import(read_paths(paths, complete), cause("import"))


def dump() -> dict[str, list[dict[str, Any]]]:
    """Give every row of every table."""
    return {
        model._meta.db_table: list(model._default_manager.order_by("pk").values())  # noqa: SLF001 - Django's names
        for model in apps.get_models()
    }


def plan_pegs(folder: Path, day: date) -> list[tuple[str, ...]]:
    """Plan a folder; gives order, line, sku, location, inbound, its line, units and ship day of each peg."""
    out = folder.parent / "plan"
    plans.plan_folder(plans.Question(folder, None, day), plans.Target(out), lambda _: None)
    with (out / "pegs.csv").open(encoding="utf-8", newline="") as file:
        names = ("order", "line", "sku", "location", "inbound", "inbound_line", "quantity", "ships_on")
        return sorted(tuple(row[name] for name in names) for row in csv.DictReader(file))


def stored_pegs() -> list[tuple[str, ...]]:
    return sorted((*map(str, row[:7]), row[8].isoformat()) for row in list_allocations())
