"""A copy of a whole database in one file: written beside its name, read back, and only then given the name.

The file is an archive as pg_dump writes it, which pg_restore reads too, and after it a line with the digest of all before it:
an archive alone is believed even where its table of contents is damaged.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import IO

import psycopg

from backorder.postgres.clients import advise, choose_dump, hide_password, is_local, list_programs
from backorder.postgres.ownership import marks_shop
from backorder.postgres.trouble import ServerError

MAGIC = b"PGDMP"
SEAL = b"\nbackorder backup, sha256 %b\n"
SEAL_LENGTH = len(SEAL % (b"0" * 64))
SCHEMA = "public"
SHOWN = 50  # characters of a file's name in the names beside it
LONGEST_WAIT = "60s"  # for tables that somebody changes
Migration = tuple[str, str]


class CopyError(ValueError):
    """A file is no whole copy of a database of ours; the text says what it is."""


class NewerError(CopyError):
    """A program is too old for a copy."""


@dataclass(frozen=True)
class Copy:
    """A file with a copy that was read to its end, and what is in it."""

    file: Path
    program: Path
    tables: frozenset[str]
    migrations: frozenset[Migration]

    def read(self, *options: str) -> list[str]:
        """Give the command that writes the copy, or a part of it, as SQL."""
        return [str(self.program), f"--schema={SCHEMA}", *OWNERLESS, "--file=-", *options, str(self.file)]


OWNERLESS = ("--no-owner", "--no-privileges")
"""A copy belongs to whoever restores it: the roles of one server are not those of another."""


def write_copy(conninfo: str, file: Path, *, force: bool) -> Copy:
    """Copy a database as it is at one moment into a file that only its owner may read, or leave no file.

    Raises ServerError, CopyError, OSError.
    """
    file = file.expanduser().absolute()
    refuse_target(file, force=force)
    with psycopg.connect(conninfo) as connection:
        version = connection.info.server_version // 10_000
    program = choose_dump(version, local=is_local(conninfo))
    address, environment = hide_password(conninfo)
    with part_of(file) as (part, stream):
        command = [str(program), "--format=custom", f"--schema={SCHEMA}", *OWNERLESS]
        # Named, not as its output: to that pg_dump appends, and cannot go back to write where each table begins.
        command += [f"--lock-wait-timeout={LONGEST_WAIT}", f"--file={part}", f"--dbname={address}"]
        ended = subprocess.run(  # noqa: S603 - a program of PostgreSQL, with arguments made here
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=(stream.fileno(),),  # so that it too holds the lock
            env=environment,
        )
        if ended.returncode:
            raise ServerError(advise("pg_dump", ended.stderr.decode("utf-8", "replace")))
        seal(part, stream)
        copy = read_copy(part, shown=file)
        run_reader([str(copy.program), "--file=/dev/null", str(part)], file)
        give_name(part, file, force=force)
    return Copy(file, copy.program, copy.tables, copy.migrations)


def refuse_target(file: Path, *, force: bool) -> None:
    """Raise CopyError if a copy may not be written under this name."""
    if file.exists() and not file.is_file():
        message = f"{file} is no file; name another"
        raise CopyError(message)
    if os.path.lexists(file) and not force:
        message = f"{file} is there already; --force replaces it"
        raise CopyError(message)
    if not file.parent.is_dir():
        message = f"there is no folder {file.parent}; make it, or name another file"
        raise CopyError(message)


@contextmanager
def part_of(file: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """Give a file beside a file, to be renamed when it is whole; what others were killed over is removed."""
    for old in file.parent.glob(f".{escape(file.name[:SHOWN])}.????????.part"):
        remove_left(old)
    number, name = tempfile.mkstemp(prefix=f".{file.name[:SHOWN]}.", suffix=".part", dir=file.parent)
    part = Path(name)
    with open(number, "wb") as stream:  # noqa: PTH123 - a number, not a path
        fcntl.flock(stream, fcntl.LOCK_EX)  # as long as we, or the program that writes it, live
        try:
            yield part, stream
        finally:
            part.unlink(missing_ok=True)


def remove_left(old: Path) -> None:
    """Remove an unfinished copy of ours that nobody writes any more."""
    with suppress(OSError):
        number = os.open(old, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(number).st_uid == os.geteuid():
                old.unlink()
        finally:
            os.close(number)


def give_name(part: Path, file: Path, *, force: bool) -> None:
    """Give a whole copy its name, for good; without force never one that somebody took meanwhile."""
    if force:
        part.replace(file)
    else:
        try:
            os.link(part, file)
        except FileExistsError as error:
            message = f"{file} is there already; --force replaces it"
            raise CopyError(message) from error
        except OSError:  # a disk that knows one name for each file only
            part.rename(file)
    folder = os.open(file.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def read_copy(file: Path, *, shown: Path | None = None) -> Copy:
    """Read a file to its end. Raises CopyError if it is cut short, damaged or of another program.

    `shown` is what it will be called.
    """
    file = file.expanduser().absolute()
    shown = shown or file
    with file.open("rb") as stream:
        begin = stream.read(len(MAGIC))
    if begin != MAGIC:
        message = f"{shown} is no backup: it does not begin as one"
        raise CopyError(message)
    refuse_unsealed(file, shown)
    program, listed = read_contents(file, shown)
    tables = frozenset(re.findall(rf"^\d+; \d+ \d+ TABLE DATA {SCHEMA} (\S+) ", listed, re.MULTILINE))
    if not marks_shop(tables):
        message = f"{shown} is a copy of a database, but not of one of backorder"
        raise CopyError(message)
    copy = Copy(file, program, tables, frozenset())
    return Copy(file, program, tables, frozenset(read_migrations(copy)))


def seal(part: Path, stream: IO[bytes]) -> None:
    """Write the digest of a file to its end, and all of it to the disk."""
    told = digest(part, part.stat().st_size)
    stream.seek(0, os.SEEK_END)
    stream.write(SEAL % told)
    stream.flush()
    os.fsync(stream.fileno())


def refuse_unsealed(file: Path, shown: Path) -> None:
    """Raise CopyError if a file is not, to the last byte, what was once written."""
    length = file.stat().st_size - SEAL_LENGTH
    with file.open("rb") as stream:
        stream.seek(max(length, 0))
        found = stream.read()
    if not re.fullmatch(re.escape(SEAL).replace(b"%b", b"[0-9a-f]{64}"), found):
        message = f"{shown} is cut short, or was not written by backorder backup"
        raise CopyError(message)
    if found != SEAL % digest(file, length):
        message = f"{shown} is damaged: it is not what was written"
        raise CopyError(message)


def digest(file: Path, length: int) -> bytes:
    """Give the digest of the first bytes of a file."""
    found = hashlib.sha256()
    with file.open("rb") as stream:
        while length > 0:
            piece = stream.read(min(length, 1 << 20))
            if not piece:
                break
            length -= len(piece)
            found.update(piece)
    return found.hexdigest().encode()


def read_contents(file: Path, shown: Path) -> tuple[Path, str]:
    """Read what is in a copy with the first program that understands it."""
    for program in list_programs("pg_restore"):
        try:
            return program, run_reader([str(program), "--list", str(file)], shown)
        except NewerError:
            continue
    message = (
        f"{shown} was written by a newer pg_dump; install the client programs of that version of PostgreSQL, "
        "so that their pg_restore is on PATH"
    )
    raise CopyError(message)


def run_reader(command: list[str], shown: Path) -> str:
    """Run a program that reads a copy; gives what it wrote. Raises CopyError."""
    ended = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True)  # noqa: S603 - as in write_copy
    if ended.returncode:
        kind = NewerError if b"unsupported version" in ended.stderr else CopyError
        raise kind(tell_damage(shown, ended.stderr))
    return ended.stdout.decode("utf-8", "replace")


def tell_damage(file: Path, said: bytes) -> str:
    """Say that a copy is not whole."""
    told = advise("pg_restore", said.decode("utf-8", "replace")).removeprefix("pg_restore failed: ")
    return f"{file} is cut short or damaged: {told}"


def read_migrations(copy: Copy) -> Iterator[Migration]:
    """Read which changes of the tables had been made when the copy was written."""
    told = run_reader(copy.read("--data-only", "--table=django_migrations"), copy.file)
    found = re.search(r"^COPY \S+ \(([^)]*)\) FROM stdin;\n(.*?)^\\\.$", told, re.MULTILINE | re.DOTALL)
    if found is None:
        message = f"{copy.file} does not say of which version it is"
        raise CopyError(message)
    columns = found[1].split(", ")
    for line in found[2].splitlines():
        row = dict(zip(columns, line.split("\t"), strict=True))
        yield row["app"], row["name"]
