"""Holds the sample to its word: always the same shop, everything in play, nobody's own folder touched."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from backorder.channels.files.sample import AS_OF, compose_sample, write_sample
from backorder.cli import run
from backorder.engine.allocation.policy import STRATEGIES
from backorder.engine.allocation.snapshot import COMMITMENTS, SHIP_POLICIES
from tests.architecture import tree


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "summary.json":
            yield path.relative_to(folder).as_posix(), path.read_bytes()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo")
    assert run(["sample", "--out", str(out)]) == 0
    return out


def test_a_second_demo_replaces_the_first_with_the_same_bytes(demo: Path) -> None:
    before = dict(contents(demo))
    assert run(["sample", "--out", str(demo)]) == 0
    assert dict(contents(demo)) == before
    assert len(before) == 16


def test_the_shop_is_as_large_as_it_says() -> None:
    tables = compose_sample()
    assert [len(tables[name]) for name in ("items", "orders", "locations")] == [60, 400, 3]


def test_every_strategy_commitment_and_ship_policy_is_in_play(demo: Path) -> None:
    assert {row["strategy"] for row in read(demo / "plan" / "lines.csv")} == set(STRATEGIES)
    orders = read(demo / "shop" / "orders.csv")
    assert {row["commitment"] for row in orders} == set(COMMITMENTS)
    assert {row["ship_policy"] for row in orders} == set(SHIP_POLICIES)


def test_supply_is_late_and_comes_in_part(demo: Path) -> None:
    inbound = {(row["inbound"], row["line"]): row for row in read(demo / "shop" / "inbound.csv")}
    current = [row for row in read(demo / "shop" / "current.csv") if row["inbound"]]
    held = [(row, inbound.get((row["inbound"], row["inbound_line"]))) for row in current]
    assert any(row["expected_on"] < AS_OF.isoformat() for row in inbound.values())
    assert any(now and now["expected_on"] > row["available_on"] for row, now in held)
    assert any(now and int(now["quantity"]) % 6 for _, now in held)  # ordered by the half dozen
    assert {row["reason"] for row in read(demo / "plan" / "changes.csv")} >= {"SUPPLY_CHANGED"}


def test_most_lines_are_served_and_some_wait(demo: Path) -> None:
    lines = read(demo / "plan" / "lines.csv")
    waiting = [row for row in lines if row["in_time"] == "false" and row["promised_on"]]
    assert len(waiting) > 40
    assert sum(row["unallocated"] == "0" for row in lines) > 240


def test_it_prints_the_table_three_voices_and_what_to_do_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["sample", "--out", str(tmp_path / "new" / "demo")]) == 0
    printed = capsys.readouterr().out
    for text in (
        "The longest waits:",
        "--voice planner",
        "--voice customer",
        "--voice machine",
        "backorder quote",
    ):
        assert text in printed


def test_it_prints_what_the_readme_shows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["sample"]) == 0
    printed = capsys.readouterr().out.splitlines()
    shown = (
        (tree.ROOT / "README.md")
        .read_text("utf-8")
        .split("\n$ .venv/bin/backorder sample\n")[1]
        .split("\n```\n")[0]
    )
    lines = [line for line in shown.splitlines() if line != "…"]
    assert len(lines) > 8
    assert [line for line in lines if line not in printed] == []


def test_the_commands_that_it_prints_work(
    demo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(demo.parent)
    assert run(["sample", "--out", demo.name]) == 0
    commands = [line.split()[2:] for line in capsys.readouterr().out.splitlines() if line.startswith("$ ")]
    assert [command[0] for command in commands] == ["plan", "explain", "explain", "explain", "quote"]
    assert [run(command) for command in commands] == [0, 0, 0, 0, 0]


def test_a_shop_that_is_not_ours_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "orders.csv").write_text("order,line\n", encoding="utf-8")
    assert run(["sample", "--out", str(tmp_path)]) == 2
    assert (
        capsys.readouterr().err
        == f"--out: {tmp_path / 'shop'} is no sample shop of ours, so it is not replaced\n"
    )
    assert dict(contents(tmp_path)) == {"shop/orders.csv": b"order,line\n"}


def test_a_plan_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    write_sample(tmp_path / "shop")
    (tmp_path / "plan").mkdir()
    (tmp_path / "plan" / "letter.txt").write_text("dear", encoding="utf-8")
    assert run(["sample", "--out", str(tmp_path)]) == 2
    assert (tmp_path / "plan" / "letter.txt").read_text(encoding="utf-8") == "dear"
