"""Lists: every row once, whatever is added meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.allocation.shop import buy
from tests.api.client import Program
from tests.supply.shop import item

pytestmark = pytest.mark.django_db


def read_all(
    program: Program, path: str, limit: int, meanwhile: Callable[[], Any] | None = None
) -> list[Any]:
    """Read every page of a list by its cursors."""
    rows: list[Any] = []
    after: dict[str, str] = {}
    while True:
        page = program.read(path, limit=limit, **after)
        rows += page["items"]
        if page["next"] is None:
            return rows
        after = {"after": page["next"]}
        if meanwhile:
            meanwhile()


def test_new_rows_move_no_page() -> None:
    program = Program()
    for number in range(7):
        buy(f"A-{number}", ("LAMP", 1))
    later = iter(range(7, 100))
    rows = read_all(program, "/orders", 2, lambda: buy(f"A-{next(later)}", ("LAMP", 1)))
    assert [row["number"] for row in rows] == [f"A-{number}" for number in range(6, -1, -1)]
    skus = iter(range(100))
    rows = read_all(program, "/items", 1, lambda: item(f"A{next(skus)}"))
    assert [row["sku"] for row in rows] == ["LAMP"]


def test_a_page_names_the_next_one_in_a_header_too() -> None:
    program = Program()
    for sku in ("A", "B", "C"):
        item(sku)
    first = program.get("/items", limit="2")
    assert first["Link"].startswith("</api/v1/items?limit=2&after=")
    assert first["Link"].endswith('>; rel="next"')
    path = first["Link"].removeprefix("</api/v1").partition(">")[0]
    last = program.get(path)
    assert [row["sku"] for row in last.json()["items"]] == ["C"]  # type: ignore[attr-defined]
    assert not last.has_header("Link")
