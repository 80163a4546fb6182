"""Files do not carry sets and shipments: what the database has of them stays, and is heeded."""

from __future__ import annotations

from pathlib import Path

import pytest

from backorder.allocation import events
from backorder.channels.files.outgoing.services import Export, export_folder
from backorder.orders.models import Line, Order
from tests.allocation.shop import covered, line_of, stock
from tests.allocation.test_sets import ask
from tests.channels.intake.database import bring, dump, write_tables
from tests.fulfilment.shop import release
from tests.simulation.checks import find_restless
from tests.supply.shop import cause

pytestmark = pytest.mark.django_db


def write(folder: Path, rows: str) -> Path:
    """Write a table of orders."""
    path = folder / "orders.csv"
    path.write_text(f"order,line,sku,quantity,ordered_at\n{rows}", "utf-8")
    return path


def test_an_export_that_is_imported_leaves_sets_and_shipments_as_they_are(tmp_path: Path) -> None:
    bring(write_tables(tmp_path / "shop"))
    for row in ("1", "2"):
        events.amend_line(line_of("1001", row), {"ship_set": "A"}, cause())
    events.amend_order(Order.objects.get(number="SO-7"), {"most_shipments": 2}, cause())
    before = dump()
    export_folder(Export(tmp_path / "out"))
    assert "ship_set" not in (tmp_path / "out" / "orders.csv").read_text("utf-8")
    report = bring(tmp_path / "out")
    assert (report.faults, report.entry, report.changes) == ((), None, False)
    assert dump() == before
    changed = (tmp_path / "out" / "orders.csv").read_text("utf-8").replace("1001,1,LAMP,5", "1001,1,LAMP,4")
    (tmp_path / "orders.csv").write_text(changed, "utf-8")
    assert bring(tmp_path / "orders.csv").changes
    line = line_of("1001")
    assert (line.quantity_open, line.ship_set) == (4, "A")
    assert Order.objects.get(number="SO-7").most_shipments == 2


def test_a_line_of_a_set_that_a_file_changes_is_decided_with_its_companions(tmp_path: Path) -> None:
    stock("LAMP", 2)
    stock("BULB", 1)
    ask("A-1", ("LAMP", 3, "A"), ("BULB", 1, "A"))
    assert (covered("A-1", "1"), covered("A-1", "2")) == ([], [])
    day = Order.objects.get().ordered_at.isoformat()
    assert bring(write(tmp_path, f"A-1,1,LAMP,2,{day}\n")).changes
    assert (covered("A-1", "1"), covered("A-1", "2")) == ([("main", 2, 0)], [("main", 1, 0)])
    assert find_restless(cause()) == []


def test_a_file_that_wants_more_of_an_order_that_had_its_last_shipment_is_a_fault(tmp_path: Path) -> None:
    stock("LAMP", 9)
    ask("A-1", ("LAMP", 2, ""), most=1)
    release("A-1")
    day, before = Order.objects.get().ordered_at.isoformat(), dump()
    report = bring(write(tmp_path, f"A-1,1,LAMP,3,{day}\nA-1,2,LAMP,1,{day}\n"))
    told = "quantity: order A-1 has had its last shipment; allow it one more first, or place another order"
    assert report.faults == (f"orders.csv:2: {told}", f"orders.csv:3: {told}")
    assert dump() == before
    events.amend_order(Order.objects.get(), {"most_shipments": 2}, cause())
    assert bring(write(tmp_path, f"A-1,1,LAMP,3,{day}\nA-1,2,LAMP,1,{day}\n")).faults == ()
    assert Line.objects.count() == 2
    assert find_restless(cause()) == []
