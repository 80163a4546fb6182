"""Kernels that take a named tuple by its address."""

import ast
import re
import sys
from typing import Any, NamedTuple

import numba
import numpy as np

from backorder.engine.by_address import by_address
from backorder.engine.compiled import ENGINE, kernel


@by_address
class Pair(NamedTuple):
    """Two arrays and a flag."""

    a: Any
    b: Any
    add: bool


@kernel
def move(pair: Pair) -> int:
    """Add one array to the other, or take it away; gives the sum."""
    total = 0
    for at in range(len(pair.a)):
        pair.a[at] += pair.b[at] if pair.add else -pair.b[at]
        total += pair.a[at]
    return total


def test_a_kernel_reads_and_writes_the_arrays_of_the_tuple() -> None:
    numbers, every_other = np.array([1, 2, 3]), np.arange(10, 16)[::2]
    assert move(Pair(numbers, every_other, add=True)) == 1 + 2 + 3 + 10 + 12 + 14
    assert numbers.tolist() == [11, 14, 17]
    assert move(Pair(numbers, every_other, add=False)) == 1 + 2 + 3
    assert move(Pair(numbers[:0], every_other, add=True)) == 0


def test_no_use_of_an_array_is_forgotten() -> None:
    numbers, others = np.arange(3), np.arange(3)
    before = sys.getrefcount(numbers), sys.getrefcount(others)
    for _ in range(100):
        move(Pair(numbers, others, add=True))
    assert (sys.getrefcount(numbers), sys.getrefcount(others)) == before


def test_the_kernel_is_called_and_not_drawn_into_what_lays_the_fields_out() -> None:
    anew = numba.njit(error_model="numpy", _nrt=False)(move.py_func)  # type: ignore[attr-defined]
    anew(Pair(np.arange(3), np.arange(3), add=True))
    compiled = next(iter(anew.inspect_llvm().values()))
    wrapper = compiled[compiled.index("@_ZN7cpython") :]
    wrapper = wrapper[: wrapper.index("\n}")]
    assert re.search(r"call [^\n]*@_ZN5tests6engine15test_by_address4move", wrapper)
    assert "invariant.load" not in wrapper


def test_no_kernel_gives_back_an_array_of_the_desk() -> None:
    given_back = [
        f"{path.name}: {ast.unparse(node)}"
        for path in sorted(ENGINE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Return)
        and node.value is not None
        and re.fullmatch(r"desk\.\w+(\[[^\]]*:[^\]]*\])?", ast.unparse(node.value))
    ]
    assert given_back == []
