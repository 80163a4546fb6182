"""Holds package, lock, licence and continuous integration together."""

import re
import tomllib
from importlib.metadata import version

import backorder
from tests.architecture import tree

PYPROJECT = tomllib.loads((tree.ROOT / "pyproject.toml").read_text("utf-8"))
LOCK = (tree.ROOT / "requirements.lock").read_text("utf-8")


def required() -> set[str]:
    project = PYPROJECT["project"]
    listed = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    return {re.split(r"[<>=!~;\[ ]", requirement)[0] for requirement in listed}


def test_the_version_is_the_same_everywhere() -> None:
    assert backorder.__version__ == PYPROJECT["project"]["version"] == version("backorder")


def test_the_changelog_begins_with_the_version_and_what_it_brings() -> None:
    changes = (tree.ROOT / "CHANGELOG.md").read_text("utf-8")
    titles = re.findall(r"^## (.+)$", changes, re.MULTILINE)
    assert titles[0].endswith(PYPROJECT["project"]["version"])
    assert re.search(r"^- ", changes.split("\n## ")[1], re.MULTILINE)


def test_the_lock_pins_everything_that_is_required() -> None:
    assert required() - set(re.findall(r"^([a-z0-9-]+)==", LOCK, re.MULTILINE)) == set()


def test_every_line_of_the_lock_is_a_version_or_a_hash() -> None:
    pin = re.compile(r"[a-z0-9-]+==[\w.+]+( ; [^\\]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    assert [line for line in LOCK.splitlines() if not pin.fullmatch(line)] == []


def test_every_dependency_has_its_reason() -> None:
    reasons = (tree.ROOT / "docs" / "decisions" / "0004-dependencies.md").read_text("utf-8")
    assert set(re.findall(r"^\| `([a-z0-9-]+)` \|", reasons, re.MULTILINE)) == required()


def test_every_rule_that_is_off_has_its_reason() -> None:
    text = (tree.ROOT / "pyproject.toml").read_text("utf-8")
    off = re.findall(r'^    "[A-Z]+\d*",.*$', text, re.MULTILINE)
    assert off != []
    assert [line for line in off if not re.search(r" # as [A-Z]+\d+| # \w.{10,}", line)] == []


def test_the_licence_is_whole() -> None:
    licence = (tree.ROOT / "LICENSE").read_text("utf-8")
    assert "Apache License" in licence
    assert "END OF TERMS AND CONDITIONS" in licence


def test_continuous_integration_runs_what_people_run() -> None:
    commands = (tree.ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert commands[0] == "#!/usr/bin/env bash"
    assert commands[1] == "set -euo pipefail"
    assert commands[2:] == [
        'cd "$(dirname "$0")/.."',
        "export CI=true # without a browser its tests fail, they are not left out",
        "make test",
    ]
