"""Who uses the server of a folder: each process holds a shared lock, which the system drops when it ends, however that is.

A process that started the server is one of them and no more: the last one to leave stops it.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from backorder.postgres.folder import open_ours
from backorder.postgres.programs import User

LOCK = "in-use.lock"
HELD: dict[Path, int] = {}
"""The locks of this process, by folder."""


def begin_use(folder: Path, user: User | None) -> None:
    """Note that this process uses the server of a folder; inside `alone`. Raises ServerError."""
    if folder not in HELD:
        HELD[folder] = open_ours(folder / LOCK, user)
        fcntl.flock(HELD[folder], fcntl.LOCK_SH)


def end_use(folder: Path) -> bool:
    """Note that this process uses it no longer, and tell whether nobody does; inside `alone`."""
    lock = HELD.pop(folder, None)
    if lock is None:
        return False
    try:
        if not os.path.samestat(os.fstat(lock), (folder / LOCK).stat()):
            return False  # somebody put another folder in the place of ours
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, FileNotFoundError):
        return False
    else:
        return True
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)  # a process that was forked meanwhile has the same one
        os.close(lock)
