"""Read a scenario file, write it as a folder of CSV files, and compare what came out."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

FOLDER = Path(__file__).parent
THEMES = (
    "ranking",
    "pegging",
    "calendar",
    "strategies",
    "commitments",
    "promises",
    "guarantees",
    "together",
    "minimum",
    "kits",
    "changes",
    "offers",
    "defects",
    "published",
)
"""The folders of scenarios, in the order in which they are best read."""

TABLES_IN = ("orders", "stock", "inbound", "items", "locations", "kits", "substitutes", "current", "calendar")
TABLES_OUT = ("lines", "pegs", "changes", "exceptions", "offers", "shortages", "summary")

REQUIRED = {"stock": ["sku", "on_hand"], "inbound": ["inbound", "sku", "quantity", "expected_on"]}
"""Tables that a folder must have: a scenario may leave them out if they are empty."""

Row = dict[str, str]
Table = list[Row]


class ScenarioError(ValueError):
    """A scenario file that cannot be read: it says which file and what is wrong."""


@dataclass(frozen=True)
class Scenario:
    """One rule: the facts and policy that go in, and the tables that must come out."""

    name: str  # theme/file, without .md
    title: str
    sentence: str
    as_of: str
    policy: str
    headers: dict[str, list[str]]
    tables: dict[str, Table]
    exit_code: int
    text: str


def list_scenarios() -> list[Path]:
    """List the scenario files, theme by theme."""
    return [path for theme in THEMES for path in sorted((FOLDER / theme).glob("*.md"))]


def read_scenario(path: Path) -> Scenario:
    """Read one file; what no rule of README.md covers is an error, so that nothing is silently left out."""
    name = f"{path.parent.name}/{path.stem}"
    text = path.read_text(encoding="utf-8")
    body, policy = take_policy(text)
    head, *sections = re.split(r"^## ", body, flags=re.MULTILINE)
    title, sentence, as_of, exit_code = read_head(name, head)
    headers: dict[str, list[str]] = {}
    tables: dict[str, Table] = {}
    for section in sections:
        table, _, rows = section.partition("\n")
        if table.strip() not in (*TABLES_IN, *TABLES_OUT) or table.strip() in tables:
            message = f"{name}: '## {table}' is no table of a scenario, or is there twice"
            raise ScenarioError(message)
        headers[table.strip()], tables[table.strip()] = read_table(name, rows)
    if "orders" not in tables or not set(tables) & set(TABLES_OUT):
        message = f"{name}: a scenario has orders and at least one table that comes out"
        raise ScenarioError(message)
    return Scenario(name, title, sentence, as_of, policy, headers, tables, exit_code, text)


def take_policy(text: str) -> tuple[str, str]:
    """Split the policy block from the rest."""
    found = re.search(r"^```toml\n(.*?)^```\n", text, flags=re.MULTILINE | re.DOTALL)
    return (text.replace(found[0], ""), found[1]) if found else (text, "")


def read_head(name: str, head: str) -> tuple[str, str, str, int]:
    """Read title, sentence, as-of date and exit code."""
    title, *rest = [line.strip() for line in head.splitlines() if line.strip()]
    as_of, exit_code, sentence = "", 0, []
    for line in rest:
        if found := re.fullmatch(r"As of (\d{4}-\d\d-\d\d)", line):
            as_of = found[1]
        elif found := re.fullmatch(r"Exit (\d+)", line):
            exit_code = int(found[1])
        else:
            sentence.append(line)
    if not title.startswith("# ") or not as_of or not sentence:
        message = f"{name}: needs '# title', a sentence and 'As of 2026-11-24'"
        raise ScenarioError(message)
    return title.removeprefix("# "), " ".join(sentence), as_of, exit_code


def read_table(name: str, text: str) -> tuple[list[str], Table]:
    """Read a Markdown table as rows of text."""
    cells = [split_row(line) for line in text.splitlines() if line.strip()]
    if len(cells) < 2 or not all(re.fullmatch(r"-+", cell) for cell in cells[1]):
        message = f"{name}: a table is a header, a row of dashes, and rows"
        raise ScenarioError(message)
    header, _, *rows = cells
    for row in rows:
        if len(row) != len(header):
            message = f"{name}: {' | '.join(row)}: {len(row)} cells under {len(header)} columns"
            raise ScenarioError(message)
    return header, [dict(zip(header, row, strict=True)) for row in rows]


def split_row(line: str) -> list[str]:
    """Split one line of a Markdown table."""
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def write_folder(scenario: Scenario, folder: Path) -> None:
    """Write the tables that go in as CSV files, the defaults of README.md filled in, and the policy."""
    folder.mkdir()
    for table in TABLES_IN:
        rows = [fill_row(table, row, scenario.as_of) for row in scenario.tables.get(table, [])]
        columns = scenario.headers.get(table, REQUIRED.get(table))
        if columns is None:
            continue
        header = list(fill_row(table, dict.fromkeys(columns, ""), scenario.as_of))
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, header, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    if scenario.policy:
        (folder / "policy.toml").write_text(scenario.policy, encoding="utf-8")


def fill_row(table: str, row: Row, as_of: str) -> Row:
    """Fill the columns that a scenario may leave out."""
    defaults: dict[str, Row] = {
        "orders": {"line": "1", "ordered_at": as_of},
        "stock": {"location": "main"},
        "inbound": {"line": "1", "location": "main"},
        "current": {
            "line": "1",
            "location": "main",
            "inbound": "",
            "inbound_line": "1" if row.get("inbound") else "",
            "available_on": row.get("ships_on", ""),
        },
    }
    return {**defaults.get(table, {}), **row}


def read_output(table: str, folder: Path) -> Table:
    """Read one table that came out."""
    if table == "summary":
        return read_figures(json.loads((folder / "summary.json").read_text(encoding="utf-8")), "")
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_figures(value: object, name: str) -> Table:
    """Flatten the summary: `fill_rate.unit` and its value."""
    if not isinstance(value, dict):
        return [{"figure": name, "value": str(value)}]
    return [row for key, part in value.items() for row in read_figures(part, f"{name}.{key}".lstrip("."))]


def compare(scenario: Scenario, folder: Path) -> list[str]:
    """Compare each table that the scenario lists; what differs is shown side by side."""
    differences = []
    for table in TABLES_OUT:
        if table not in scenario.tables:
            continue
        columns, wanted = scenario.headers[table], scenario.tables[table]
        got = read_output(table, folder)
        if got and (missing := set(columns) - set(got[0])):
            message = f"{scenario.name}: {table} has no column {', '.join(sorted(missing))}"
            raise ScenarioError(message)
        if table == "summary":
            figures = {row["figure"] for row in wanted}
            got = sorted((row for row in got if row["figure"] in figures), key=lambda row: row["figure"])
            wanted = sorted(wanted, key=lambda row: row["figure"])
        got = [{column: row[column] for column in columns} for row in got]
        if not same(wanted, got):
            differences.append(show_side_by_side(table, columns, wanted, got))
    return differences


def same(wanted: Table, got: Table) -> bool:
    """Compare row by row."""
    return len(wanted) == len(got) and all(
        same_cell(column, text, other[column])
        for row, other in zip(wanted, got, strict=True)
        for column, text in row.items()
    )


def same_cell(column: str, wanted: str, got: str) -> bool:
    """Compare texts exactly; figures and money as numbers, to as many decimals as the scenario gives."""
    if column == "value" and re.fullmatch(r"\d+\.\d+", wanted) and re.fullmatch(r"\d+(\.\d+)?", got):
        return round(Decimal(got), len(wanted.partition(".")[2])) == Decimal(wanted)
    return wanted == got


def show_side_by_side(table: str, columns: list[str], wanted: Table, got: Table) -> str:
    """Show both tables as Markdown, row beside row."""
    blank = dict.fromkeys(columns, "")
    lines = [
        f"## {table}: wanted, then got",
        "|".join(["", *columns, "", *columns, ""]),
        "|".join(["", *["---"] * (2 * len(columns) + 1), ""]),
    ]
    for number in range(max(len(wanted), len(got))):
        left = wanted[number] if number < len(wanted) else blank
        right = got[number] if number < len(got) else blank
        mark = "" if left == right else "<>"
        lines.append("|".join(["", *left.values(), mark, *right.values(), ""]))
    return "\n".join(lines)
