"""The examples of docs/reference/orders.md, row by row."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.allocation.shop import find_stock, order_in
from tests.allocation.test_acceptance import ask, rule, split

pytestmark = pytest.mark.django_db

PAGE = Path(__file__).parents[2] / "docs/reference/orders.md"
HEADER = "| rule | limit | longest wait |"
LIMITS = {"capped": "cap", "inbound_only": "horizon_days"}


def read_examples() -> list[list[str]]:
    """Read the table of examples, a list of cells for each row."""
    lines = PAGE.read_text("utf-8").splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith(HEADER)) + 2
    rows = []
    for line in lines[first:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def test_the_page_has_examples() -> None:
    assert {row[0] for row in read_examples()} == {"none", "capped", "inbound_only", "open"}


@pytest.mark.parametrize("row", read_examples(), ids=" ".join)
def test_each_example_is_so(row: list[str]) -> None:
    name, limit, wait, on_hand, inbound, ordered, asked, *expected = row
    find_stock("LAMP", int(on_hand))
    for number, coming in enumerate(filter(None, inbound.split(", "))):
        units, days = coming.split(" in ")
        order_in("LAMP", int(units), f"PO-{number}", int(days))
    other = {LIMITS[name]: int(limit)} if limit else {}
    waits = {"longest_wait_days": int(wait)} if wait else {}
    rule(name, "LAMP", **other, **waits)
    if ordered:
        ask("EARLIER", ("LAMP", int(ordered)))
    now, later, refused, why = expected
    assert split(ask("A-1", ("LAMP", int(asked)))) == [(int(now), int(later), int(refused), why)]
