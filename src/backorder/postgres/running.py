"""The process that serves a folder: found, asked until it answers, and told from one that only has its number."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from backorder.postgres.trouble import ServerError

PID_FILE = "postmaster.pid"
PID, PORT, SOCKET, STATE = 0, 3, 4, 7
"""Lines of that file. The one of the socket is blank until there is one, which is before there is a line of the state."""
LONGEST_START = 600.0  # seconds; after a crash a server first reads what it had not yet written to its tables
NOT_YET = re.compile(
    r"starting up|not yet accepting|not accepting|recovery|shutting down|Connection refused|No such file"
    r"|too many clients|connection slots|closed the connection unexpectedly"
)


@dataclass(frozen=True)
class Postmaster:
    """The process of a server, and where it listens; no socket is known while it begins."""

    pid: int
    port: str
    socket: Path | None

    @property
    def url(self) -> str:
        """Write the address; every character that means something in an address is escaped."""
        return f"postgresql://backorder@/postgres?host={quote(str(self.socket))}&port={self.port}"


def find_postmaster(folder: Path) -> Postmaster | None:
    """Find the server of a folder; None if none runs. Raises ServerError if it can only be reached by a port."""
    lines = read_pid_file(folder)
    if not lines or not works_in(int(lines[PID]), folder):
        return None
    pid, socket = int(lines[PID]), find_socket(lines)
    if socket:
        return Postmaster(pid, lines[PORT], folder / socket)
    if len(lines) > STATE:
        message = f"the server of {folder} listens on no socket; stop it, or name it by DATABASE_URL"
        raise ServerError(message)
    return Postmaster(pid, "", None)


def find_socket(lines: Sequence[str]) -> str:
    """Find the folder of the socket in the lines of a PID file; blank: there is none, or it is not written yet."""
    return lines[SOCKET] if len(lines) > SOCKET else ""


def read_socket(folder: Path) -> Path | None:
    """Read where the running server of a folder listens; None if none runs. Raises ServerError."""
    found = find_postmaster(folder.expanduser().resolve())
    return found.socket if found is not None else None


def read_pid_file(folder: Path) -> list[str]:
    """Read what the server of a folder wrote down about itself; nothing if it never began, or ended in order."""
    with suppress(FileNotFoundError):
        lines = (folder / PID_FILE).read_text("utf-8").splitlines()
        if lines and re.fullmatch(r"-?\d+", lines[0]):
            return [lines[0].removeprefix("-"), *lines[1:]]
    return []


def works_in(pid: int, folder: Path) -> bool:
    """Tell whether a process works in a folder, as servers do in theirs; without /proc, whether it lives.

    After a crash its number may belong to somebody else, or to a process that has ended and nobody waited for.
    """
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    if not Path("/proc/self/cwd").exists():
        return True
    try:
        return os.path.samestat(Path(f"/proc/{pid}/cwd").stat(), folder.stat())
    except OSError:
        return False


def forget_dead(folder: Path) -> None:
    """Remove the locks of a server that no longer runs, if its number lives on as another process: PostgreSQL believes them."""
    lines = read_pid_file(folder)
    if not lines or works_in(int(lines[0]), folder):
        return
    if socket := find_socket(lines):
        lock = folder / socket / f".s.PGSQL.{lines[PORT]}.lock"
        with suppress(OSError):
            said = lock.read_text("utf-8").splitlines()
            if said[:2] == [lines[0], str(folder)]:
                lock.unlink()
    (folder / PID_FILE).unlink(missing_ok=True)


def wait_until_it_answers(folder: Path) -> Postmaster | None:
    """Wait until the server of a folder lets us in; None if none runs, or if it ends meanwhile. Raises ServerError."""
    deadline = time.monotonic() + LONGEST_START
    while True:
        found = find_postmaster(folder)
        if found is None:
            return None
        told = "it has no socket yet"
        if found.socket is not None:
            try:
                psycopg.connect(found.url, connect_timeout=10).close()
            except psycopg.OperationalError as error:
                told = " ".join(str(error).split())
                if not NOT_YET.search(told):
                    message = f"the server of {folder} is not one of ours: {told}; name another folder"
                    raise ServerError(message) from error
            else:
                return found
        if time.monotonic() > deadline:
            message = (
                f"the server of {folder} has not answered for {LONGEST_START / 60:.0f} minutes ({told}); "
                f"{folder / 'server.log'} says what it does; start again to wait on"
            )
            raise ServerError(message)
        time.sleep(0.05)
