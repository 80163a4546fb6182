"""What PostgreSQL says when it fails, with what to do about it."""

from __future__ import annotations

import re
from pathlib import Path


class ServerError(OSError):
    """The server did not do what was asked; the text says what to do."""


ADVICE = (
    (
        r"No space left on device|Disk quota exceeded",
        "the disk is full; make room, or name a folder on another disk",
    ),
    (
        r"Read-only file system",
        "the disk cannot be written; mount it for writing, or name a folder on another disk",
    ),
    (
        r"Permission denied|wrong ownership",
        "not all of it belongs to the user of the server; give it back with chown -R, or name another folder",
    ),
    (
        r"pre-existing shared memory block",
        "processes of an earlier server still work in it; wait until they have ended, or end them",
    ),
    (
        r"Cannot allocate memory|could not (create|map|resize).* shared memory",
        "there is too little memory for a server; free some",
    ),
    (
        r"valid checkpoint record|could not read file .*global/pg_control|checksum in control file",
        "files in it are damaged; restore a backup into another folder",
    ),
)
TAKEN = re.compile(r'lock file "([^"]*\.s\.PGSQL\.[^"]*)" already exists.*?\(PID (\d+)\)', re.DOTALL)


def explain(folder: Path, program: str, said: str) -> str:
    """Say what went wrong with a folder: what to do first, then the line that tells most of what the program said."""
    taken = TAKEN.search(said)
    if taken:
        socket = Path(taken[1]).name.removesuffix(".lock")
        return (
            f"the socket {socket} in {folder} is taken by process {taken[2]}; stop it, or name another folder"
        )
    told = pick_line(said)
    for pattern, advice in ADVICE:
        if re.search(pattern, said):
            return f"no database in {folder}: {advice} ({told})"
    return f"no database in {folder}: {program} failed: {told}"


def pick_line(said: str) -> str:
    """Pick the line that names the fault: the first fatal one, else the first error, else the last line."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    for word in ("FATAL:", "PANIC:", "error:", "ERROR:", "could not"):
        for line in lines:
            if word in line:
                return re.sub(r"^.*?(FATAL|PANIC|ERROR|error): +", "", line)
    return lines[-1] if lines else "it said nothing"
