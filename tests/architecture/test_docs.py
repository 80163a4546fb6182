"""Holds the documents to the repository: links lead somewhere, commands exist, decisions are listed."""

import ast
import re
from pathlib import Path

from backorder.cli import app
from tests.architecture import tree

PROGRAM = re.compile(r"backorder ([a-z]+) ")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
TARGET = re.compile(r"^([a-z]+):", re.MULTILINE)
COMMAND = re.compile(r"`make ([a-z]+)\b|^ *(?:\$ )?make ([a-z]+)\b", re.MULTILINE)


def anchors(text: str) -> set[str]:
    """Turn headings into what a link names after the `#`."""
    headings = HEADING.findall(re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(document: Path, text: str) -> list[str]:
    """Name the links inside the repository that lead nowhere."""
    broken = []
    for link in LINK.findall(tree.without_code(text)):
        place, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            continue
        target = document.parent / place
        text_there = target.read_text("utf-8") if place and target.is_file() else text
        if not target.exists() or (anchor and anchor not in anchors(text_there)):
            broken.append(link)
    return broken


def unknown_targets(text: str) -> set[str]:
    """Name the `make` commands that a document shows and the Makefile lacks."""
    shown = {inline or block for inline, block in COMMAND.findall(text)}
    return shown - set(TARGET.findall((tree.ROOT / "Makefile").read_text("utf-8")))


def unknown_commands(text: str) -> set[str]:
    """Name the commands of `backorder` that a document shows in code and the program lacks."""
    blocks = re.findall(r"^```.*?^```|`[^`\n]+`", text, flags=re.DOTALL | re.MULTILINE)
    shown = {command for block in blocks for command in PROGRAM.findall(block)}
    groups = {group.name for group in app.registered_groups}
    return shown - {
        *(
            command.name or command.callback.__name__
            for command in app.registered_commands
            if command.callback
        ),
        *(name for name in groups if isinstance(name, str)),
    }


def test_every_link_leads_somewhere() -> None:
    broken = {tree.name(path): broken_links(path, path.read_text("utf-8")) for path in tree.documents()}
    assert {file: links for file, links in broken.items() if links} == {}


def test_a_link_that_leads_nowhere_is_found() -> None:
    text = "# A heading\n[a](LICENSE) [b](NOWHERE.md) [c](#a-heading) [d](#other) [e](https://x.org) `[f](g)`"
    assert broken_links(tree.ROOT / "README.md", text) == ["NOWHERE.md", "#other"]


def test_every_make_command_in_a_document_exists() -> None:
    unknown = {tree.name(path): unknown_targets(path.read_text("utf-8")) for path in tree.documents()}
    assert {file: targets for file, targets in unknown.items() if targets} == {}


def test_a_make_command_that_does_not_exist_is_found() -> None:
    assert unknown_targets("Run `make test`, then `make coffee`:\n\n    make tea\n") == {"coffee", "tea"}


def test_every_command_of_the_program_in_a_document_exists() -> None:
    unknown = {tree.name(path): unknown_commands(path.read_text("utf-8")) for path in tree.documents()}
    assert {file: commands for file, commands in unknown.items() if commands} == {}


def test_a_command_of_the_program_that_does_not_exist_is_found() -> None:
    text = "`backorder plan shop`, and backorder sings\n```\n.venv/bin/backorder guess shop\n```\n"
    assert unknown_commands(text) == {"guess"}


def test_every_room_is_on_the_architecture_page() -> None:
    page = (tree.ROOT / "docs" / "architecture.md").read_text("utf-8")
    inside = {tree.name(path).split("/")[2] for path in tree.python_files("src/backorder")}
    rooms = {name for name in inside if not name.endswith(".py")}
    assert len(rooms) > 8
    assert [room for room in sorted(rooms) if f"| `{room}/" not in page] == []


def test_every_step_that_the_algorithm_names_is_a_file_and_every_file_of_a_step_is_named() -> None:
    folder = tree.ROOT / "src" / "backorder" / "engine" / "allocation"
    rooms = [folder / name for name in ("seating", "serving", "outcome")]
    prose = {room: ast.get_docstring(tree.parse(room / "__init__.py")) or "" for room in (folder, *rooms)}
    named = {
        room: set(re.findall(r"`([a-z_]+)`", text)) - {"gain", "improve"} for room, text in prose.items()
    }
    files = {room: {path.stem for path in room.glob("*.py")} - {"__init__"} for room in (folder, *rooms)}
    known = set().union(*files.values(), {room.name for room in rooms})
    assert {name for names in named.values() for name in names} - known == set()
    assert {room.name: sorted(files[room] - named[room]) for room in rooms} == {
        room.name: [] for room in rooms
    }


def test_every_target_is_explained_by_make_help() -> None:
    makefile = (tree.ROOT / "Makefile").read_text("utf-8")
    explained = re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)
    phony = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[0].split()
    assert sorted(explained) == sorted(phony)


def test_the_readme_names_both_commands_to_start_with() -> None:
    readme = (tree.ROOT / "README.md").read_text("utf-8")
    assert "make demo" in readme
    assert "make test" in readme


def test_every_decision_is_listed_under_its_title() -> None:
    folder = tree.ROOT / "docs" / "decisions"
    listed = re.findall(r"^- \[(.+)\]\((.+)\)$", (folder / "README.md").read_text("utf-8"), re.MULTILINE)
    titles = {
        path.name: HEADING.findall(path.read_text("utf-8"))[0] for path in sorted(folder.glob("[0-9]*.md"))
    }
    assert [(title, file) for file, title in titles.items()] == listed


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(path.name[:4]) for path in sorted((tree.ROOT / "docs" / "decisions").glob("[0-9]*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))
