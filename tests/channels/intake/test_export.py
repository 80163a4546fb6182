"""The database as a folder: the same bytes for the same facts, read back without a change, planned to the same pegs."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.allocation import events
from backorder.allocation.acceptance.taking import Hold
from backorder.allocation.models import Allocation
from backorder.catalog.models import Item, Location
from backorder.catalog.services import ItemFacts, LocationFacts, save_items, save_locations
from backorder.channels.files.intake.tables import REFUSED
from backorder.channels.files.outgoing.services import Export, export_folder
from backorder.channels.files.outgoing.tables import write_instant
from backorder.faults import FaultyInputError
from backorder.orders.models import Customer, Line, Order
from backorder.orders.services import Wanted
from tests.allocation.shop import buy, drop, order_in, slip, stock, take_in
from tests.channels.intake.database import bring, dump, plan_pegs, stored_pegs, write_tables
from tests.fulfilment.shop import release
from tests.searching import IN_DATABASE
from tests.supply.shop import NOON, TODAY, cause, item

pytestmark = pytest.mark.django_db

FORMS = ("csv", "xlsx", "parquet")
TABLES = [
    *("orders", "stock", "inbound", "items", "locations", "kits", "substitutes", "calendar"),
    *("customers", "suppliers", "acceptance", "outside_offers", "current"),
]


def write(folder: Path, form: str = "csv") -> Path:
    export_folder(Export(folder, form))
    return folder


def read_bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("form", FORMS)
def test_an_export_that_is_imported_changes_no_row(form: str, tmp_path: Path) -> None:
    bring(write_tables(tmp_path / "shop"))
    before = dump()
    report = bring(write(tmp_path / "out", form))
    assert report.faults == ()
    assert (report.entry, report.changes) == (None, False)
    assert dump() == before


@pytest.mark.parametrize("form", FORMS)
def test_the_same_facts_give_the_same_bytes_also_from_another_database(form: str, tmp_path: Path) -> None:
    bring(write_tables(tmp_path / "shop"))
    first = read_bytes(write(tmp_path / "first", form))
    assert read_bytes(write(tmp_path / "second", form)) == first
    assert set(first) == {"summary.json", *(f"{name}.{form}" for name in TABLES)}
    assert json.loads(first["summary.json"])["exported"]["orders"] == 5


@pytest.mark.parametrize("form", FORMS)
def test_the_plan_of_an_export_is_the_plan_in_force(form: str, tmp_path: Path) -> None:
    bring(write_tables(tmp_path / "shop"))
    assert Allocation.objects.count() > 5
    assert plan_pegs(write(tmp_path / "out", form), TODAY) == stored_pegs()


def test_the_plan_of_an_export_is_the_plan_in_force_after_events_too(tmp_path: Path) -> None:
    stock("LAMP", 5)
    stock("DESK", 1, "shop")
    line = order_in("LAMP", 6, "PO-1")
    buy("1", ("LAMP", 4), ("DESK", 2))
    buy("2", ("LAMP", 4), ("DESK", 1), ships="complete")
    buy("3", ("LAMP", 3), priority=1)
    slip(line, 15)
    take_in(line, 2)
    drop("1", 1)
    assert plan_pegs(write(tmp_path / "out"), TODAY) == stored_pegs()


def test_what_is_on_a_pick_list_stays_with_its_line_and_an_export_changes_nothing(tmp_path: Path) -> None:
    bring(write_tables(tmp_path / "shop"))
    pegs = stored_pegs()
    release("1001", "1")
    before = dump()
    folder = write(tmp_path / "out")
    assert bring(folder).changes is False
    assert dump() == before
    assert plan_pegs(folder, TODAY) == pegs


@pytest.mark.parametrize("form", FORMS)
def test_a_hold_is_told_from_an_order_and_no_import_makes_it_one(form: str, tmp_path: Path) -> None:
    stock("LAMP", 5)
    buy("1", ("LAMP", 3))
    until = Hold(cause().at + dt.timedelta(days=1))
    events.hold("H-1", [Wanted("1", item("LAMP"), 2, TODAY)], until, cause())
    folder = write(tmp_path / "out", form)
    assert plan_pegs(folder, TODAY) == stored_pegs()
    before = dump()
    report = bring(folder, complete=("orders",))
    assert (report.changes, dump()) == (False, before)
    assert f"orders.{form}: left out 1 line of holds, which are no orders" in report.notes
    Order.objects.filter(number="H-1").update(number="H-2")  # as in a database that knows no such hold
    assert bring(folder).changes is False
    assert list(Order.objects.order_by("id").values_list("number", flat=True)) == ["1", "H-2"]
    if form == "csv":
        assert (folder / "orders.csv").read_text("utf-8").splitlines()[2].endswith(",2026-11-25T12:00:00Z")


@pytest.mark.parametrize("edited", ["", ",2026-11-25T12:00:00Z"])
def test_a_hold_that_was_confirmed_after_the_export_is_not_cancelled_by_a_table_that_lists_everything(
    edited: str, tmp_path: Path
) -> None:
    """Nor if somebody blanked the end of the hold in one of its rows."""
    stock("LAMP", 9)
    buy("1", ("LAMP", 3))
    buy("2", ("LAMP", 1))
    until = Hold(cause().at + dt.timedelta(days=1))
    held = [Wanted("1", item("LAMP"), 2, TODAY), Wanted("2", item("LAMP"), 1, TODAY)]
    events.hold("H-1", held, until, cause())
    folder = write(tmp_path / "out")
    table = folder / "orders.csv"
    rows = [row for row in table.read_text("utf-8").splitlines() if not row.startswith("2,")]
    table.write_text("\n".join([*rows[:-1], rows[-1].replace(edited, "," * bool(edited))]), "utf-8")
    events.confirm(Order.objects.get(number="H-1"), cause())
    bring(folder, complete=("orders",))
    open_lines = Line.objects.filter(quantity_open__gt=0).order_by("id")
    assert list(open_lines.values_list("order__number", "number", "quantity_open")) == [
        ("1", "1", 3),
        ("H-1", "1", 2),
        ("H-1", "2", 1),
    ]


@pytest.mark.parametrize("form", FORMS)
def test_no_text_is_a_formula_and_all_of_it_comes_back(form: str, tmp_path: Path) -> None:
    names = ["=1+1", "+49 30 1", "-3", "@a", '=HYPERLINK("x")', "plain", "1e3", "007"]
    save_items([ItemFacts(name, name) for name in names], cause())
    Customer.objects.create(code="+1", phone="+49 1", name="=cmd|'x'")
    before = dump()
    folder = write(tmp_path / "out", form)
    assert bring(folder).changes is False
    assert dump() == before
    if form == "csv":
        assert (folder / "customers.csv").read_text("utf-8") == (
            "customer,name,email,phone,customer_class\n\t+1,\t=cmd|'x',,\t+49 1,\n"
        )


def test_what_is_beyond_a_plan_is_written_where_it_says_something(tmp_path: Path) -> None:
    save_items([ItemFacts("LAMP", price=1990)], cause())
    save_locations([LocationFacts("main")], cause())
    plain = write(tmp_path / "plain")
    assert (plain / "items.csv").read_text("utf-8") == "sku,description,price,pack_size\nLAMP,,19.90,1\n"
    assert (plain / "locations.csv").read_text("utf-8") == "location,parent,rank\nmain,,\n"
    save_items([ItemFacts("LAMP", currency="USD")], cause())
    save_locations([LocationFacts("main", "Main", releases_at_once=False)], cause())
    more = write(tmp_path / "more")
    assert (more / "items.csv").read_text(
        "utf-8"
    ) == "sku,description,price,pack_size,currency\nLAMP,,0.00,1,USD\n"
    assert (more / "locations.csv").read_text("utf-8") == (
        "location,parent,rank,name,releases_at_once\nmain,,,Main,no\n"
    )
    assert bring(more).changes is False
    (more / "locations.csv").write_text("location,releases_at_once\nmain,\nshop,no\n", "utf-8")
    assert bring(more / "locations.csv").changes is True
    assert dict(Location.objects.values_list("code", "releases_at_once")) == {"main": True, "shop": False}


def test_a_folder_that_is_there_is_replaced_only_if_an_export_wrote_it_and_force_says_so(
    tmp_path: Path,
) -> None:
    folder = write(tmp_path / "out")
    with pytest.raises(FaultyInputError, match="is there already; --force replaces it"):
        write(folder)
    item("LAMP")
    export_folder(Export(folder, force=True))
    assert "LAMP" in (folder / "items.csv").read_text("utf-8")
    (folder / "summary.json").write_text('{"plan_hash": 1, "as_of": 1, "laws": 1, "versions": 1}')
    before = read_bytes(folder)
    with pytest.raises(FaultyInputError, match="has no summary\\.json of ours"):
        export_folder(Export(folder, force=True))
    with pytest.raises(
        FaultyInputError, match="--format: 'xls' is not one of csv, xlsx, parquet; did you mean 'xlsx'"
    ):
        export_folder(Export(tmp_path / "other", "xls"))
    assert read_bytes(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_instant_keeps_the_day_that_its_text_shows() -> None:
    assert write_instant(NOON, TODAY) == "2026-11-24T12:00:00Z"
    assert write_instant(NOON, date(2026, 11, 25)) == "2026-11-25T00:00:00+12:00"
    assert write_instant(NOON, date(2026, 11, 23)) == "2026-11-23T23:00:00-13:00"
    assert write_instant(NOON.replace(hour=0), TODAY) == "2026-11-24"
    assert write_instant(NOON.replace(hour=0), date(2026, 11, 23)) == "2026-11-23T23:00:00-01:00"


def test_an_amount_comes_back_from_a_sheet_as_it_was(tmp_path: Path) -> None:
    save_items([ItemFacts("LAMP", price=5_510_719_487), ItemFacts("DESK", price=99_999_999_999)], cause())
    before = dump()
    assert bring(write(tmp_path / "out", "xlsx")).faults == ()
    assert dump() == before


@pytest.mark.parametrize("form", FORMS)
def test_amounts_have_the_places_of_their_currency_and_come_back(form: str, tmp_path: Path) -> None:
    for sku, price, currency in (("LAMP", 1250, "EUR"), ("DESK", 1250, "JPY"), ("SHADE", 1250, "KWD")):
        save_items([ItemFacts(sku, sku, price, currency)], cause())
        buy(f"of {sku}", (sku, 2))
    before = dump()
    folder = write(tmp_path / "out", form)
    assert bring(folder).faults == ()
    assert dump() == before
    if form == "csv":
        assert (folder / "items.csv").read_text("utf-8") == (
            "sku,description,price,pack_size,currency\n"
            "DESK,DESK,1250,1,JPY\nLAMP,LAMP,12.50,1,EUR\nSHADE,SHADE,1.250,1,KWD\n"
        )
        with (folder / "orders.csv").open(encoding="utf-8") as orders:
            assert [row["unit_price"] for row in csv.DictReader(orders)] == ["1250", "12.50", "1.250"]


TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029"), max_size=12)
SKU = TEXT.filter(lambda sku: not re.search(REFUSED, sku.strip()))


@pytest.mark.hypothesis
@IN_DATABASE
@given(
    rows=st.lists(st.tuples(SKU, TEXT, st.integers(0, 10**11), st.integers(1, 10**9)), max_size=5),
    form=st.sampled_from(FORMS),
)
def test_any_item_survives_a_way_out_and_in(
    rows: list[tuple[str, str, int, int]], form: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    Item.objects.all().delete()
    facts = {
        sku.strip(): ItemFacts(sku.strip(), name.strip(), price, "EUR", pack)
        for sku, name, price, pack in rows
    }
    save_items([each for sku, each in facts.items() if sku], cause())
    before = dump()
    report = bring(write(tmp_path_factory.mktemp("export") / "out", form))
    assert report.faults == ()
    assert dump() == before
    assert Order.objects.count() == 0
