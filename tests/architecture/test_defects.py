"""Holds the page of others' defects to the tests: each names one that exists and cites its number."""

from __future__ import annotations

import re

from tests.architecture import tree

ROW = re.compile(r"^\| (T\d+) \|.*\| `([^`]+)` \|$", re.MULTILINE)


def find_test(place: str) -> str:
    """Give the name and the docstring of a test, or the whole of a scenario; blank if there is none."""
    name, _, function = place.partition("::")
    path = tree.ROOT / name
    if not path.is_file():
        return ""
    text = path.read_text("utf-8")
    if not function:
        return text
    found = re.search(
        rf'^def {function}\([^)]*\) -> None:\n(?:    """.*?""")?', text, re.MULTILINE | re.DOTALL
    )
    return found[0] if found else ""


def test_each_defect_of_others_has_a_test_that_cites_it() -> None:
    rows = ROW.findall((tree.ROOT / "docs/reference/defects-of-others.md").read_text("utf-8"))
    assert {number for number, _ in rows} == {f"T{number}" for number in range(1, 24)}
    uncited = [
        (number, place)
        for number, place in rows
        if not re.search(rf"(?:\b|_){number}(?:\b|_)", find_test(place), re.IGNORECASE)
    ]
    assert uncited == []


def test_each_scenario_of_a_defect_is_of_one_in_the_table() -> None:
    rows = ROW.findall((tree.ROOT / "docs/reference/defects-of-others.md").read_text("utf-8"))
    files = (tree.ROOT / "tests/scenarios/defects").glob("*.md")
    cited = {f"T{int(path.name.split('-')[0][1:])}" for path in files}
    assert len(cited) > 8
    assert cited - {number for number, _ in rows} == set()
