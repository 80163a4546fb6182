"""docs/howto/import-your-files.md, followed by hand, and what the commands print."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from backorder import postgres
from backorder.cli import run
from tests.architecture import tree
from tests.channels.shop import write_shop

PAGE = (tree.ROOT / "docs" / "howto" / "import-your-files.md").read_text("utf-8")


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a folder that a server may use, as the current one; its server is stopped at the end."""
    top = Path(tempfile.mkdtemp(prefix="backorder-cli-"))
    top.chmod(0o755)
    monkeypatch.chdir(top)
    yield top
    if (top / "var" / "data" / "PG_VERSION").exists():
        postgres.start(top / "var" / "data").stop()
    shutil.rmtree(top)


def backorder(command: str) -> tuple[int, str, str]:
    """Run the program as a process, with a database of its own."""
    given = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    ended = subprocess.run(
        [sys.executable, "-m", "backorder", *shlex.split(command)],
        check=False,
        capture_output=True,
        text=True,
        env=given,
    )
    return ended.returncode, ended.stdout, ended.stderr


def write_tables(folder: Path) -> None:
    """Write the tables of the page as CSV files."""
    found = re.findall(r"^`shop/(\w+)\.csv`.*?\n\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    assert [name for name, _ in found] == ["items", "locations", "stock", "inbound", "orders"]
    (folder / "shop").mkdir()
    for name, table in found:
        header, _, *rows = table.splitlines()
        lines = [",".join(cell.strip() for cell in row.strip("|").split("|")) for row in (header, *rows)]
        (folder / "shop" / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")


def test_the_page_works_when_followed(here: Path) -> None:
    write_tables(here)
    commands = re.findall(r"^backorder (.+)$", PAGE, re.MULTILINE)
    ended = {command: backorder(command) for command in commands}
    assert {command: (code, errors) for command, (code, _, errors) in ended.items() if code} == {}
    assert ended["import shop"][1].splitlines()[-1] == "The database says so already; nothing changes."
    looked = ended["import shop --dry-run"][1].splitlines()
    assert [line.split() for line in looked[:2]] == [
        ["table", "new", "changed", "unchanged", "gone"],
        ["supplier", "1", "0", "0", "0"],
    ]
    assert looked[-1] == "Nothing was changed: this was a dry run."
    assert ended["reconcile"][1].startswith("all agree: 1 levels, 1 inbound lines, 2 open lines, ")
    pegs = (here / "plan" / "pegs.csv").read_text("utf-8").splitlines()[1:]
    assert [(*row.split(",")[:2], *row.split(",")[4:7]) for row in pegs] == [
        ("1001", "1", "", "", "4"),
        ("1002", "1", "", "", "2"),
        ("1002", "1", "P-7", "1", "3"),
    ]
    assert sorted(path.suffix for path in (here / "tables").iterdir()) == [".json", *[".xlsx"] * 13]


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch, db: None) -> None:  # noqa: ARG001 - the database of the tests
    """Let commands use the database of the tests."""
    monkeypatch.setenv("DATABASE_URL", "postgresql:///named-by-the-tests")


@pytest.mark.usefixtures("stored")
def test_an_import_is_described_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop = str(write_shop(tmp_path / "shop"))
    assert run(["import", shop, "--dry-run", "--json", "--quiet"]) == 0
    dry = json.loads(capsys.readouterr().out)
    assert (dry["applied"], dry["entry"], dry["moves"]) == (False, None, [])
    assert dry["changes"]["orders"] == {"new": 5, "changed": 0, "unchanged": 0, "gone": 0}
    assert run(["import", shop, "--json", "--quiet"]) == 0
    wet = json.loads(capsys.readouterr().out)
    assert (wet["applied"], wet["entry"] > 0, wet["files"][0]) == (True, True, "items.csv")
    assert wet["changes"] == dry["changes"]


@pytest.mark.usefixtures("stored")
def test_lines_that_would_ship_on_another_day_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = write_shop(tmp_path / "shop")
    assert run(["import", str(shop), "--quiet"]) == 0
    capsys.readouterr()
    inbound = (shop / "inbound.csv").read_text("utf-8").replace("2026-11-29", "2099-12-20")
    (shop / "inbound.csv").write_text(inbound, "utf-8")
    assert run(["import", str(shop / "inbound.csv"), "--dry-run", "--quiet"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[3] == "2 lines would ship on another day:"
    assert [line.split()[:3] for line in told[5:7]] == [["1001", "2", "DESK"], ["SO-7", "9", "SET"]]
    assert [line.split()[-1] for line in told[5:7]] == ["2099-12-20", "2099-12-20"]


@pytest.mark.usefixtures("stored")
def test_faults_end_an_import_with_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop = write_shop(tmp_path / "shop", items="sku\nLAMP\n")
    assert run(["import", str(shop), "--quiet"]) == 2
    assert capsys.readouterr().err.splitlines()[0] == (
        "kits.csv:2: sku: 'SET' is neither in items.csv nor in the database"
    )
    assert run(["import", str(tmp_path / "nowhere"), "--quiet"]) == 2
    assert capsys.readouterr().err == f"{tmp_path / 'nowhere'}: there is no such file or folder\n"
    assert run(["export", "--out", str(shop), "--quiet"]) == 2
    assert capsys.readouterr().err == f"--out: {shop} is there already; --force replaces it\n"
