"""docs/howto/plan-from-a-spreadsheet.md, followed by hand: its tables, its commands, its outcome; and what pages and helps show."""

from __future__ import annotations

import csv
import re
import shlex
from pathlib import Path

import pytest
import typer

from backorder.cli import app, run
from tests.architecture import tree

PAGE = (tree.ROOT / "docs" / "howto" / "plan-from-a-spreadsheet.md").read_text("utf-8")
README = (tree.ROOT / "README.md").read_text("utf-8")


def write_tables(folder: Path) -> list[str]:
    """Write the tables of the page as CSV files; gives their names."""
    found = re.findall(r"^`shop/(\w+)\.csv`.*?\n\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    (folder / "shop").mkdir()
    for name, table in found:
        header, _, *rows = table.splitlines()
        lines = [",".join(cell.strip() for cell in row.strip("|").split("|")) for row in (header, *rows)]
        (folder / "shop" / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return [name for name, _ in found]


def test_the_page_works_when_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert write_tables(tmp_path) == ["orders", "stock", "inbound"]
    commands = re.findall(r"^backorder (.+)$", PAGE, re.MULTILINE)
    assert [run(shlex.split(command)) for command in commands] == [0, 0, 0, 0]
    with (tmp_path / "plan" / "pegs.csv").open(encoding="utf-8", newline="") as file:
        pegs = [
            (row["order"], row["inbound"], row["quantity"], row["ships_on"]) for row in csv.DictReader(file)
        ]
    assert pegs == [
        ("1001", "", "4", "2026-11-24"),
        ("1002", "", "2", "2026-11-24"),
        ("1002", "P-7", "3", "2026-12-04"),
    ]
    listed = re.findall(r"^\| `(\w+\.\w+)` \|", PAGE, re.MULTILINE)
    assert sorted(listed) == sorted(path.name for path in (tmp_path / "plan").iterdir())


def test_next_weeks_plan_keeps_the_promises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_tables(tmp_path)
    assert run(["plan", "shop", "--out", "plan", "--as-of", "2026-11-24"]) == 0
    (tmp_path / "plan" / "pegs.csv").rename(tmp_path / "shop" / "current.csv")
    (tmp_path / "shop" / "stock.csv").write_text("sku,location,on_hand\nLAMP,main,0\n", "utf-8")
    (tmp_path / "shop" / "orders.csv").write_text(
        "order,line,sku,quantity,ordered_at,promised_on\n1002,1,LAMP,3,2026-11-21,2026-12-04\n"
        "1003,1,LAMP,9,2026-11-19,\n",
        "utf-8",
    )
    assert run(["plan", "shop", "--out", "plan", "--as-of", "2026-12-01", "--force"]) == 0
    with (tmp_path / "plan" / "lines.csv").open(encoding="utf-8", newline="") as file:
        lines = [(row["order"], row["promised_on"], row["unallocated"]) for row in csv.DictReader(file)]
    assert lines == [("1002", "2026-12-04", "0"), ("1003", "", "2")]


@pytest.mark.parametrize(("inbound", "got"), [(",", "3"), ("P-7,1", "0")])
@pytest.mark.parametrize("commitment", ["firm", "locked"])
def test_what_has_arrived_stays_with_its_line(
    commitment: str, inbound: str, got: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_tables(tmp_path)
    assert run(["plan", "shop", "--out", "plan", "--as-of", "2026-11-24"]) == 0
    header, *pegs = (tmp_path / "plan" / "pegs.csv").read_text("utf-8").splitlines()
    awaited = [row.replace("P-7,1", inbound) for row in pegs if "P-7,1" in row]  # the others have shipped
    (tmp_path / "shop" / "current.csv").write_text("\n".join([header, *awaited]) + "\n", "utf-8")
    (tmp_path / "shop" / "stock.csv").write_text("sku,location,on_hand\nLAMP,main,10\n", "utf-8")
    (tmp_path / "shop" / "inbound.csv").write_text(
        "inbound,line,sku,location,quantity,expected_on\n", "utf-8"
    )
    (tmp_path / "shop" / "orders.csv").write_text(
        "order,line,sku,quantity,ordered_at,commitment\n"
        f"1002,1,LAMP,3,2026-11-21,{commitment}\n1003,1,LAMP,10,2026-11-19,\n",
        "utf-8",
    )
    assert run(["plan", "shop", "--out", "plan", "--as-of", "2026-12-04", "--force"]) == 0
    with (tmp_path / "plan" / "lines.csv").open(encoding="utf-8", newline="") as file:
        lines = {row["order"]: row["allocated_on_hand"] for row in csv.DictReader(file)}
    assert lines == {"1002": got, "1003": str(10 - int(got))}


def write_readme_shop(folder: Path) -> None:
    """Write the tables of the README as CSV files."""
    tables = re.findall(r"^shop/(\w+\.csv) +(.+\n(?: +.+\n)+)", README, re.MULTILINE)
    assert [name for name, _ in tables] == ["orders.csv", "stock.csv", "inbound.csv"]
    (folder / "shop").mkdir()
    for name, text in tables:
        (folder / "shop" / name).write_text(re.sub(r"(?m)^ +", "", text), "utf-8")


def test_the_shop_of_the_readme_gives_what_the_readme_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_readme_shop(tmp_path)
    command = re.findall(r"^\.venv/bin/backorder (plan .+)$", README, re.MULTILINE)[0]
    assert run(shlex.split(command)) == 0
    with (tmp_path / "plan" / "lines.csv").open(encoding="utf-8", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["allocated_on_hand"], first["promised_on"]) == ("4", "2026-03-04")
    assert (second["allocated_on_hand"], second["allocated_inbound"]) == ("2", "3")
    assert (second["promised_on"], second["reason"]) == ("2026-03-12", "AFTER_HIGHER_RANK")


@pytest.mark.parametrize("command", [[], ["plan"], ["explain"], ["quote"], ["sample"]])
def test_the_examples_of_the_help_work_on_the_shop_of_the_readme(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_readme_shop(tmp_path)
    assert run([*command, "--help"]) == 0
    examples = re.findall(r"^ +backorder (.+)$", capsys.readouterr().out, re.MULTILINE)
    assert examples
    assert [run(shlex.split(example)) for example in examples] == [0] * len(examples)


def read_words(line: str) -> None:
    """Read a command as the program would, without doing it. Raises whatever it would refuse it with."""
    command, words = typer.main.get_command(app), shlex.split(line)
    while "commands" in vars(command):
        command = vars(command)["commands"][words.pop(0)]
    command.make_context("backorder", words)


def list_helps() -> list[str]:
    """List the helps of the program, its commands and its groups of commands."""
    commands = [command.help for command in app.registered_commands]
    groups = [group.typer_instance.info.help for group in app.registered_groups if group.typer_instance]
    return [str(text) for text in (app.info.help, *commands, *groups)]


def test_every_command_has_an_example() -> None:
    assert len(list_helps()) > 15
    assert [text for text in list_helps() if "\nExample:\n  backorder " not in text] == []


def test_every_command_that_a_page_or_a_help_shows_can_be_called_so() -> None:
    pages = [README, *(path.read_text("utf-8") for path in (tree.ROOT / "docs" / "howto").glob("*.md"))]
    blocks = [
        block for page in pages for block in re.findall(r"^```\n.*?^```", page, re.DOTALL | re.MULTILINE)
    ]
    shown = re.findall(
        r"^ *(?:\$ )?(?:\.venv/bin/)?backorder (.+)$", "\n".join([*blocks, *list_helps()]), re.MULTILINE
    )
    assert len(shown) > 40
    for line in shown:
        read_words(line)
    with pytest.raises(Exception, match="No such option: --sing"):
        read_words("plan shop --sing")
