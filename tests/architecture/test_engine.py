"""Holds the engine pure: what it imports, and what it never calls."""

import ast
import sys
from collections.abc import Iterator

import pytest

from tests.architecture import tree

# fmt: off
IMPURE_MODULES = {
    "asyncio", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "shutil",
    "socket", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid",
}
IMPURE_CALLS = {
    "RandomState", "fromfile", "input", "now", "open", "print", "seed", "tofile", "today", "utcnow",
}
# fmt: on
PURE_MODULES = (set(sys.stdlib_module_names) - IMPURE_MODULES) | {"numpy", "numba", "backorder"}

# They compile kernels, find the folder of the compiled ones and fill it; they decide nothing.
COMPILERS = {f"src/backorder/engine/{name}.py" for name in ("by_address", "compiled", "warm")}


def imported(source: ast.Module) -> Iterator[tuple[int, str]]:
    """Walk the modules that a file imports, by their first name; relative imports stay inside."""
    for node in ast.walk(source):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module is not None:
            yield node.lineno, node.module.partition(".")[0]


def impurities(source: ast.Module) -> list[str]:
    """Name the imports and calls by which a result could depend on more than its arguments."""
    faults = [(line, f"imports {module}") for line, module in imported(source) if module not in PURE_MODULES]
    for node in ast.walk(source):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func).rpartition(".")[2]
            unseeded = called == "default_rng" and not (node.args or node.keywords)
            if called in IMPURE_CALLS or unseeded:
                faults.append((node.lineno, f"calls {called}"))
    return [f"{line}: {fault}" for line, fault in sorted(faults)]


def test_the_engine_depends_on_its_arguments_only() -> None:
    faults = {
        tree.name(path): impurities(tree.parse(path))
        for path in tree.python_files("src/backorder/engine")
        if tree.name(path) not in COMPILERS
    }
    assert {file: found for file, found in faults.items() if found} == {}


@pytest.mark.parametrize(
    ("source", "faults"),
    [
        ("import numpy as np\nfrom numba import njit\nimport bisect\nfrom . import rank", []),
        ("import polars", ["1: imports polars"]),
        ("from os.path import join", ["1: imports os"]),
        ("date.today()", ["1: calls today"]),
        ("np.random.default_rng(seed)", []),
        ("np.random.default_rng()", ["1: calls default_rng"]),
    ],
)
def test_an_impure_line_is_found(source: str, faults: list[str]) -> None:
    assert impurities(ast.parse(source)) == faults
