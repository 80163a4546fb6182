"""Runs every scenario through the command line and compares its tables."""

from pathlib import Path

import pytest

from backorder.engine.allocation.plan import Reason
from backorder.engine.allocation.policy import STRATEGIES
from tests.scenarios import document
from tests.scenarios.run import run_plan
from tests.scenarios.scenario import (
    FOLDER,
    Scenario,
    ScenarioError,
    compare,
    list_scenarios,
    read_scenario,
    show_side_by_side,
    write_folder,
)

SCENARIOS = [read_scenario(path) for path in list_scenarios()]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_scenario(scenario: Scenario, tmp_path: Path) -> None:
    write_folder(scenario, tmp_path / "in")
    exit_code, printed = run_plan(scenario, tmp_path / "in", tmp_path / "out")
    assert exit_code == scenario.exit_code, f"{scenario.sentence}\n\n{printed}"
    differences = compare(scenario, tmp_path / "out")
    assert not differences, "\n\n".join([scenario.sentence, *differences])


def test_every_file_is_read() -> None:
    files = {path for path in FOLDER.rglob("*.md") if path.name != "README.md"}
    assert files == set(list_scenarios())


def test_every_strategy_and_reason_has_a_scenario() -> None:
    rows = [
        row
        for scenario in SCENARIOS
        for table in ("lines", "changes", "exceptions")
        for row in scenario.tables.get(table, [])
    ]
    assert {row["strategy"] for row in rows if "strategy" in row} >= set(STRATEGIES)
    assert {row["reason"] for row in rows if "reason" in row} == {reason.name for reason in Reason}


def test_the_document_is_up_to_date() -> None:
    message = "write it again: python -m tests.scenarios.document"
    assert document.DOCUMENT.read_text(encoding="utf-8") == document.compose(), message


def test_the_example_of_the_readme_is_a_scenario(tmp_path: Path) -> None:
    example = (FOLDER / "README.md").read_text(encoding="utf-8").split("```")[1]
    (tmp_path / "example.md").write_text(example.lstrip(), encoding="utf-8")
    scenario = read_scenario(tmp_path / "example.md")
    write_folder(scenario, tmp_path / "in")
    assert run_plan(scenario, tmp_path / "in", tmp_path / "out")[0] == 0
    assert compare(scenario, tmp_path / "out") == []


def test_a_difference_is_shown_side_by_side() -> None:
    wanted, got = (
        [{"order": "1", "quantity": "5"}],
        [{"order": "1", "quantity": "4"}, {"order": "2", "quantity": "1"}],
    )
    assert show_side_by_side("pegs", ["order", "quantity"], wanted, got).splitlines()[1:] == [
        "|order|quantity||order|quantity|",
        "|---|---|---|---|---|",
        "|1|5|<>|1|4|",
        "|||<>|2|1|",
    ]


HEAD = "# T\n\nS.\n\nAs of 2026-11-24\n\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# T\n\nS.\n\n## orders\n| a |\n|---|\n", "needs '# title'"),
        (HEAD + "## order\n| a |\n|---|\n", "'## order' is no table"),
        (HEAD + "## orders\n| a |\n|---|\n", "at least one table that comes out"),
        (HEAD + "## orders\n| a | b |\n|---|---|\n| 1 |\n", "1 cells under 2 columns"),
        (HEAD + "## orders\n| a |\n| 1 |\n", "a row of dashes"),
    ],
)
def test_a_scenario_that_cannot_be_read_says_so(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "wrong.md").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=message):
        read_scenario(tmp_path / "wrong.md")
