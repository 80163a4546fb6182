"""The output, a folder or a file: written beside its place under another name, and moved there when it is whole."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from backorder.faults import FaultyInputError

SUMMARY = "summary.json"
OURS = ("plan_hash", "as_of", "laws", "versions")
"""A summary.json with these keys is one of ours."""


def check_target(out: Path, source: Path | None, *, force: bool, ours: Collection[str] = OURS) -> Path:
    """Give the real path of an output folder; one that would harm what is there raises FaultyInputError.

    `source` is the folder that is read, if there is one; `ours` are keys by which a summary.json is known as our own.
    """
    target = out.resolve()
    if source is not None:
        check_apart(out, target, source.resolve())
    if not target.parent.is_dir():
        refuse(out, f"cannot be made: there is no folder {target.parent}")
    if not target.exists():
        return target
    if not target.is_dir():
        refuse(out, "is not a folder")
    home = Path.home().resolve()
    if target == home or target in home.parents or holds_home(target):
        refuse(out, "is a home folder, or contains one; it is never replaced")
    if not force:
        refuse(out, "is there already; --force replaces it")
    if not is_ours(target, ours):
        refuse(out, f"has no {SUMMARY} of ours, so --force does not replace it")
    return target


def check_apart(out: Path, target: Path, inside: Path) -> None:
    """Refuse an output folder that is the input folder, or where one lies in the other."""
    if target == inside:
        refuse(out, "is the input folder")
    if target in inside.parents:
        refuse(out, "contains the input folder")
    if inside in target.parents:
        refuse(out, "lies inside the input folder")


def refuse(out: Path, why: str) -> None:
    """Raise the fault of the flag."""
    raise FaultyInputError([f"--out: {out} {why}"])


def holds_home(target: Path) -> bool:
    """Tell whether some user of this machine lives there."""
    try:
        import pwd  # noqa: PLC0415 - not on every system
    except ImportError:
        return False
    return any(user.pw_dir and Path(user.pw_dir) == target for user in pwd.getpwall())


def is_ours(target: Path, ours: Collection[str]) -> bool:
    """Tell whether the folder holds what this program wrote."""
    try:
        summary = json.loads((target / SUMMARY).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(summary, dict) and all(key in summary for key in ours)


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Give a folder to write into; it takes the target's place at the end, or vanishes if anything fails."""
    work = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
    try:
        yield work
        work.chmod(0o777 & ~read_umask())
        for path in work.iterdir():
            sync(path)
        sync(work)
        replace(work, target)
        sync(target.parent)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def check_file(out: Path, source: Path, *, force: bool) -> Path:
    """Give the real path of an output file; one that would harm what is there raises FaultyInputError. `source` is what is read."""
    target = out.resolve()
    if target == source.resolve():
        refuse(out, "is the input file")
    if not target.parent.is_dir():
        refuse(out, f"cannot be made: there is no folder {target.parent}")
    if target.is_dir():
        refuse(out, "is a folder")
    if target.exists() and not target.is_file():
        refuse(out, "is not a file")
    if target.exists() and not force:
        refuse(out, "is there already; --force replaces it")
    return target


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """Give a path to write to; the file takes the target's place at the end, or vanishes if anything fails."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    os.close(handle)
    work = Path(name)
    try:
        yield work
        work.chmod(0o666 & ~read_umask())
        sync(work)
        work.replace(target)
        sync(target.parent)
    finally:
        work.unlink(missing_ok=True)


def read_umask() -> int:
    """Read which permissions new folders do not get."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def replace(work: Path, target: Path) -> None:
    """Move the new folder to its place; what was there stays if that fails."""
    if not target.exists():
        work.rename(target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".old", dir=target.parent))
    try:
        target.rename(old)  # onto an empty folder: one step
        work.rename(target)
    except BaseException:
        if not target.exists() and any(old.iterdir()):
            old.rename(target)
        raise
    finally:
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)


def sync(path: Path) -> None:
    """Make sure that the disk has it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:
        if not path.is_dir():  # some file systems do not sync folders
            raise
    finally:
        os.close(handle)
