"""What an import refuses: every fault by row, and nothing changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from backorder.allocation.events import cancel_line
from backorder.catalog.models import Item
from backorder.channels.files.intake.services import apply_import, check_import
from backorder.channels.files.intake.tables import read_paths, read_uploads
from backorder.faults import FaultyInputError
from backorder.fulfilment.services import receive
from backorder.supply.models import InboundLine
from tests.allocation.shop import line_of
from tests.channels.intake.database import bring, dump, look, write_tables
from tests.channels.shop import SHOP, write_parquet, write_xlsx
from tests.fulfilment.shop import listed, release, ship
from tests.supply.shop import cause

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Give the folder of a shop that is in the database."""
    folder = write_tables(tmp_path / "shop")
    assert bring(folder).faults == ()
    return folder


def refuse(folder: Path, complete: tuple[str, ...] = (), **tables: str) -> list[str]:
    """Import tables that are faulty, and show that no row changed."""
    changed = folder.parent / "changed"
    changed.mkdir()
    for name, text in tables.items():
        (changed / f"{name}.csv").write_text(text, "utf-8")
    before = dump()
    faults = look(changed, complete=complete).faults
    assert bring(changed, complete=complete).faults == faults
    assert dump() == before
    return list(faults)


def write_one(folder: Path, name: str, text: str) -> Path:
    """Write one more table beside a shop."""
    path = folder.parent / f"{name}.csv"
    path.write_text(text, "utf-8")
    return path


def test_a_half_bad_file_changes_nothing_and_every_fault_has_its_row(shop: Path) -> None:
    orders = SHOP["orders"].replace("LAMP,5,", "LAMP,6,").replace("9,1,LAMP,4,", "9,1,LMAP,-4,")
    assert refuse(shop, orders=orders + "SO-7,10,LAMP,2,2026-11-22,,nowhere,Cy,,,\n") == [
        "orders.csv:4: quantity: -4 is not a whole number above 0",
        "orders.csv:4: sku: 'LMAP' is not in the database, and there is no table of items that has it",
        "orders.csv:7: order + line: 'SO-7', 10 is there already, in record 5",
        "orders.csv:7: ordered_at: differs from record 6, and an order has one",
        "orders.csv:7: location: 'nowhere' is not in the database, and there is no table of locations that has it",
    ]


def test_a_name_that_is_neither_in_the_files_nor_in_the_database_is_a_fault(tmp_path: Path) -> None:
    folder = write_tables(tmp_path / "shop", stock="sku,location,on_hand\nLMAP,man,1\n", current=None)
    before = dump()
    assert look(folder).faults == (
        "stock.csv:2: sku: 'LMAP' is neither in items.csv nor in the database; did you mean 'LAMP'?",
        "stock.csv:2: location: 'man' is neither in locations.csv nor in the database; did you mean 'main'?",
    )
    assert dump() == before


def test_more_open_than_shipped_and_cancelled_leave_is_a_fault(shop: Path) -> None:
    cancel_line(line_of("9"), 1, cause())
    receive(InboundLine.objects.get(order__number="12"), 5, cause())
    release("1001", "2")
    ship("1001")
    release("1001", "1")
    ship("1001", 2)
    orders = SHOP["orders"].replace("SO-7,10,LAMP,2,", "SO-7,10,DESK,2,")
    assert refuse(shop, orders=orders) == [
        (
            "orders.csv:2: quantity: 5 cannot be open: of 5 ordered 2 have shipped, so 3 are open; "
            "what is wanted beyond them gets a line of its own"
        ),
        (
            "orders.csv:3: quantity: 1 cannot be open: of 1 ordered 1 have shipped, so 0 are open; "
            "what is wanted beyond them gets a line of its own"
        ),
        (
            "orders.csv:4: quantity: 4 cannot be open: of 4 ordered 1 were cancelled, so 3 are open; "
            "what is wanted beyond them gets a line of its own"
        ),
        "orders.csv:5: sku: the line is for 'LAMP', and stays so; give another item a line of its own",
    ]


def test_units_on_a_pick_list_are_neither_cancelled_nor_counted_away_by_a_file(shop: Path) -> None:
    release("1001", "1")
    assert listed("1001") == [("1", "main", 3), ("1", "shop", 1)]
    orders = SHOP["orders"].replace("1001,1,LAMP,5,", "1001,1,LAMP,3,")
    assert refuse(shop, orders=orders, stock="sku,location,on_hand\nLAMP,main,2\nLAMP,shop,1\n") == [
        "stock.csv:2: on_hand: 2 cannot be there: 3 are on pick lists; report there what is missing",
        "orders.csv:2: quantity: 3 cannot be open: 4 are on a pick list; take them back from the warehouse first",
    ]
    shutil.rmtree(shop.parent / "changed")
    text = "\n".join([SHOP["orders"].splitlines()[0], SHOP["orders"].splitlines()[3]]) + "\n"
    assert refuse(shop, ("orders", "stock"), orders=text, stock="sku,location,on_hand\n") == [
        "stock.csv: LAMP at main is not listed, and 3 units of it are on pick lists; report there what is missing",
        "stock.csv: LAMP at shop is not listed, and 1 units of it are on pick lists; report there what is missing",
        (
            "orders.csv: order 1001 line 1 is not listed, and 4 units of it are on a pick list; "
            "take them back from the warehouse first"
        ),
    ]


def test_an_inbound_line_that_is_received_further_than_the_file_says_is_a_fault(shop: Path) -> None:
    receive(InboundLine.objects.get(order__number="PO-7"), 4, cause())
    inbound = SHOP["inbound"].replace("12,1,DESK,main", "12,1,CHAIR,shop")
    assert refuse(shop, inbound=inbound) == [
        (
            "inbound.csv:2: quantity: 10 cannot be still to come: of 10 ordered 4 received, so 6 are left; "
            "what is ordered anew gets a line of its own"
        ),
        "inbound.csv:3: sku: the line is for 'DESK', and stays so; take it off and give what comes a line of its own",
        (
            "inbound.csv:3: location: the line goes to 'main', and stays so; "
            "take it off and give what comes a line of its own"
        ),
    ]


def test_a_circle_through_what_is_known_is_a_fault(shop: Path) -> None:
    assert refuse(
        shop,
        kits="sku,component,quantity\nCHAIR,LAMP,1\nDESK,SET,1\n",
        locations="location,parent\nmain,shop\n",
    ) == [
        "locations.csv:2: parent: 'main' lies inside itself: main > shop > main",
        "kits.csv:3: component: 'DESK' contains itself: DESK > SET > DESK",
    ]


def test_values_that_the_database_cannot_hold_are_faults(shop: Path) -> None:
    assert refuse(
        shop,
        items="sku,price,currency\nLAMP,19.905,EUR\nDESK,1,euro\n",
        stock="sku,location,on_hand,status\nLAMP,main,1,blocked\nLAMP,shop,1000000001,\n",
        customers="customer,email\nAda,ada at home\n",
        acceptance="sku,rule,cap\nLAMP,capped,\nDESK,open,3\nSET,maybe,\n",
        orders="order,line,sku,quantity,ordered_at,priority\n1,1,LAMP,1,2026-11-24,3000000000\n",
    ) == [
        "items.csv:2: price: 19.905 EUR: EUR has 2 places",
        "items.csv:3: currency: 'euro' is no currency like EUR",
        "acceptance.csv:2: cap: is blank, and capped needs one",
        "acceptance.csv:3: cap: only capped has one",
        "acceptance.csv:4: rule: 'maybe' is not one of none, capped, inbound_only, open",
        "customers.csv:2: email: 'ada at home' is no e-mail address",
        "stock.csv:2: status: 'blocked' is not one of sellable, damaged, quality_hold",
        "stock.csv:3: on_hand: 1000000001 is more than 1000000000",
        "orders.csv:2: priority: 3000000000 is more than 2147483647",
    ]


def test_an_amount_has_no_more_places_than_its_currency(shop: Path) -> None:
    assert bring(write_one(shop, "items", "sku,price,currency\nJAR,1250,JPY\nJUG,1.250,KWD\n")).faults == ()
    prices = Item.objects.filter(sku__in=("JAR", "JUG")).order_by("sku").values_list("price", flat=True)
    assert list(prices) == [1250, 1250]
    assert refuse(
        shop,
        items="sku,currency\nJUG,JPY\n",
        orders="order,line,sku,quantity,ordered_at,unit_price\n"
        "1,1,LAMP,1,2026-11-24,12.505\n1,2,JAR,1,2026-11-24,12.50\n1,3,JAR,1,2026-11-24,\n",
    ) == [
        "items.csv:2: price: 1.25 JPY: JPY has no places",
        "orders.csv:2: unit_price: 12.505 EUR: EUR has 2 places",
        "orders.csv:3: unit_price: 12.5 JPY: JPY has no places",
    ]


def test_a_price_is_no_more_than_the_database_keeps_of_its_currency(shop: Path) -> None:
    assert refuse(shop, items="sku,price,currency\nJUG,10000000000.001,KWD\nJAR,10000000000,KWD\n") == [
        "items.csv:2: price: 10000000000.001 KWD is more than 10000000000.000"
    ]


def test_an_item_that_was_ordered_at_a_price_keeps_its_currency(shop: Path) -> None:
    assert refuse(shop, items="sku,price,currency\nSTOOL,5,EUR\nLAMP,1250,JPY\n") == [
        "items.csv:3: currency: LAMP was sold in EUR: its currency stays; make another item to sell in JPY"
    ]


def test_names_that_nobody_can_tell_apart_or_write_are_faults(shop: Path) -> None:
    assert refuse(
        shop,
        items="sku,price\nLAMP\u200b,1\nDE\u00a0SK,1\nLAMP/story,1\n",
        locations=f"location,name\n{'x' * 200},a\u00a0b\n{'x' * 201},\n",
    ) == [
        r"items.csv:2: sku: 'LAMP\u200b' holds a character that nobody sees, U+200B; leave it out",
        r"items.csv:3: sku: 'DE\xa0SK' holds a character that nobody sees, U+00A0; leave it out",
        "items.csv:4: sku: 'LAMP/story': no part between slashes may be `story`: addresses have it for something else",
        f"locations.csv:3: location: '{'x' * 59}…' has 201 characters, and a name has at most 200",
    ]


def test_lines_that_disagree_about_their_order_are_faults(shop: Path) -> None:
    orders = (
        "order,line,sku,quantity,ordered_at,customer,channel,priority,ship_policy\n"
        "1,1,LAMP,1,2026-11-24,,shop,5,as_ready\n1,2,LAMP,1,2026-11-24,Ada,,6,line_complete\n"
        "1,3,LAMP,1,2026-11-24,Bo,web,5,as_ready\n"
        "2,1,LAMP,1,2026-11-24,Ada,,5,complete\n2,2,LAMP,1,2026-11-24,,,5,line_complete\n"
    )
    assert refuse(shop, orders=orders) == [
        "orders.csv:3: priority: differs from record 2, and an order has one",
        "orders.csv:3: ship_policy: differs from record 2, and an order has one",
        "orders.csv:4: customer: differs from record 3, and an order has one",
        "orders.csv:4: channel: differs from record 2, and an order has one",
    ]


def test_a_table_that_lists_everything_must_be_there_and_be_one_that_can(shop: Path) -> None:
    assert refuse(shop, complete=("inbound",), stock=SHOP["stock"]) == [
        "--complete: inbound is not among the files"
    ]
    with pytest.raises(
        FaultyInputError, match="--complete: items: nothing of it is ever removed; it can be orders,"
    ):
        read_paths([shop], ("items",))
    with pytest.raises(
        FaultyInputError, match="--complete: order: there is no such table; did you mean 'orders'"
    ):
        read_paths([shop], ("order",))


def test_a_file_that_is_no_table_and_a_folder_without_one_are_faults(tmp_path: Path) -> None:
    with pytest.raises(
        FaultyInputError, match=r"prices\.csv: is no table; name it after one of items, locations,"
    ):
        read_uploads({"prices.csv": b"sku\n"})
    with pytest.raises(FaultyInputError, match=r"orders\.txt: is no table"):
        read_uploads({"orders.txt": b"sku\n"})
    with pytest.raises(FaultyInputError, match="holds no table; an import reads items, locations,"):
        read_paths([tmp_path])
    with pytest.raises(FaultyInputError, match="no file was handed in"):
        read_uploads({})


def test_a_table_in_two_files_is_a_fault(shop: Path) -> None:
    before = dump()
    report = bring(shop, shop / "stock.csv")
    assert report.faults == ("stock.csv: the table is there twice, see stock.csv; one must go",)
    assert dump() == before


def test_uploads_are_compared_again_when_they_are_taken_over(shop: Path) -> None:
    uploads = {"../../orders.csv": SHOP["orders"].replace("9,1,LAMP,4,", "9,1,LAMP,6,").encode()}
    tables = read_uploads(uploads)
    assert check_import(tables, cause()).faults == ()
    cancel_line(line_of("9"), 1, cause())
    before = dump()
    assert apply_import(tables, cause()).faults == (
        (
            "orders.csv:4: quantity: 6 cannot be open: of 4 ordered 1 were cancelled, so 3 are open; "
            "what is wanted beyond them gets a line of its own"
        ),
    )
    assert dump() == before
    assert sorted(path.name for path in shop.parent.iterdir()) == ["shop"]


@pytest.mark.parametrize("write", [write_parquet, write_xlsx])
def test_every_format_says_the_same(shop: Path, write: object, tmp_path: Path) -> None:
    before = dump()
    assert callable(write)
    report = bring(write(tmp_path / "other"))
    assert (report.faults, report.changes) == ((), False)
    assert dump() == before
    assert shop.is_dir()


def test_a_kit_of_more_units_than_can_be_counted_is_a_fault_where_it_is_made(shop: Path) -> None:
    kits = "sku,component,quantity\nLAMP,CHAIR,1000\nDESK,LAMP,1001\n"
    assert refuse(shop, kits=kits) == [
        "kits.csv: quantity: one SET would hold 1,001,002 units, all levels down; a kit holds 1,000,000 or fewer",
        "kits.csv:3: quantity: one DESK would hold 1,001,000 units, all levels down; a kit holds 1,000,000 or fewer",
    ]
