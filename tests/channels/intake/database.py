"""The shop of tests/channels in a database: how it is imported, and every row of every table to compare."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.apps import apps

from backorder.channels.files.intake.services import Report, apply_import, check_import
from backorder.channels.files.intake.tables import read_paths
from tests.channels.shop import SHOP, write_shop
from tests.supply.shop import cause

LOCAL = {
    "customers": "customer,name,email,phone,customer_class\nAda,Ada A.,ada@example.org,+49 1,retail\nBo,,,,contract\n",
    "suppliers": "supplier,name\nBright,Bright Ltd\nOak,\n",
    "acceptance": "sku,channel,customer_class,rule,cap,horizon_days,longest_wait_days\nLAMP,,retail,capped,5,,60\n,,,open,,,\n",
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
