"""Bad input, kind by kind: the exact message, exit code 2, and an output folder that nobody touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from backorder.cli import run
from tests.channels.shop import SHOP, write_shop

ORDERS = SHOP["orders"]
HEADER, FIRST = ORDERS.splitlines()[:2]
NO_INSTANT = "is not a date or an instant like 2026-11-24T09:30:00Z"
MISQUOTED = 'a quotation mark is out of place; a field is quoted as a whole, "" inside it means one'
STRATEGIES = "skip, win, gain, improve, redistribute, fair_share, fill, lose"


Tables = dict[str, str | bytes | None]


def swap(table: str, old: str, new: str) -> Tables:
    assert SHOP[table].count(old) >= 1, old
    return {table: SHOP[table].replace(old, new, 1)}


def first_order(column: str, value: str) -> Tables:
    """Change one value of the first order line; a column that the shop lacks is added."""
    names, values = HEADER.split(","), FIRST.split(",")
    if column in names:
        values[names.index(column)] = value
    else:
        names.append(column)
        values.append(value)
    return {"orders": "\n".join([",".join(names), ",".join(values)]) + "\n"}


CASES: dict[str, tuple[Tables, list[str]]] = {
    "a quantity below 0": (
        first_order("quantity", "-3"),
        ["orders.csv:2: quantity: -3 is not a whole number above 0"],
    ),
    "a quantity of 0": (
        first_order("quantity", "0"),
        ["orders.csv:2: quantity: 0 is not a whole number above 0"],
    ),
    "half a unit": (
        first_order("quantity", "3.5"),
        ["orders.csv:2: quantity: 3.5 is not a whole number above 0"],
    ),
    "text as a quantity": (
        first_order("quantity", "three"),
        ["orders.csv:2: quantity: 'three' is not a whole number above 0"],
    ),
    "an exponent": (
        first_order("quantity", "1e3"),
        ["orders.csv:2: quantity: '1e3' is not a whole number above 0"],
    ),
    "a plus sign": (
        first_order("quantity", "+3"),
        ["orders.csv:2: quantity: +3 is not a whole number above 0"],
    ),
    "thousands marked": (
        first_order("quantity", '"1,000"'),
        ["orders.csv:2: quantity: 1,000 is not a whole number above 0"],
    ),
    "digits of another script": (
        first_order("quantity", "٣"),
        ["orders.csv:2: quantity: '٣' is not a whole number above 0"],
    ),
    "a blank quantity": (
        first_order("quantity", ""),
        ["orders.csv:2: quantity: is blank, and every row needs one"],
    ),
    "a quantity past 2^53": (
        first_order("quantity", "9007199254740993"),
        ["orders.csv:2: quantity: 9007199254740993 is more than 9007199254740992"],
    ),
    "a quantity past every number": (
        first_order("quantity", "99999999999999999999"),
        ["orders.csv:2: quantity: 99999999999999999999 is more than 9007199254740992"],
    ),
    "quantities that add up past 2^53": (
        {"orders": f"{HEADER}\n{FIRST}\n2,1,LAMP,9007199254740990,2026-11-20,,,,,0,\n"},
        ["orders.csv: quantity: the sum is 9007199254740995, more than 9007199254740992"],
    ),
    "a value that outgrows the money": (
        first_order("quantity", "900000000000000"),
        [
            (
                "orders.csv: unit_price: quantity x unit_price adds up to 17910000000000000, "
                "more than 4611686018427"
            )
        ],
    ),
    "a priority of words": (
        first_order("priority", "high"),
        ["orders.csv:2: priority: 'high' is not a whole number"],
    ),
    "a price below 0": (
        first_order("unit_price", "-1"),
        ["orders.csv:2: unit_price: -1 is not an amount of at least 0 with at most six decimals"],
    ),
    "a price with a currency": (
        first_order("unit_price", "€5"),
        ["orders.csv:2: unit_price: '€5' is not an amount of at least 0 with at most six decimals"],
    ),
    "a price with seven decimals": (
        first_order("unit_price", "0.1234567"),
        ["orders.csv:2: unit_price: 0.1234567 is not an amount of at least 0 with at most six decimals"],
    ),
    "day and month in the other order": (
        first_order("requested_on", "24-11-2026"),
        ["orders.csv:2: requested_on: '24-11-2026' is not a date like 2026-11-24"],
    ),
    "slashes in a date": (
        first_order("requested_on", "2026/11/24"),
        ["orders.csv:2: requested_on: '2026/11/24' is not a date like 2026-11-24"],
    ),
    "one digit for a month": (
        first_order("requested_on", "2026-1-05"),
        ["orders.csv:2: requested_on: '2026-1-05' is not a date like 2026-11-24"],
    ),
    "a day that does not exist": (
        first_order("requested_on", "2026-02-30"),
        ["orders.csv:2: requested_on: '2026-02-30' names a day that does not exist"],
    ),
    "a month past the twelfth": (
        first_order("requested_on", "2026-24-11"),
        ["orders.csv:2: requested_on: '2026-24-11' names a day that does not exist"],
    ),
    "a date before 1900": (
        first_order("needed_by", "1899-12-31"),
        ["orders.csv:2: needed_by: '1899-12-31' is before 1900"],
    ),
    "a date after 2200": (
        first_order("promised_on", "9999-12-31"),
        ["orders.csv:2: promised_on: '9999-12-31' is after 2200"],
    ),
    "an instant where a date is wanted": (
        first_order("requested_on", "2026-11-24T00:00:00Z"),
        ["orders.csv:2: requested_on: '2026-11-24T00:00:00Z' is not a date like 2026-11-24"],
    ),
    "an instant at 25 o'clock": (
        first_order("ordered_at", "2026-11-20T25:00:00Z"),
        [f"orders.csv:2: ordered_at: '2026-11-20T25:00:00Z' {NO_INSTANT}"],
    ),
    "an instant with a zone by name": (
        first_order("ordered_at", "2026-11-20T09:30:00 CET"),
        [f"orders.csv:2: ordered_at: '2026-11-20T09:30:00 CET' {NO_INSTANT}"],
    ),
    "an unknown ship policy": (
        first_order("ship_policy", "completed"),
        [
            (
                "orders.csv:2: ship_policy: 'completed' is not one of as_ready, complete, line_complete; "
                "did you mean 'complete'?"
            )
        ],
    ),
    "an unknown commitment": (
        first_order("commitment", "hard"),
        ["orders.csv:2: commitment: 'hard' is not one of on_hand_only, soft, reserved, firm, locked"],
    ),
    "a minimum of 0": (
        first_order("minimum_quantity", "0"),
        ["orders.csv:2: minimum_quantity: 0 is not a whole number above 0"],
    ),
    "a blank key": (first_order("sku", " "), ["orders.csv:2: sku: is blank, and every row needs one"]),
    "a control character": (
        first_order("sku", "LA\x07MP"),
        [
            "orders.csv:2: sku: 'LA\\x07MP' holds a control character",
            "orders.csv:2: sku: 'LA\\x07MP' is not in items.csv; did you mean 'LAMP'?",
        ],
    ),
    "a byte 0": (
        first_order("customer", "A\0da"),
        ["orders.csv:2: customer: 'A\\x00da' holds a control character"],
    ),
    "a line break inside a field": (
        first_order("customer", '"A\nda"'),
        ["orders.csv:2: customer: 'A\\nda' holds a control character"],
    ),
    "a quotation mark that never closes": (
        first_order("customer", '"Ada'),
        [f"orders.csv:2: {MISQUOTED}"],
    ),
    "a row longer than the header": (
        {"orders": ORDERS.replace("250,\n", "250,,,\n")},
        ["orders.csv:3: has 13 fields, the header has 11"],
    ),
    "a missing column": (
        swap("orders", ",quantity,", ",Qty_quantity,"),
        ["orders.csv:1: quantity: the column is missing; is 'Qty_quantity' meant?"],
    ),
    "a column named twice": (
        swap("orders", "customer_class", "customer"),
        ["orders.csv:1: customer: the header names this column twice"],
    ),
    "semicolons": (
        {"orders": ORDERS.replace(",", ";")},
        ["orders.csv:1: the columns are parted by semicolons; commas are needed"],
    ),
    "tabs": (
        {"stock": SHOP["stock"].replace(",", "\t")},
        ["stock.csv:1: the columns are parted by tabs; commas are needed"],
    ),
    "Latin-1": (
        {"orders": ORDERS.replace("Ada", "Renée").encode("latin-1")},
        [
            "orders.csv:2: byte 0xE9 is not UTF-8; save the file as CSV UTF-8",
            "orders.csv:3: byte 0xE9 is not UTF-8; save the file as CSV UTF-8",
        ],
    ),
    "UTF-16": ({"orders": ORDERS.encode("utf-16")}, ["orders.csv: is UTF-16; save it as CSV UTF-8"]),
    "an empty file": ({"orders": ""}, ["orders.csv: is empty; it needs at least a header"]),
    "a blank header": (
        {"orders": "\n1,2\n"},
        ["orders.csv:1: the first record is blank; it must name the columns"],
    ),
    "lines that end with a carriage return alone": (
        {"orders": ORDERS.replace("\n", "\r")},
        ["orders.csv:1: the lines end with a carriage return alone; a line feed is needed"],
    ),
    "no orders": (
        {"orders": None},
        ["orders.csv: is missing, and there is no .parquet or .xlsx of that name either"],
    ),
    "no stock": (
        {"stock": None},
        ["stock.csv: is missing, and there is no .parquet or .xlsx of that name either"],
    ),
    "no inbound": (
        {"inbound": None},
        ["inbound.csv: is missing, and there is no .parquet or .xlsx of that name either"],
    ),
    "a line that is there twice": (
        {"orders": f"{HEADER}\n{FIRST}\n{FIRST}\n"},
        ["orders.csv:3: order + line: 1001, 1 is there already, in record 2"],
    ),
    "stock that is there twice": (
        {"stock": "sku,location,on_hand,status\nLAMP,main,1,\nLAMP,main,2,sellable\n"},
        ["stock.csv:3: sku + location + status: 'LAMP', 'main', 'sellable' is there already, in record 2"],
    ),
    "an item that is there twice": (
        {"items": SHOP["items"] + "LAMP,,,\n"},
        ["items.csv:7: sku: 'LAMP' is there already, in record 2"],
    ),
    "stock below 0": (
        swap("stock", "LAMP,main,3", "LAMP,main,-3"),
        ["stock.csv:2: on_hand: -3 is not a whole number of at least 0"],
    ),
    "inbound of 0": (
        swap("inbound", "main,10,", "main,0,"),
        ["inbound.csv:2: quantity: 0 is not a whole number above 0"],
    ),
    "inbound without a date": (
        swap("inbound", "2026-12-12", ""),
        ["inbound.csv:2: expected_on: is blank, and every row needs one"],
    ),
    "a sku that items lack": (
        first_order("sku", "LMAP"),
        ["orders.csv:2: sku: 'LMAP' is not in items.csv; did you mean 'LAMP'?"],
    ),
    "a location that locations lack": (
        swap("stock", "LAMP,main", "LAMP,mian"),
        ["stock.csv:2: location: 'mian' is not in locations.csv; did you mean 'main'?"],
    ),
    "an unknown parent": (
        swap("locations", "shop,main", "shop,depot"),
        ["locations.csv:3: parent: 'depot' is not a location"],
    ),
    "locations in a circle": (
        {"locations": "location,parent\nmain,shop\nshop,main\n"},
        ["locations.csv:2: parent: 'main' lies inside itself: main > shop > main"],
    ),
    "a kit in itself": (
        {"kits": "sku,component,quantity\nSET,DESK,1\nDESK,LAMP,2\nLAMP,SET,1\n"},
        ["kits.csv:2: component: 'SET' contains itself: SET > DESK > LAMP > SET"],
    ),
    "kits of too many parts": (
        {
            "kits": "sku,component,quantity\nSET,DESK,4503599627370496\n",
            **first_order("sku", "SET"),
        },
        ["kits.csv: quantity: 5 of kit 'SET' need 22517998136852480 components, more than 9007199254740992"],
    ),
    "a ratio of 0": (
        swap("substitutes", "equivalent,1", "equivalent,0"),
        ["substitutes.csv:2: ratio: 0 is not a number above 0 with at most six decimals"],
    ),
    "a current row of half a unit": (
        swap("current", ",,,3,", ",,,2.5,"),
        ["current.csv:2: quantity: 2.5 is not a whole number above 0"],
    ),
    "a rank of words": (
        swap("locations", "main,,1", "main,,first"),
        ["locations.csv:2: rank: 'first' is not a whole number"],
    ),
    "a rank below every rank": (
        swap("locations", "main,,1", "main,,-2147483647"),
        ["locations.csv:2: rank: -2147483647 is less than -2147483646"],
    ),
    "a closed day that is none": (
        swap("calendar", "2026-12-25", "Christmas"),
        ["calendar.csv:3: closed_on: 'Christmas' is not a date like 2026-11-24"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_told_exactly(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed, messages = CASES[case]
    shop = write_shop(tmp_path / "shop", **changed)
    code = run(["plan", str(shop), "--out", str(tmp_path / "plan"), "--as-of", "2026-11-24", "--quiet"])
    out, err = capsys.readouterr()
    assert err.splitlines() == messages
    assert (code, out) == (2, "")
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]


def test_there_are_at_least_forty_kinds() -> None:
    assert len(CASES) >= 40


def test_all_faults_are_told_in_one_go(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop = write_shop(
        tmp_path / "shop",
        **first_order("quantity", "-3"),
        **swap("stock", "LAMP,main,3", "LAMP,main,x"),
        kits="sku,component,quantity\nSET,SET,1\n",
    )
    (tmp_path / "rules.toml").write_text('[[segment]]\nname = "rush"\nstrategy = "wn"\n', "utf-8")
    options = ["--out", str(tmp_path / "plan"), "--policy", str(tmp_path / "rules.toml"), "--quiet"]
    assert run(["plan", str(shop), *options]) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"rules.toml: segment[1].strategy: 'wn' is not one of {STRATEGIES}; did you mean 'win'?",
        "orders.csv:2: quantity: -3 is not a whole number above 0",
        "stock.csv:2: on_hand: 'x' is not a whole number of at least 0",
        "kits.csv:2: component: 'SET' contains itself: SET > SET",
    ]


def test_the_first_fifty_faults_are_told_and_the_others_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"{number},1,LAMP,-1,2026-11-20,,,,,x,\n" for number in range(500))
    shop = write_shop(tmp_path / "shop", orders=f"{HEADER}\n{rows}")
    assert run(["plan", str(shop), "--out", str(tmp_path / "plan"), "--quiet"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "orders.csv:2: quantity: -1 is not a whole number above 0"
    assert (
        lines[1] == "orders.csv:2: unit_price: 'x' is not an amount of at least 0 with at most six decimals"
    )
    assert (
        lines[49] == "orders.csv:26: unit_price: 'x' is not an amount of at least 0 with at most six decimals"
    )
    assert lines[50:] == ["and 950 more faults"]
