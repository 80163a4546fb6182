"""The commands as one types them: what they print, how they end, and what they never tell."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backorder.cli import run
from tests.channels.shop import SHOP, write_shop

AS_OF = ["--as-of", "2026-11-24"]
PROGRAM = [sys.executable, "-c", "from backorder.cli import main; main()"]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write_shop(tmp_path / "shop")


def test_plan_prints_a_short_table(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", str(shop), "--out", str(tmp_path / "plan"), *AS_OF]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "                      lines  units",
        "ships now                 1      4",
        "ships by 1 Dec 2026       2      2",
        "ships by 24 Dec 2026      3      7",
        "has no supply             0      0",
        "",
        "The longest waits:",
        "order  line  sku   wanted       ships        days  why",
        (
            "    9     1  LAMP  21 Nov 2026  13 Dec 2026    22  "
            "Waits for PO-7 line 2, ships 13 Dec 2026: units keep promises to others."
        ),
        " 1001     1  LAMP  24 Nov 2026  13 Dec 2026    19  Waits for PO-7 line 2, ships 13 Dec 2026.",
        "",
        f"Written to {tmp_path / 'plan'}",
    ]
    assert err.splitlines()[:2] == ["reading orders.csv", "reading stock.csv"]
    assert err.splitlines()[-1] == "writing exceptions.csv"


def test_quiet_prints_nothing(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", str(shop), "--out", str(tmp_path / "plan"), *AS_OF, "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_json_prints_the_summary(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", str(shop), "--out", str(tmp_path / "plan"), *AS_OF, "--json", "--quiet"]) == 0
    out, err = capsys.readouterr()
    assert (out, err) == ((tmp_path / "plan" / "summary.json").read_text("utf-8"), "")


def test_a_policy_in_the_folder_is_hinted_at_and_not_used(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "policy.toml").write_text("nonsense", "utf-8")
    assert run(["plan", str(shop), "--out", str(tmp_path / "plan"), *AS_OF, "--quiet"]) == 0
    rules = shop / "policy.toml"
    assert (
        capsys.readouterr().err == f"the defaults are used; for the rules in {rules} add --policy {rules}\n"
    )


def test_quote_says_how_many_now_how_many_later_and_what_it_depends_on(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["quote", str(shop), "--sku", "LAMP", "--quantity", "5", *AS_OF, "--quiet"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "5 of LAMP:",
        "  3 on 13 Dec 2026",
        "  2 without supply",
        "Depends on PO-7 line 2, LAMP at main, expected 12 Dec 2026.",
    ]


def test_quote_as_json(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = [
        "--location",
        "main",
        "--requested-on",
        "2026-12-24",
        "--customer-class",
        "retail",
        "--json",
        "--quiet",
    ]
    assert run(["quote", str(shop), "--sku", "CHAIR", "--quantity", "3", *AS_OF, *options]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "sku": "CHAIR",
        "quantity": 3,
        "location": "main",
        "requested_on": "2026-12-24",
        "customer_class": "retail",
        "quantity_now": 2,
        "later": [],
        "shortage": 1,
        "promised_on": None,
        "depends_on": [],
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["quote", "--sku", "LMAP", "--quantity", "1"],
            "--sku: 'LMAP' is not in the folder; did you mean 'LAMP'?",
        ),
        (
            ["quote", "--sku", "LAMP", "--quantity", "1", "--location", "x"],
            "--location: 'x' is not in the folder",
        ),
        (["explain", "--order", "2000", "--line", "1"], "--order: 2000 is no open order"),
        (["explain", "--order", "1001", "--line", "3"], "--line: order 1001 has no open line 3; it has 1, 2"),
    ],
)
def test_a_question_about_what_is_not_there(
    options: list[str], message: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([options[0], str(shop), *options[1:], *AS_OF, "--quiet"]) == 2
    assert capsys.readouterr() == ("", f"{message}\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["plan", "shop"], "--out"),
        (
            ["plan", "shop", "--out", "x", "--as-of", "24.11.2026"],
            "'24.11.2026' is not a date like 2026-11-24",
        ),
        (
            ["plan", "shop", "--out", "x", "--as-of", "2026-02-30"],
            "'2026-02-30' names a day that does not exist",
        ),
        (["plan", "shop", "--out", "x", "--as-of", "1800-01-01"], "'1800-01-01' is before 1900"),
        (["plan", "shop", "--out", "x", "--as-of", "0000-01-01"], "'0000-01-01' names a day that does not"),
        (["plan", "shop", "--out", "x", "--as-of", "2201-01-01"], "'2201-01-01' is after 2200"),
        (["quote", "shop", "--sku", "A", "--quantity", "0"], "--quantity"),
        (["explain", "shop", "--order", "1", "--line", "1", "--voice", "lawyer"], "--voice"),
        (["plan", "shop", "--out", "x", "--colour"], "--colour"),
        (["plot"], "plot"),
    ],
)
def test_bad_flags_end_with_2(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    assert message in capsys.readouterr().err


def test_the_planner_hears_everything(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", str(shop), "--order", "9", "--line", "1", *AS_OF, "--quiet"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Order 9 line 1: 4 of LAMP at main, wanted 21 Nov 2026.",
        "PROMISE_OF_OTHERS: Waits for PO-7 line 2, ships 13 Dec 2026: units keep promises to others.",
        "  covered: 4 of LAMP from PO-7 line 2, expected 12 Dec 2026, at main, ships 13 Dec 2026",
        "Rank 1 of 5 (strategy redistribute).",
        "Nobody is ahead of it for this item.",
        "Units that would have helped are with 1001 line 1.",
        (
            "It is held back by PROMISE_OF_OTHERS; if no promise to others had to be kept, "
            "all of it would ship by 24 Nov 2026."
        ),
    ]


def test_a_score_is_shown_term_by_term(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('[rank]\nmode = "score"\n[rank.score]\nage_days = 1.5\nclass.contract = 50\n', "utf-8")
    options = ["--policy", str(rules), *AS_OF, "--quiet"]
    assert run(["explain", str(shop), "--order", "9", "--line", "1", *options]) == 0
    assert "Score 54.5 = age_days 4.5 + class.contract 50." in capsys.readouterr().out.splitlines()


def test_the_customer_hears_nobody_elses_data(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run(["explain", str(shop), "--order", "9", "--line", "1", "--voice", "customer", *AS_OF, "--quiet"])
        == 0
    )
    assert capsys.readouterr().out.splitlines() == [
        "4 of LAMP still to ship, asked for 21 Nov 2026.",
        "4 will ship on 13 Dec 2026.",
        "We are sorry that it is later than you asked.",
        "What is here or arrives earlier is set aside.",
        "Among the orders for this item, yours is one of the next.",
        "The next delivery brings 10 on 12 Dec 2026.",
    ]


@pytest.mark.parametrize("form", [["--json"], []])
def test_no_word_for_the_customer_names_another_order_customer_or_supplier(
    form: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(
        f"ORD{number},1,LAMP,1,2026-11-{1 + number % 20:02},,,Person{number},gold\n" for number in range(40)
    )
    orders = "order,line,sku,quantity,ordered_at,requested_on,location,customer,customer_class\n" + rows
    shop = write_shop(tmp_path / "shop", orders=orders, current=None)
    options = ["--voice", "customer", *AS_OF, "--quiet", *form]
    assert run(["explain", str(shop), "--order", "ORD13", "--line", "1", *options]) == 0
    out = capsys.readouterr().out
    assert set(re.findall(r"ORD\d+", out)) <= {"ORD13"}
    assert re.search(r"Person|gold|PO-|Bright|main|shop|[A-Z]{2,}_[A-Z]", out) is None
    assert "about 30th of 40 in line" in out


def test_the_machine_hears_json(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--order", "9", "--line", "1", *AS_OF, "--quiet"]
    assert run(["explain", str(shop), *options, "--voice", "machine"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["reason"] == "PROMISE_OF_OTHERS"
    assert told["ahead"] == [{"order": "1001", "line": "1"}]
    assert told["binding"] == {
        "constraint": "PROMISE_OF_OTHERS",
        "promised_on": "2026-11-24",
        "unallocated": 0,
    }
    assert run(["explain", str(shop), *options, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == told


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert re.fullmatch(r"backorder \d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_help_loads_neither_polars_nor_the_engine() -> None:
    code = "import sys; from backorder.cli import run; run(['plan', '--help']); print(sorted(sys.modules))"
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    loaded = printed.splitlines()[-1]
    assert [name for name in ("'numba'", "'polars'", "'numpy'", "'fastexcel'") if name in loaded] == []


def test_a_reader_who_leaves_is_no_error(shop: Path, tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    arguments = ["plan", str(shop), "--out", str(tmp_path / "plan"), *AS_OF]
    ended = subprocess.run([*PROGRAM, *arguments], check=False, stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert ended.returncode == 0
    assert (tmp_path / "plan" / "summary.json").exists()


def test_ctrl_c_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    rows = "".join(f"{number},1,LAMP,1,2026-11-20T10:00:00Z,,,Ada,retail,1.5,\n" for number in range(200_000))
    shop = write_shop(tmp_path / "shop", orders=SHOP["orders"].splitlines()[0] + "\n" + rows)
    process = subprocess.Popen(
        [*PROGRAM, "plan", str(shop), "--out", str(tmp_path / "plan"), *AS_OF],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert process.stderr.readline() == "reading orders.csv\n"
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert err.splitlines()[-1] == "interrupted; nothing was written"
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]


def test_an_interrupt_while_the_program_loads_is_one_line() -> None:
    code = """
import sys
class Interrupt:
    def find_spec(self, name, *rest):
        if name == "typer":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupt())
from backorder.__main__ import main
main()
"""
    ended = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (130, "")
    assert ended.stderr == "interrupted; nothing was written\n"
