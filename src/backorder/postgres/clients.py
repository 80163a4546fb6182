"""The programs that copy databases: of this system or of the package, whichever can talk to the server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from backorder.postgres.programs import clean_environment, find_programs
from backorder.postgres.trouble import ServerError

ADVICE = (
    (
        r"SSL support is not compiled in|no encryption",
        "the server wants TLS, which the pg_dump of the package does not speak; install postgresql-client",
    ),
    (r"lock timeout", "somebody changes tables, as an upgrade does; try again when that is done"),
    (r"No space left on device", "the disk is full; make room, or name a file on another disk"),
)


def list_programs(name: str) -> Iterator[Path]:
    """List where a program is: first in the package, then on this system."""
    yield find_programs(None) / name
    found = shutil.which(name)
    if found is not None:
        yield Path(found)


def choose_dump(server: int, *, local: bool) -> Path:
    """Choose the pg_dump for a server of this version: the package's own for a socket, else the system's, which speaks TLS.

    Raises ServerError if the server is newer than both.
    """
    found = {path: read_version(path) for path in list_programs("pg_dump")}
    in_turn = list(found) if local else list(found)[::-1]
    for path in in_turn:
        if found[path] >= server:
            return path
    message = (
        f"the server is PostgreSQL {server}, and pg_dump here is of version {max(found.values())}; install the client "
        f"programs of PostgreSQL {server} (Debian: postgresql-client-{server}), so that their pg_dump is on PATH"
    )
    raise ServerError(message)


def read_version(program: Path) -> int:
    """Read of which major version a program is; 0 if it does not run."""
    told = subprocess.run([str(program), "--version"], check=False, capture_output=True, text=True)  # noqa: S603 - a program of PostgreSQL
    found = re.search(r"\(PostgreSQL\) (\d+)", told.stdout)
    return int(found[1]) if found else 0


def hide_password(conninfo: str) -> tuple[str, dict[str, str]]:
    """Part an address into what others may see in the list of processes, and the environment with the password."""
    named = conninfo_to_dict(conninfo)
    password = named.pop("password", None)
    environment = clean_environment() if is_local(conninfo) else dict(os.environ)
    environment |= {"PGPASSWORD": str(password)} if password else {}
    return make_conninfo("", **named), environment


def is_local(conninfo: str) -> bool:
    """Tell whether an address is that of a socket."""
    return str(conninfo_to_dict(conninfo).get("host", "")).startswith("/")


def advise(program: str, said: str) -> str:
    """Say what to do about what a program said."""
    told = said.strip().splitlines() or ["it said nothing"]
    line = next((line for line in told if "error:" in line), told[-1])
    told_short = re.sub(r"^\S+: error: ", "", line.strip())
    for pattern, advice in ADVICE:
        if re.search(pattern, said):
            return f"{advice} ({told_short})"
    return f"{program} failed: {told_short}"
