"""Holds the limits of form over the whole repository, and shows that each of them can fail."""

import ast
from collections.abc import Callable, Iterator

import pytest

from tests.architecture import tidy, tree

ALL_PYTHON = ("src", "tests", "bench")


def faults_in_python(rule: Callable[[ast.Module], list[str]]) -> list[str]:
    return [
        f"{tree.name(path)}:{fault}"
        for path in tree.python_files(*ALL_PYTHON)
        for fault in rule(tree.parse(path))
    ]


def texts() -> Iterator[tuple[str, str]]:
    for path in tree.files():
        content = path.read_bytes()
        if b"\0" not in content:
            yield tree.name(path), content.decode("utf-8", "replace")


def lengths() -> dict[str, int]:
    """Of every file but migrations, which makemigrations writes."""
    return {
        tree.name(path): len(path.read_text("utf-8").splitlines())
        for path in tree.python_files(*ALL_PYTHON)
        if path.parent.name != "migrations"
    }


def test_no_file_is_longer_than_the_hard_limit() -> None:
    assert {file: length for file, length in lengths().items() if length > tidy.LINES_HARD} == {}


def test_functions_fit_on_a_screen() -> None:
    assert faults_in_python(tidy.long_functions) == []


def test_functions_take_few_parameters() -> None:
    assert faults_in_python(tidy.wide_functions) == []


def test_names_say_what_is_inside() -> None:
    named = {
        tree.name(path): {part.lower() for part in path.relative_to(tree.ROOT).with_suffix("").parts}
        for path in tree.python_files(*ALL_PYTHON)
    }
    assert [file for file, parts in named.items() if parts & tidy.EMPTY_NAMES] == []


def test_nothing_is_left_for_later() -> None:
    assert [f"{file}:{hit}" for file, text in texts() for hit in tidy.found(tidy.LEFT_BEHIND, text)] == []


def test_no_path_of_a_machine_is_committed() -> None:
    assert [f"{file}:{hit}" for file, text in texts() for hit in tidy.found(tidy.MACHINE_PATH, text)] == []


def test_no_address_of_a_registry_is_committed() -> None:
    assert [f"{file}:{hit}" for file, text in texts() for hit in tidy.found(tidy.REGISTRY, text)] == []


def test_packages_of_tests_and_sources_are_packages() -> None:
    folders = {path.parent for path in tree.python_files("src/backorder", "tests")}
    assert [tree.name(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_a_function_of_71_lines_is_found() -> None:
    assert tidy.long_functions(ast.parse("def f():\n" + "    x = 1\n" * 69)) == []
    assert tidy.long_functions(ast.parse("def f():\n" + "    x = 1\n" * 70)) == [
        "1: f has 71 lines, the limit is 70"
    ]


@pytest.mark.parametrize(
    ("source", "count", "limit"),
    [
        ("def f(a, b, c, d, e, f): ...", 6, 5),
        ("def f(a, b, c, *, d, e, f): ...", 6, 5),
        ("class C:\n  def f(self, a, b, c, d, e): ...", 5, 5),
        ("@kernel\ndef f(a, b, c, d, e, f, g, h): ...", 8, 8),
        ("@array_kernel\ndef f(a, b, c, d, e, f, g, h, i): ...", 9, 8),
        ("@app.command()\ndef f(a, b, c, d, e, f, g, h, i, j): ...", 10, 10),
        ("@app.command('f')\ndef f(a, b, c, d, e, f, g, h, i, j, k): ...", 11, 10),
    ],
)
def test_a_wide_function_is_found(source: str, count: int, limit: int) -> None:
    faults = [fault.partition(": ")[2] for fault in tidy.wide_functions(ast.parse(source))]
    assert faults == [f"f has {count} parameters, the limit is {limit}"] * (count > limit)


def test_left_over_work_paths_and_addresses_are_found() -> None:
    slash = "/"
    assert tidy.found(tidy.LEFT_BEHIND, "fine\n# TO" + "DO: more") == ["2: TO" + "DO"]
    assert tidy.found(tidy.MACHINE_PATH, f"see {slash}opt{slash}shop") == [f"1: {slash}opt{slash}s"]
    assert tidy.found(tidy.MACHINE_PATH, f"see docs{slash}work{slash}rooms") == []
    assert tidy.found(tidy.REGISTRY, "numpy==1\n--index" + "-url x") == ["2: --index" + "-url"]
