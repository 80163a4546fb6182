"""From a folder to a plan: the same facts give the same bytes, and only a whole plan is seen."""

from __future__ import annotations

import json
import random
import resource
from pathlib import Path

import pytest

from backorder.channels.files import services
from backorder.cli import run
from backorder.engine.allocation import Plan, Policy, Snapshot, allocate
from tests.channels.shop import SHOP, read_rows, write_parquet, write_shop, write_xlsx

AS_OF = ["--as-of", "2026-11-24", "--quiet"]
TABLES = ["changes.csv", "exceptions.csv", "lines.csv", "offers.csv", "pegs.csv", "shortages.csv"]


def plan(shop: Path, out: Path, *options: str) -> int:
    return run(["plan", str(shop), "--out", str(out), *AS_OF, *options])


def read_bytes(out: Path) -> dict[str, object]:
    """Read all outputs; of the summary all but what a run is allowed to differ in."""
    found: dict[str, object] = {
        path.name: path.read_bytes() for path in out.iterdir() if path.suffix == ".csv"
    }
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    return {
        **found,
        "summary": {key: value for key, value in summary.items() if key not in {"seconds", "versions"}},
    }


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write_shop(tmp_path / "shop")


@pytest.fixture
def planned(shop: Path, tmp_path: Path) -> Path:
    assert plan(shop, tmp_path / "plan") == 0
    return tmp_path / "plan"


def test_the_tables_hold_what_the_contract_says(planned: Path) -> None:
    assert sorted(path.name for path in planned.iterdir()) == [*TABLES, "summary.json"]
    assert (planned / "lines.csv").read_text("utf-8").splitlines() == [
        (
            "order,line,sku,quantity,rank,segment,strategy,allocated_on_hand,allocated_inbound,unallocated,"
            "first_ships_on,promised_on,in_time,units_ahead,lines_ahead,reason,reason_text"
        ),
        (
            "9,1,LAMP,4,1,,redistribute,0,4,0,2026-12-13,2026-12-13,false,0,0,PROMISE_OF_OTHERS,"
            '"Waits for PO-7 line 2, ships 13 Dec 2026: units keep promises to others."'
        ),
        (
            "1001,1,LAMP,5,2,,redistribute,4,1,0,2026-11-24,2026-12-13,false,4,1,INBOUND,"
            '"Waits for PO-7 line 2, ships 13 Dec 2026."'
        ),
        (
            "1001,2,DESK,1,3,,redistribute,0,1,0,2026-11-29,2026-11-29,true,0,0,INBOUND,"
            "Ships 29 Nov 2026 from 12 line 1."
        ),
        (
            "SO-7,9,SET,1,5,,redistribute,0,1,0,2026-11-29,2026-11-29,true,0,0,INBOUND,"
            "Ships 29 Nov 2026 from 12 line 1."
        ),
        (
            "SO-7,10,LAMP,2,4,,redistribute,0,2,0,2026-12-13,2026-12-13,true,9,2,INBOUND,"
            "Ships 13 Dec 2026 from PO-7 line 2."
        ),
    ]
    assert (planned / "pegs.csv").read_text("utf-8").splitlines() == [
        "order,line,sku,location,inbound,inbound_line,quantity,available_on,ships_on",
        "9,1,LAMP,main,PO-7,2,4,2026-12-12,2026-12-13",
        "1001,1,LAMP,main,,,3,2026-11-24,2026-11-24",
        "1001,1,LAMP,shop,,,1,2026-11-24,2026-11-24",
        "1001,1,LAMP,main,PO-7,2,1,2026-12-12,2026-12-13",
        "1001,2,DESK,main,12,1,1,2026-11-29,2026-11-29",
        "SO-7,9,DESK,main,12,1,1,2026-11-29,2026-11-29",
        "SO-7,9,CHAIR,main,,,2,2026-11-24,2026-11-29",
        "SO-7,10,LAMP,main,PO-7,2,2,2026-12-12,2026-12-13",
    ]
    assert (planned / "changes.csv").read_text("utf-8").splitlines() == [
        "order,line,change,from_quantity,to_quantity,from_date,to_date,reason,lent_to_order,lent_to_line,tell_customer",
        "1001,1,later,5,5,2026-11-28,2026-12-13,SUPPLY_CHANGED,,,true",
    ]
    assert (planned / "offers.csv").read_text("utf-8").splitlines() == [
        "order,line,kind,sku,location,quantity,available_on",
        "9,1,equivalent,CHAIR,main,2,2026-11-24",
    ]


def test_the_summary_holds_what_the_contract_says(planned: Path) -> None:
    summary = json.loads((planned / "summary.json").read_text("utf-8"))
    assert list(summary) == [
        "plan_hash", "as_of", "counts", "units", "fill_rate", "lines_by_reason", "lines_worsened", "notices",
        "laws", "versions", "seconds",
    ]  # fmt: skip
    assert summary["as_of"] == "2026-11-24"
    assert summary["counts"]["lines"] == 5
    assert summary["counts"]["current_rows_ignored"] == 1
    assert summary["units"]["asked"] == 13
    assert list(summary["fill_rate"]) == ["unit", "line", "order", "value"]
    assert summary["laws"] == {"L1": "held", "L2": "held", "L5": "held", "L6": "held", "L7": "not checked"}


@pytest.mark.parametrize("write", [write_parquet, write_xlsx])
def test_every_format_gives_the_same_bytes(write: object, planned: Path, tmp_path: Path) -> None:
    assert callable(write)
    assert plan(write(tmp_path / "other"), tmp_path / "again") == 0
    assert read_bytes(tmp_path / "again") == read_bytes(planned)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_and_columns_changes_nothing(seed: int, planned: Path, tmp_path: Path) -> None:
    dice = random.Random(seed)  # noqa: S311 - an order, not a secret
    other = tmp_path / "other"
    other.mkdir()
    for name, text in SHOP.items():
        header, *rows = read_rows(text)
        columns = dice.sample(range(len(header)), len(header))
        shuffled = [header, *dice.sample(rows, len(rows))]
        lines = [
            ",".join('"' + row[column].replace('"', '""') + '"' for column in columns) for row in shuffled
        ]
        (other / f"{name}.csv").write_text("\ufeff" + "\r\n".join(lines), "utf-8")
    assert plan(other, tmp_path / "again") == 0
    assert read_bytes(tmp_path / "again") == read_bytes(planned)


def test_blank_rows_and_spaces_around_values_change_nothing(planned: Path, tmp_path: Path) -> None:
    spaced = {
        name: text.replace(",", " , ").replace("\n", "\n\n") for name, text in SHOP.items() if name != "items"
    }
    assert plan(write_shop(tmp_path / "other", **spaced), tmp_path / "again") == 0
    assert read_bytes(tmp_path / "again") == read_bytes(planned)


def test_verify_decides_again_from_shuffled_rows(shop: Path, tmp_path: Path) -> None:
    assert plan(shop, tmp_path / "plan", "--verify") == 0
    assert json.loads((tmp_path / "plan" / "summary.json").read_text("utf-8"))["laws"]["L7"] == "held"


def test_headers_alone_give_an_empty_plan(tmp_path: Path) -> None:
    headers = {name: text.splitlines()[0] + "\n" for name, text in SHOP.items()}
    assert plan(write_shop(tmp_path / "shop", **headers), tmp_path / "plan", "--verify") == 0
    assert [len((tmp_path / "plan" / name).read_text("utf-8").splitlines()) for name in TABLES] == [1] * 6
    summary = json.loads((tmp_path / "plan" / "summary.json").read_text("utf-8"))
    assert summary["fill_rate"] == {"unit": None, "line": None, "order": None, "value": None}


def test_unknown_columns_are_named_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stock = "sku,colour,location,on_hand,shelf\nLAMP,red,main,1,A\nDESK,red,main,1,B\n"
    assert plan(write_shop(tmp_path / "shop", stock=stock), tmp_path / "plan") == 0
    assert capsys.readouterr() == ("", "stock.csv: ignored columns: colour, shelf\n")


def test_an_unknown_column_may_be_there_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stock = "sku,Notes,location,on_hand,Notes\nLAMP,x,main,1,y\n"
    assert plan(write_shop(tmp_path / "shop", stock=stock), tmp_path / "plan") == 0
    assert capsys.readouterr() == ("", "stock.csv: ignored column: Notes\n")


def test_a_column_that_the_policy_names_may_not_be_there_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    orders = "order,line,sku,quantity,ordered_at,colour,colour\n1,1,LAMP,1,2026-11-20,red,blue\n"
    (tmp_path / "rules.toml").write_text('[rank]\nkeys = ["colour"]\n', "utf-8")
    rules = ["--policy", str(tmp_path / "rules.toml")]
    assert plan(write_shop(tmp_path / "shop", orders=orders), tmp_path / "plan", *rules) == 2
    assert capsys.readouterr().err == "orders.csv:1: colour: the header names this column twice\n"


def test_an_older_plan_is_replaced_only_if_told_so(
    shop: Path, planned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (planned / "lines.csv").write_text("old", "utf-8")
    assert plan(shop, planned) == 2
    assert capsys.readouterr().err == f"--out: {planned} is there already; --force replaces it\n"
    assert (planned / "lines.csv").read_text("utf-8") == "old"
    assert plan(shop, planned, "--force") == 0
    assert len((planned / "lines.csv").read_text("utf-8").splitlines()) == 6
    assert sorted(path.name for path in planned.parent.iterdir()) == ["plan", "shop"]


def test_a_folder_that_is_not_ours_is_never_replaced(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mine"
    out.mkdir()
    (out / "summary.json").write_text('{"title": "my book"}', "utf-8")
    assert plan(shop, out, "--force") == 2
    assert (
        capsys.readouterr().err
        == f"--out: {out} has no summary.json of ours, so --force does not replace it\n"
    )
    assert (out / "summary.json").read_text("utf-8") == '{"title": "my book"}'


def test_a_home_is_never_replaced(
    shop: Path, planned: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(planned))
    assert plan(shop, planned, "--force") == 2
    assert (
        capsys.readouterr().err
        == f"--out: {planned} is a home folder, or contains one; it is never replaced\n"
    )


@pytest.mark.parametrize(
    ("out", "why"),
    [
        ("shop", "is the input folder"),
        ("shop/../shop", "is the input folder"),
        (".", "contains the input folder"),
        ("shop/plan", "lies inside the input folder"),
        ("shop/orders.csv/plan", "lies inside the input folder"),
        ("no/plan", "cannot be made: there is no folder {root}/no"),
        ("file", "is not a folder"),
    ],
)
def test_an_output_folder_that_would_do_harm(
    out: str, why: str, shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    before = sorted(path.name for path in shop.iterdir())
    assert plan(shop, tmp_path / out, "--force") == 2
    assert capsys.readouterr().err == f"--out: {tmp_path / out} {why.format(root=tmp_path)}\n"
    assert sorted(path.name for path in shop.iterdir()) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "shop"]


def test_a_full_disk_leaves_the_older_plan(
    planned: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"{number},1,LAMP,1,2026-11-20,,,,,,\n" for number in range(400))
    shop = write_shop(tmp_path / "shop", orders=SHOP["orders"].splitlines()[0] + "\n" + rows)
    before = read_bytes(planned)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        code = plan(shop, planned, "--force")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (
        capsys.readouterr().err
        == "could not read or write, nothing was written: File too large (os error 27)\n"
    )
    assert code == 4
    assert read_bytes(planned) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan", "shop"]


@pytest.mark.parametrize("step", ["write_plan", "to_json"])
@pytest.mark.parametrize(
    "trouble",
    [
        (KeyboardInterrupt(), 130, "interrupted; nothing was written\n"),
        (
            ValueError("odd\nthing"),
            1,
            "a bug, nothing was written: ValueError: odd thing (--debug shows more)\n",
        ),
    ],
    ids=["Ctrl-C", "a bug"],
)
def test_trouble_while_writing_leaves_everything_as_it_was(
    step: str,
    trouble: tuple[BaseException, int, str],
    planned: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object) -> None:
        raise trouble[0]

    before = read_bytes(planned)
    monkeypatch.setattr(services, step, fail)
    assert plan(planned.parent / "shop", planned, "--force") == trouble[1]
    assert capsys.readouterr().err == trouble[2]
    assert read_bytes(planned) == before
    assert sorted(path.name for path in planned.parent.iterdir()) == ["plan", "shop"]


def test_a_law_that_fails_on_verifying_writes_nothing(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def decide_by_the_first_row(snapshot: Snapshot, policy: Policy) -> Plan:
        hasty.append(snapshot)
        return allocate(snapshot, policy if len(hasty) == 1 else Policy(handling_days=3))

    hasty: list[Snapshot] = []
    monkeypatch.setattr("backorder.channels.files.services.allocate", decide_by_the_first_row)
    assert plan(shop, tmp_path / "plan", "--verify") == 1
    assert capsys.readouterr().err.startswith(
        "a bug, nothing was written: LawBroken: L7: shuffled rows give plan "
    )
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]
