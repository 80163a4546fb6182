"""Compiled kernels are kept under a name of all sources, so that a change anywhere in the engine is seen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from backorder.engine.compiled import ENGINE, source_hash

OUTER = """\
from mini.compiled import kernel
from mini.inner import add

@kernel
def add_twice(number):
    return add(add(number))
"""
INNER = """\
from mini.compiled import kernel

@kernel
def add(number):
    return number + 1
"""


def test_a_change_in_any_file_that_may_hold_a_kernel_gives_another_name(tmp_path: Path) -> None:
    copied = shutil.copytree(ENGINE, tmp_path / "engine", ignore=shutil.ignore_patterns("__pycache__"))
    before = source_hash(copied)
    assert before == source_hash(ENGINE)
    names = {before}
    (copied / "consent" / "days.py").write_text("# changed\n", "utf-8")
    assert source_hash(copied) == before
    files = sorted(path for path in copied.rglob("*.py") if "consent" not in path.parts)
    for path in files:
        with path.open("a", encoding="utf-8") as file:
            file.write("# changed\n")
        names.add(source_hash(copied))
    assert len(names) == len(files) + 1
    (copied / "new.py").touch()
    assert source_hash(copied) not in names


def test_a_change_in_a_function_that_a_kernel_calls_from_another_file_is_compiled_anew(
    tmp_path: Path,
) -> None:
    package = tmp_path / "mini"
    package.mkdir()
    shutil.copy(ENGINE / "compiled.py", package)
    (package / "outer.py").write_text(OUTER, "utf-8")
    (package / "inner.py").write_text(INNER, "utf-8")
    kept = tmp_path / "kernels"

    def add_twice() -> str:
        command = [sys.executable, "-B", "-c", "from mini.outer import add_twice; print(add_twice(10))"]
        given = {**os.environ, "BACKORDER_KERNELS": str(kept), "PYTHONPATH": str(tmp_path)}
        given.pop("NUMBA_DISABLE_JIT", None)
        return subprocess.run(command, check=True, capture_output=True, text=True, env=given).stdout.strip()

    def list_kept() -> list[str]:
        return sorted(path.name for path in kept.rglob("*.nbc"))

    assert add_twice() == "12"
    first = list_kept()
    assert len(first) == 2
    assert (add_twice(), list_kept()) == ("12", first)
    (package / "inner.py").write_text(INNER.replace("+ 1", "+ 5"), "utf-8")
    assert add_twice() == "20"
    assert len(list(kept.iterdir())) == 2
