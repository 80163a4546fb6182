"""A sample shop, invented and always the same: `backorder sample` plans it, and readers can play with it."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from random import Random

from backorder.channels.files.sample.catalogue import describe_catalogue
from backorder.channels.files.sample.demand import describe_orders
from backorder.channels.files.sample.policy import POLICY
from backorder.channels.files.sample.supply import describe_supply, disturb, plan_last_week

AS_OF = date(2026, 11, 24)
SEED = 20261124

Rows = list[dict[str, str | int]]


def compose_sample() -> dict[str, Rows]:
    """Compose the tables by name: last week's facts, last week's plan, and what has happened since."""
    random = Random(SEED)  # noqa: S311 - the sample must be the same everywhere; nothing is secret
    tables = describe_catalogue(AS_OF)
    supply = describe_supply(random, tables["items"], AS_OF)
    tables["orders"] = describe_orders(random, tables, AS_OF)
    tables["current"] = plan_last_week(random, tables, supply, AS_OF)
    tables["stock"], tables["inbound"] = disturb(random, supply, AS_OF)
    return tables


def write_sample(folder: Path) -> None:
    """Write the shop as CSV files with its policy.toml, replacing files of the same names."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in compose_sample().items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    (folder / "policy.toml").write_text(POLICY, encoding="utf-8")


def is_sample(folder: Path) -> bool:
    """Tell whether the folder holds a sample shop of ours, so that it may be written over."""
    policy = folder / "policy.toml"
    return policy.is_file() and policy.read_text(encoding="utf-8").startswith(POLICY.splitlines()[0])


__all__ = ["AS_OF", "compose_sample", "is_sample", "write_sample"]
