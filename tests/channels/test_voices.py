"""What is said of a line: every reason makes sentences that hold, and the customer hears of nobody else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from backorder.channels.files import customer, sample, voices
from backorder.channels.files.services import Decision, Question, read_facts
from backorder.cli import run
from backorder.engine.allocation import allocate, explain
from backorder.engine.allocation.plan import Reason
from tests.channels.shop import SHOP, write_shop

AS_OF = ["--as-of", "2026-11-24", "--quiet"]


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Decision:
    folder = tmp_path_factory.mktemp("sample") / "shop"
    sample.write_sample(folder)
    _, policy, facts = read_facts(Question(folder, folder / "policy.toml", sample.AS_OF), lambda _: None)
    return Decision(facts, policy.policy, allocate(facts.snapshot, policy.policy), ())


def late_lines(planned: Decision) -> dict[str, int]:
    """Find the first late line of each reason."""
    lines = planned.plan.lines
    rows: dict[str, int] = {}
    for row, (in_time, reason) in enumerate(zip(lines.in_time.tolist(), lines.reason.tolist(), strict=True)):
        if not in_time:
            rows.setdefault(Reason(reason).name, row)
    return rows


def test_the_customer_hears_of_nobody_else_whatever_the_reason(planned: Decision) -> None:
    facts, names, rows = planned.facts, planned.facts.names, late_lines(planned)
    assert len(rows) >= 9
    strangers = {*names.inbound, *names.location, "segment", "rank", "strategy", "score", "ahead"} - {""}
    for reason, row in rows.items():
        found = explain(facts.snapshot, planned.policy, planned.plan, row)
        known = voices.describe(facts, planned.plan, planned.policy, found)
        told = json.dumps([customer.for_customer(known), customer.say_to_customer(known)])
        words = set(re.findall(r"[\w-]+", told))
        assert words & {*strangers, *(set(names.order) - {known["order"]})} == set(), reason


def test_what_binds_is_a_constraint_without_which_the_line_has_more_if_there_is_one(
    planned: Decision,
) -> None:
    facts, others = planned.facts, 0
    for row in np.flatnonzero(~planned.plan.lines.in_time).tolist():
        found = explain(facts.snapshot, planned.policy, planned.plan, row)
        known = voices.describe(facts, planned.plan, planned.policy, found)
        told = "\n".join(voices.say_to_planner(known))
        assert found.binding is not None
        if found.alternatives:
            assert found.binding in found.alternatives
            assert (found.binding.unallocated, found.binding.promised_on) < (
                found.unallocated,
                found.promised_on,
            )
        assert ("; even " in told) == (not found.alternatives)
        assert f"held back by {found.binding.constraint.name};" in told
        others += found.binding.constraint != found.reason
    assert others > 0


def test_a_line_that_takes_only_what_is_on_hand_is_told_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    orders = SHOP["orders"].replace("promised_on", "commitment").replace("2026-11-30", "soft")
    orders = orders.replace("Bo,contract,19.90,", "Bo,contract,19.90,on_hand_only")
    orders = orders.replace("9,1,LAMP,4", "9,1,LAMP,6")
    shop = write_shop(tmp_path / "shop", orders=orders, current=None)
    line = ["explain", str(shop), "--order", "9", "--line", "1"]
    assert run([*line, *AS_OF]) == 0
    assert capsys.readouterr().out.splitlines()[1] == (
        "COMMITTED: 4 of 6 ship by 24 Nov 2026, 2 have no supply: it takes only what is on hand."
    )
    assert run([*line, *AS_OF, "--voice", "customer"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "6 of LAMP still to ship, asked for 21 Nov 2026.",
        "4 will ship on 24 Nov 2026.",
        "We are sorry: we have no date yet for 2 of them.",
        "You asked for what is in stock, and that is taken.",
        "Among the orders for this item, yours is one of the next.",
        "The next delivery brings 10 on 12 Dec 2026.",
    ]


def ask(shop: Path, order: str, capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    """Give what is told of line 1 of an order."""
    assert run(["explain", str(shop), "--order", order, "--line", "1", *AS_OF, *options]) == 0
    return capsys.readouterr().out.splitlines()


def write_small_shop(folder: Path, orders: list[str], stock: list[str], **more: str) -> Path:
    """Write a shop of few rows, with nothing on order unless it is given."""
    tables = {
        "orders": "\n".join([more.pop("columns", "order,line,sku,quantity,ordered_at"), *orders]),
        "stock": "\n".join(["sku,location,on_hand", *stock]),
        "inbound": "inbound,line,sku,location,quantity,expected_on\n" + more.pop("inbound", ""),
    }
    return write_shop(folder, **{**dict.fromkeys(SHOP), **tables, **more})


def test_a_customer_hears_by_when_a_set_ships_in_parts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kits, inbound = "sku,component,quantity\nK,L,2\n", "P,1,L,M,2,2026-12-05\n"
    stock = ["L,M,2", "K,M,1"]
    shop = write_small_shop(tmp_path / "shop", ["A,1,K,3,2026-11-20"], stock, kits=kits, inbound=inbound)
    assert ask(shop, "A", capsys, "--voice", "customer")[1] == "3 will ship by 5 Dec 2026."
    told = json.loads("\n".join(ask(shop, "A", capsys, "--voice", "customer", "--json")))
    assert told["shipments"] == [{"ships_by": "2026-12-05", "quantity": 3}]


@pytest.mark.parametrize(
    ("orders", "order", "place"),
    [
        (5, 1, "one of the next"),
        (40, 4, "one of the next"),
        (5, 5, "about 10th of 10 in line"),
        (9, 5, "about 10th of 10 in line"),
        (35, 14, "about 10th of 40 in line"),
        (44, 15, "about 20th of 40 in line"),
        (1049, 984, "about 980th of 1,000 in line"),
    ],
)
def test_a_customer_hears_a_rough_place_and_no_more_than_roughly_how_many_wait(
    orders: int, order: int, place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"{number:04},1,L,5,2026-11-20" for number in range(1, orders + 1)]
    shop = write_small_shop(tmp_path / "shop", rows, ["L,M,1"])
    told = ask(shop, f"{order:04}", capsys, "--voice", "customer")
    assert told[-1] == f"Among the orders for this item, yours is {place}."


def test_a_customer_hears_only_of_lines_and_deliveries_that_meet_at_a_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = "location,parent\nCITY,\nSHELF,CITY\nTOWN,\n"
    at = [*["CITY"] * 4, *["SHELF"] * 3, *["TOWN"] * 30, *[""] * 8]
    rows = [f"{number:02},1,L,5,2026-11-20,{place}" for number, place in enumerate(at, 1)]
    columns = "order,line,sku,quantity,ordered_at,location"
    inbound = "P,1,L,TOWN,70,2026-12-01\nQ,1,L,SHELF,2,2026-12-05\nQ,2,L,CITY,1,2026-12-05\nR,1,L,CITY,9,2026-12-06\n"
    shop = write_small_shop(
        tmp_path / "shop", rows, ["L,CITY,0"], inbound=inbound, columns=columns, locations=places
    )
    told = json.loads("\n".join(ask(shop, "07", capsys, "--voice", "machine")))
    assert (told["lines_ahead"], told["lines_of_item"]) == (6, 4 + 3 + 8)
    assert told["next_delivery"] == {"on": "2026-12-05", "quantity": 2}
    assert ask(shop, "07", capsys, "--voice", "customer")[-2:] == [
        "Among the orders for this item, yours is about 10th of 20 in line.",
        "The next delivery brings 2 on 5 Dec 2026.",
    ]
    told = json.loads("\n".join(ask(shop, "03", capsys, "--voice", "customer", "--json")))
    assert (told["place"], told["next_delivery"]) == (
        "one of the next",
        {"on": "2026-12-05", "quantity": 3},
    )
    told = json.loads("\n".join(ask(shop, "45", capsys, "--voice", "machine")))
    assert (told["lines_ahead"], told["lines_of_item"]) == (44, 45)
    assert told["next_delivery"] == {"on": "2026-12-01", "quantity": 70}


def test_who_is_served_in_time_hears_of_no_queue_and_no_delivery(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inbound = "P,1,L,M,2,2026-12-05\n"
    shop = write_small_shop(tmp_path / "shop", ["A,1,L,3,2026-11-24"], ["L,M,3"], inbound=inbound)
    told = json.loads("\n".join(ask(shop, "A", capsys, "--voice", "customer", "--json")))
    assert (told["in_time"], told["place"], told["next_delivery"]) == (True, "", None)


@pytest.mark.parametrize(
    ("commitment", "inbound", "why"),
    [
        ("soft", "", "We do not know yet when more will arrive."),
        ("soft", "P,1,L,M,2,2026-12-05\n", "What is here and on its way is not enough for all of it."),
        ("on_hand_only", "P,1,L,M,2,2026-12-05\n", "You asked for what is in stock, and that is taken."),
    ],
)
def test_nobody_hears_of_a_delivery_and_that_none_is_known(
    commitment: str, inbound: str, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    columns, orders = "order,line,sku,quantity,ordered_at,commitment", [f"A,1,L,9,2026-11-20,{commitment}"]
    shop = write_small_shop(tmp_path / "shop", orders, ["L,M,3"], inbound=inbound, columns=columns)
    told = ask(shop, "A", capsys, "--voice", "customer")
    place = "Among the orders for this item, yours is one of the next."
    coming = ["The next delivery brings 2 on 5 Dec 2026."] if inbound else []
    assert told[-2 - len(coming) :] == [why, place, *coming]


def test_a_gain_that_is_not_all_is_told_beside_what_still_has_no_supply(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = ["A,1,L,3,2026-11-20", "B,1,L,10,2026-11-21"]
    told = ask(write_small_shop(tmp_path / "shop", rows, ["L,M,5"]), "B", capsys)
    assert told[-3:] == [
        (
            "It is held back by NO_SUPPLY; if as many more were on hand today, "
            "all of it would ship by 24 Nov 2026."
        ),
        "What else would change it:",
        ("  if it were served first, 3 more would ship, and the other 5 would still have no supply"),
    ]
