"""The folder of a database: made whole or not at all, opened by one process at a time, refused if it is something else."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path

from backorder.postgres.programs import SYSTEM_FOLDER, VERSION, User, find_user, name_user, run
from backorder.postgres.trouble import ServerError, explain

LONGEST_PATH = 900  # bytes; PostgreSQL keeps paths in 1,024, and adds names of its own
SHOWN = 50  # characters of a folder's name in the names beside it, which may have 255 bytes


def find_folder(folder: Path) -> Path:
    """Name a folder in one way only. Raises ServerError if PostgreSQL cannot live under that name."""
    found = folder.expanduser().resolve()
    try:
        length = len(str(found).encode())
    except UnicodeEncodeError:
        message = f"{str(found)!a} is no text; name a folder in letters"
        raise ServerError(message) from None
    if length > LONGEST_PATH:
        message = f"the path of the folder has {length} bytes, and PostgreSQL takes {LONGEST_PATH}; name a shorter one"
        raise ServerError(message)
    if "\n" in str(found) or "\r" in str(found):
        message = f"{str(found)!r} has a line break in its name; name another folder"
        raise ServerError(message)
    return found


@contextmanager
def alone(folder: Path, user: User | None) -> Iterator[None]:
    """Let one process at a time start or stop the server of a folder. Raises ServerError."""
    lock = open_ours(folder.parent / f".{folder.name[:SHOWN]}.lock", user)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def open_ours(path: Path, user: User | None) -> int:
    """Open a lock that nobody else laid there. Raises ServerError."""
    try:
        lock = open_lock(path, user)
    except OSError as error:
        raise ServerError(explain_lock(path, error)) from error
    found = os.fstat(lock)
    ours = {0, os.geteuid()} | ({user.uid} if user is not None else set())
    if not stat.S_ISREG(found.st_mode) or found.st_uid not in ours:
        os.close(lock)
        owner = name_user(found).name
        message = f"{path} is not our lock but {owner}'s; remove it, or name another folder"
        raise ServerError(message)
    return lock


def open_lock(path: Path, user: User | None) -> int:
    """Open a lock, never through a link; one that root makes belongs to the server's user, who may start it next time."""
    try:
        lock = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    if user is not None:
        os.fchown(lock, user.uid, user.gid)
    return lock


def explain_lock(path: Path, error: OSError) -> str:
    """Say why a lock could not be opened."""
    if path.is_symlink():
        return f"{path} is a link, and a lock is not followed elsewhere; remove it, or name another folder"
    if error.errno in {errno.EACCES, errno.EPERM} and path.exists():
        return f"{path} is {name_user(path.lstat()).name}'s; remove it, or name another folder"
    return f"no database in {path.parent}: no file can be made there ({error.strerror}); name another folder"


def prepare(folder: Path) -> User | None:
    """Check that a folder is or can become a database, and make what leads to it; gives the server's user. Raises ServerError."""
    found = look_at(folder)
    user = find_user(folder)
    refuse_closed(folder, user)
    if found is not None and not stat.S_ISDIR(found.st_mode):
        message = f"{folder} is a file; name a folder"
        raise ServerError(message)
    if found is not None and user is None and found.st_uid != os.geteuid():
        owner = name_user(found).name
        message = f"{folder} belongs to {owner}; start it as {owner}, or name another folder"
        raise ServerError(message)
    make_parents(folder, user)
    return user


def look_at(folder: Path) -> os.stat_result | None:
    """Look at a folder; None if there is none. Raises ServerError if we cannot come to it."""
    try:
        return folder.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        message = f"{folder} cannot be looked at ({error.strerror}); name a folder elsewhere"
        raise ServerError(message) from error


def make_parents(folder: Path, user: User | None) -> None:
    """Make the folders that lead to it; those that root makes can be entered by the server's user."""
    for parent in reversed(folder.parents):
        if parent.exists():
            continue
        try:
            parent.mkdir()
        except FileExistsError:  # another process was faster
            continue
        except OSError as error:
            message = f"no folder can be made in {parent.parent} ({error.strerror}); name a folder elsewhere"
            raise ServerError(message) from error
        if user is not None:
            parent.chmod(0o755)


def refuse_closed(folder: Path, user: User | None) -> None:
    """Raise ServerError if the user of the server cannot come to the folder: parents are never opened for it."""
    for parent in folder.parents if user is not None else ():
        if parent.exists() and user is not None and not user.may_enter(parent):
            message = (
                f"{parent} is closed to other users, and root's database runs as {user.name}; "
                f"name a folder elsewhere, as {SYSTEM_FOLDER / 'shop'}, or a server by DATABASE_URL"
            )
            raise ServerError(message)


def holds_database(folder: Path) -> bool:
    """Tell whether a folder holds a database of our version, or nothing. Raises ServerError if it is something else."""
    try:
        names = {path.name for path in folder.iterdir()}
    except FileNotFoundError:
        return False
    except OSError as error:
        message = f"{folder} cannot be read ({error.strerror}); name another folder"
        raise ServerError(message) from error
    if not names:
        return False
    if "PG_VERSION" not in names:
        message = f"{folder} is not empty and holds no database; name another folder"
        raise ServerError(message)
    found = (folder / "PG_VERSION").read_text("utf-8", "replace").strip()
    if found != str(VERSION):
        message = (
            f"{folder} was made by PostgreSQL {found}, and this program brings {VERSION}; write a backup with the "
            "version of backorder that made it, and restore that into a new folder"
        )
        raise ServerError(message)
    if not (folder / "global" / "pg_control").exists():
        message = f"{folder} holds half a database; restore a backup into another folder"
        raise ServerError(message)
    return True


def make_database(folder: Path, user: User | None, *, durable: bool) -> None:
    """Make a database beside its folder and give it the name when it is whole. Raises ServerError."""
    remove_parts(folder, user)
    try:
        part = Path(tempfile.mkdtemp(prefix=f".{folder.name[:SHOWN]}.", suffix=".part", dir=folder.parent))
    except OSError as error:
        message = f"no folder can be made in {folder.parent} ({error.strerror}); name a folder elsewhere"
        raise ServerError(message) from error
    try:
        if user is not None:
            os.chown(part, user.uid, user.gid)
        options = ["-D", ".", "-U", "backorder", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        options += [] if durable else ["--no-sync"]
        ended = run("initdb", *options, folder=part, user=user)
        if ended.code:
            raise ServerError(explain(folder, "initdb", ended.said))
        give_name(part, folder)
    finally:
        remove_parts(folder, user)  # with what a start that was killed went on to write


def give_name(part: Path, folder: Path) -> None:
    """Put a whole folder in the place of none or of an empty one, for good."""
    try:
        part.rename(folder)
    except OSError as error:
        if error.errno in {errno.EBUSY, errno.EXDEV}:
            message = f"{folder} is a disk of its own; name a folder inside it, as {folder / 'data'}"
        else:
            message = f"{folder} cannot be made ({error.strerror}); name another folder"
        raise ServerError(message) from error
    parent = os.open(folder.parent, os.O_RDONLY)
    os.fsync(parent)
    os.close(parent)


def remove_parts(folder: Path, user: User | None) -> None:
    """Remove what an interrupted start left beside a folder, if it is ours; whoever starts is alone."""
    ours = {os.geteuid()} | ({user.uid} if user is not None else set())
    for path in folder.parent.glob(f".{escape(folder.name[:SHOWN])}.????????.part"):
        if path.lstat().st_uid in ours and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
