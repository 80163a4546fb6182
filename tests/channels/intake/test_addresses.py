"""Where an order goes stands in no table: an import changes nothing of it, nor of the law that it chooses."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from backorder.allocation import events
from backorder.channels.files.intake.schemas import IMPORTED
from backorder.orders.models import Address, Line, Order
from backorder.orders.services import ShipTo
from backorder.outbox.models import Entry
from tests.channels.intake.database import bring, write_tables
from tests.channels.shop import SHOP
from tests.supply.shop import cause

pytestmark = pytest.mark.django_db


def test_no_table_says_where_an_order_goes() -> None:
    columns = {column.name for schema in IMPORTED.values() for column in schema.columns}
    assert columns.isdisjoint({"country", "region", "street", "city", "postcode", "address", "ship_to"})


def test_an_import_changes_an_order_and_leaves_where_it_goes_and_from_where_it_moved(tmp_path: Path) -> None:
    bring(write_tables(tmp_path / "shop"))
    order = Order.objects.get(number="SO-7")
    for region in ("TX", "CA"):
        to = ShipTo("A. Nother", "1 Long Lane", "Elsewhere", "US", region=region)
        events.change_address(order, to, cause())
    before = Address.objects.values().get()
    orders = SHOP["orders"].replace("2026-12-24", "2026-12-31")
    assert bring(write_tables(tmp_path / "again", orders=orders)).faults == ()
    assert Line.objects.get(order=order, number="10").requested_on == dt.date(2026, 12, 31)
    assert Address.objects.values().get() == before
    moved = Entry.objects.filter(what="order.address_changed").order_by("id")
    assert [entry.facts.get("from") for entry in moved] == [None, {"country": "US", "region": "TX"}]
