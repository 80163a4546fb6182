"""Imports beside one another and beside events, over connections of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from backorder.allocation.selectors import find_differences
from backorder.channels.files.intake.services import Report, apply_import
from backorder.channels.files.intake.tables import read_paths
from backorder.orders.models import Line
from backorder.outbox.models import Entry
from backorder.supply.models import SELLABLE
from backorder.supply.services import open_levels
from tests.allocation.shop import buy, find_stock, line_of
from tests.channels.intake.database import write_tables
from tests.concurrency.test_stock import all_at_once
from tests.supply.shop import cause, item, on_hand, place

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_import_many_times_at_once_happens_once(tmp_path: Path) -> None:
    shop = write_tables(tmp_path / "shop")
    reports: list[Report] = []
    raised = all_at_once([lambda: reports.append(apply_import(read_paths([shop]), cause()))] * 4)
    assert raised == [None] * 4
    assert [report.faults for report in reports] == [()] * 4
    assert sorted(report.entry is None for report in reports) == [False, True, True, True]
    assert Entry.objects.filter(what="files.imported").count() == 1
    assert find_differences() == []


def test_an_import_and_events_on_its_items_end_with_sums_that_agree(tmp_path: Path) -> None:
    shop = write_tables(tmp_path / "shop")
    assert apply_import(read_paths([shop]), cause()).faults == ()
    open_levels([item("LAMP")], [place("main")])
    text = (shop / "orders.csv").read_text("utf-8").replace("9,1,LAMP,4,", "9,1,LAMP,6,")
    (shop / "orders.csv").write_text(
        text + "X-1,1,DESK,1,2026-11-24,,,,,,\nX-2,1,LAMP,1,2026-11-24,,,,,,\n", "utf-8"
    )
    acts: list[Callable[[], object]] = [
        lambda: apply_import(read_paths([shop]), cause()),
        lambda: buy("E-1", ("LAMP", 2), ("DESK", 1), ships="complete"),
        lambda: buy("E-2", ("SET", 1)),
        lambda: find_stock("CHAIR", 9),
        lambda: find_stock("DESK", 2),
    ]
    assert all_at_once(acts) == [None] * 5
    assert find_differences() == []
    assert (line_of("9").quantity_open, on_hand("CHAIR") in {4, 9}) == (6, True)
    assert Line.objects.filter(order__number__in=["E-1", "E-2", "X-1", "X-2"]).count() == 5
    assert SELLABLE == "sellable"
