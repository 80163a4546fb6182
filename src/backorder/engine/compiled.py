"""Kernels: plain loops over arrays, compiled by numba and kept on disk. The same functions run uncompiled."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np

Function = TypeVar("Function", bound=Callable[..., Any])
ENGINE = Path(__file__).parent
WITHOUT_KERNELS = ("consent",)
"""Rooms that have no kernel, and that none calls: an import contract holds both. A change in them compiles nothing anew."""


def source_hash(folder: Path = ENGINE) -> str:
    """Name this state of the engine: any change in a source of its kernels, or in numba, NumPy or Python, gives another name.

    numba looks only at the file of the function it loads: a change in a callee of another file would go unseen.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder)
        if name.parts[0] not in WITHOUT_KERNELS:
            digest.update(name.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    digest.update(f"{version('numba')} {version('llvmlite')} {np.__version__} {sys.version}".encode())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Find the folder for compiled kernels: $BACKORDER_KERNELS, else the user's cache, else the temporary folder."""
    given = os.environ.get("BACKORDER_KERNELS")
    base = (
        Path(given)
        if given
        else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "backorder"
    )
    folder = base / f"kernels-{source_hash()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        usable = os.access(folder, os.W_OK)
    except OSError:
        usable = False
    return (
        folder if usable else Path(tempfile.gettempdir()) / f"backorder-kernels-{os.getuid()}" / folder.name
    )


numba.config.CACHE_DIR = str(cache_folder())


def kernel(function: Function) -> Function:
    """Compile a function on its first call and keep the result on disk; with NUMBA_DISABLE_JIT=1 leave it as it is.

    A kernel makes no arrays, so nobody needs to count who uses one: counting costs more than most kernels do. One that makes
    arrays all the same does not compile.
    """
    return compile_function(function, counts_uses=False)


def array_kernel(function: Function) -> Function:
    """Compile a kernel that makes arrays."""
    return compile_function(function, counts_uses=True)


def compile_function(function: Function, *, counts_uses: bool) -> Function:
    """Let numba compile a function when it is first called; `counts_uses` is its reference count of arrays."""
    compiled = numba.njit(cache=True, no_cfunc_wrapper=True, error_model="numpy", _nrt=counts_uses)(function)
    if hasattr(compiled, "get_call_template"):
        keep_one_form(compiled)
    return cast("Function", compiled)


def keep_one_form(compiled: Any) -> None:
    """Let a kernel that calls this one see whole numbers as int64 and constants as their type.

    Otherwise every mix of constants and number widths among the callers would be compiled by itself, minutes in all.
    """
    find_form = compiled.get_call_template

    def find_one_form(args: Any, kws: Any) -> Any:
        return find_form(tuple(widen(given) for given in args), kws)

    compiled.get_call_template = find_one_form


def widen(given: Any) -> Any:
    """Name the one type under which a kernel takes such an argument."""
    plain = numba.types.unliteral(given)
    return numba.types.int64 if isinstance(plain, numba.types.Integer) else plain
