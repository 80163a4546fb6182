"""The files of this repository, as the tests of its form read them."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def files() -> tuple[Path, ...]:
    """List what is or could be committed: everything that .gitignore lets through."""
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = {ROOT / name for name in listed.split("\0") if name}
    return tuple(sorted(path for path in paths if path.is_file()))


def python_files(*folders: str) -> Iterator[Path]:
    """List the Python files under these folders of the repository."""
    for path in files():
        if path.suffix == ".py" and name(path).startswith(tuple(f"{folder}/" for folder in folders)):
            yield path


def documents() -> Iterator[Path]:
    """List the documents that people read."""
    return (path for path in files() if path.suffix == ".md")


def name(path: Path) -> str:
    """Name a file as seen from the top of the repository."""
    return path.relative_to(ROOT).as_posix()


@cache
def parse(path: Path) -> ast.Module:
    """Read a Python file as a tree."""
    return ast.parse(path.read_text("utf-8"), name(path))


def without_code(text: str) -> str:
    """Drop what a document shows as code: no link is meant there."""
    return re.sub(r"^```.*?^```|`[^`\n]+`", "", text, flags=re.DOTALL | re.MULTILINE)
