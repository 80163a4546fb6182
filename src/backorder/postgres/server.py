"""Starting and stopping: one server for a folder, whoever asks, and an address only once it answers."""

from __future__ import annotations

import os
import shlex
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from backorder.postgres.folder import alone, find_folder, holds_database, make_database, prepare
from backorder.postgres.programs import User, find_user, run
from backorder.postgres.running import (
    LONGEST_START,
    PID_FILE,
    find_postmaster,
    forget_dead,
    read_pid_file,
    wait_until_it_answers,
    works_in,
)
from backorder.postgres.trouble import ServerError, explain
from backorder.postgres.using import begin_use, end_use

LOG = "server.log"
PREFIX = "backorder-socket-"
PORT = "5432"  # only a part of the name of the socket
LONGEST_SOCKET = 100  # bytes in the path of a socket, on every system
PATIENCE = {"fast": 60, "immediate": 30}  # seconds for each way to stop, the gentle one first
LEFT_OVER = 60.0  # seconds for processes that outlived their server
RISKY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True)
class Server:
    """A server and where its data is."""

    folder: Path
    url: str

    def stop(self) -> None:
        """Stop it and wait until it has ended; whoever is connected is cut off, what was not committed is undone.

        A server that runs no more is no fault. Raises ServerError.
        """
        user = find_user(self.folder)
        with alone(self.folder, user):
            end_use(self.folder)
            end(self.folder, user)

    def leave(self) -> None:
        """Use it no longer, and stop it if no other process does. If the folder is gone, it ends by itself. Raises ServerError."""
        if not self.folder.exists():
            end_use(self.folder)
            return
        user = find_user(self.folder)
        with alone(self.folder, user):
            if end_use(self.folder):
                end(self.folder, user)


def start(folder: Path, *, durable: bool = True) -> Server:
    """Start the server of a folder, or find the running one; gives its address once it has let us in. Raises ServerError.

    This process uses it from now on, until `leave`, `stop` or its end.
    Not `durable`: commits may be lost if the machine goes down; for tests.
    """
    folder = find_folder(folder)
    user = prepare(folder)
    with alone(folder, user):
        if not holds_database(folder):
            make_database(folder, user, durable=durable)
        found = wait_until_it_answers(folder)
        if found is None:
            launch(folder, user, () if durable else RISKY)
            found = wait_until_it_answers(folder)
        if found is not None:
            begin_use(folder, user)
            return Server(folder, found.url)
    message = f"the server of {folder} ended as soon as it ran; {folder / LOG} says why"
    raise ServerError(message)


def end(folder: Path, user: User | None) -> None:
    """Stop the server of a folder if one runs; inside `alone`. Raises ServerError."""
    found = find_postmaster(folder)
    if found is None:
        return
    for mode, seconds in PATIENCE.items():
        options = ("-D", ".", "-m", mode, "-w", "-t", str(seconds))
        run("pg_ctl", *options, "stop", folder=folder, user=user)
        if ends(found.pid, folder):
            remove_socket(found.socket)
            return
    message = f"the server of {folder} does not stop; end its process {found.pid}"
    raise ServerError(message)


def launch(folder: Path, user: User | None, settings: tuple[str, ...]) -> None:
    """Start a server where none runs, as soon as the processes of an earlier one are gone. Raises ServerError."""
    socket = choose_socket(folder, user)
    forget_dead(folder)
    settings = (
        "listen_addresses=",
        f"port={PORT}",
        f"unix_socket_directories={quote_list(socket)}",
        *settings,
    )
    options = " ".join(f"-c {shlex.quote(setting)}" for setting in settings)
    deadline = time.monotonic() + LEFT_OVER
    while True:
        before = log_size(folder)
        wait = ("-w", "-t", str(int(LONGEST_START)))
        ended = run("pg_ctl", "-D", ".", "-l", LOG, *wait, "-o", options, "start", folder=folder, user=user)
        said = f"{read_log(folder, before)}\n{ended.said}"
        if not ended.code or f'lock file "{PID_FILE}" already exists' in said:  # started by hand meanwhile
            return
        if "pre-existing shared memory block" not in said or time.monotonic() > deadline:
            remove_socket(folder / socket)
            raise ServerError(explain(folder, "the server", said))
        time.sleep(0.2)


def choose_socket(folder: Path, user: User | None) -> str:
    """Choose the folder of the socket: its own, or a short one if clients cannot name that path.

    A path of clients may not be long, nor have a comma, which parts several hosts.
    """
    if can_be_named(folder):
        return "."
    before = read_pid_file(folder)
    if len(before) > 4 and is_ours(Path(before[4]), user):  # noqa: PLR2004 - the fifth line names the socket
        return before[4]
    top = next((top for top in (tempfile.gettempdir(), "/tmp") if can_be_named(Path(top, PREFIX))), "/tmp")  # noqa: S108 - mkdtemp makes a name that nobody could lay before
    short = Path(tempfile.mkdtemp(prefix=PREFIX, dir=top))
    if user is not None:
        os.chown(short, user.uid, user.gid)
    return str(short)


def can_be_named(folder: Path) -> bool:
    """Tell whether clients can name a socket in this folder."""
    return "," not in str(folder) and len(str(folder / f".s.PGSQL.{PORT}").encode()) <= LONGEST_SOCKET


def is_ours(socket: Path, user: User | None) -> bool:
    """Tell whether a folder was made by choose_socket for this user: one that somebody else laid is not used."""
    owner = os.geteuid() if user is None else user.uid
    return (
        socket.name.startswith(PREFIX)
        and not socket.is_symlink()
        and socket.is_dir()
        and socket.stat().st_uid == owner
        and socket.stat().st_mode & 0o077 == 0
    )


def remove_socket(socket: Path | None) -> None:
    """Remove a folder made by choose_socket; one that somebody else named stays."""
    if socket is not None and socket.name.startswith(PREFIX) and socket.is_dir():
        for path in socket.iterdir():
            path.unlink()
        socket.rmdir()


def quote_list(text: str) -> str:
    """Write one entry of a list in PostgreSQL's configuration."""
    return '"' + text.replace('"', '""') + '"'


def ends(pid: int, folder: Path) -> bool:
    """Wait a moment for a process that has been stopped."""
    for _ in range(100):
        if not works_in(pid, folder):
            return True
        time.sleep(0.02)
    return False


def log_size(folder: Path) -> int:
    """Measure the log, so that what is said next can be told from what was said before."""
    log = folder / LOG
    return log.stat().st_size if log.exists() else 0


def read_log(folder: Path, begin: int) -> str:
    """Read what the server has said since."""
    log = folder / LOG
    return log.read_bytes()[begin:].decode("utf-8", "replace") if log.exists() else ""
