"""Putting a copy in the place of a database: all of it in one transaction, or nothing."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql

from backorder.postgres.copies import LONGEST_WAIT, SCHEMA, Copy, CopyError, Migration, tell_damage
from backorder.postgres.ownership import holds_shop

SECTIONS = ("pre-data", "data", "post-data")
FIRST_WITH_TIMEOUT = 17  # older servers do not know the setting that each copy begins with
DROP_ALL = """
DO $$
DECLARE command text;
BEGIN
  FOR command IN
    SELECT format('DROP %s IF EXISTS %s CASCADE', kind, name) FROM (
      SELECT CASE relkind WHEN 'S' THEN 2 ELSE 1 END, oid, 'pg_class'::regclass, oid::regclass::text,
             CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
      UNION ALL
      SELECT 3, oid, 'pg_proc'::regclass, oid::regprocedure::text, 'ROUTINE'
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      UNION ALL
      SELECT 4, t.oid, 'pg_type'::regclass, t.oid::regtype::text, 'TYPE'
        FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
        WHERE t.typnamespace = 'public'::regnamespace AND (t.typtype IN ('e', 'd', 'r') OR c.relkind = 'c')
    ) AS found (turn, id, catalog, name, kind)
    WHERE NOT EXISTS (SELECT FROM pg_depend WHERE classid = catalog AND objid = id AND deptype IN ('e', 'i'))
    ORDER BY turn
  LOOP
    EXECUTE command;
  END LOOP;
END $$
"""


@dataclass(frozen=True)
class Place:
    """The database that a copy replaces: whose tables are ours, which of them may not be lost, and what the program knows."""

    conninfo: str
    tables: frozenset[str]
    facts: Mapping[str, str]  # from the table to what its rows are called
    migrations: frozenset[Migration]
    force: bool = False


def refuse_newer(copy: Copy, place: Place) -> None:
    """Raise CopyError if the copy knows changes of the tables that this program does not."""
    newer = sorted(".".join(one) for one in copy.migrations - place.migrations)
    if newer:
        message = f"{copy.file} was written by another version of backorder, with {newer[0]}; install that version first"
        raise CopyError(message)


def put_back(copy: Copy, place: Place) -> None:
    """Replace everything in a database by a copy. Raises CopyError, StrangeError, psycopg.Error; then nothing has changed."""
    refuse_newer(copy, place)
    with psycopg.connect(place.conninfo) as connection, connection.cursor() as cursor:
        holds_shop(cursor)
        lock_tables(cursor, copy, place)
        if not place.force:
            refuse_facts(cursor, place)
        cursor.execute(DROP_ALL)
        old = connection.info.server_version // 10_000 < FIRST_WITH_TIMEOUT
        for section in SECTIONS:
            with reading(copy, section) as lines:
                if section == "data":
                    fill(cursor, lines, copy)
                else:
                    cursor.execute(b"".join(without_psql(skip_unknown(lines, old=old))))
    with psycopg.connect(place.conninfo, autocommit=True) as connection:
        connection.execute("ANALYZE")  # or the first questions would be answered the long way


def lock_tables(cursor: psycopg.Cursor, copy: Copy, place: Place) -> None:
    """Keep everybody else out of the tables. Raises CopyError if some are not ours: they would be lost."""
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", [SCHEMA])
    found = [str(name) for (name,) in cursor]
    strange = [name for name in found if name not in place.tables | copy.tables]
    if strange:
        message = (
            f"the database has tables that are not of this version of backorder, as {strange[0]}; they would be lost: "
            "restore into a database of its own"
        )
        raise CopyError(message)
    if not found:
        return
    names = sql.SQL(", ").join(sql.Identifier(SCHEMA, name) for name in found)
    try:
        cursor.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(LONGEST_WAIT))
        cursor.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(names))
    except psycopg.errors.LockNotAvailable as error:
        message = "the database is in use; stop web and worker, then restore"
        raise CopyError(message) from error


def refuse_facts(cursor: psycopg.Cursor, place: Place) -> None:
    """Raise CopyError if the database holds what may not be lost."""
    held = []
    for table, name in place.facts.items():
        cursor.execute("SELECT to_regclass(%s)", [f"{SCHEMA}.{table}"])
        if cursor.fetchone() == (None,):
            continue
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(SCHEMA, table)))
        (count,) = cursor.fetchone() or (0,)
        held += [f"{count:,} {name}"] if count else []
    if held:
        message = f"the database holds {', '.join(held)}; --force replaces all of it"
        raise CopyError(message)


@contextmanager
def reading(copy: Copy, section: str) -> Iterator[Iterator[bytes]]:
    """Give the lines of a section of a copy. Raises CopyError if they do not come to their end."""
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(  # noqa: S603 - a program of PostgreSQL, with arguments made here
            copy.read(f"--section={section}"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said
        ) as process,
    ):
        assert process.stdout is not None
        try:
            yield iter(process.stdout)
        except BaseException:
            process.kill()
            raise
        if process.wait():
            said.seek(0)
            raise CopyError(tell_damage(copy.file, said.read()))


def skip_unknown(lines: Iterator[bytes], *, old: bool) -> Iterator[bytes]:
    """Leave out the setting that older servers do not know; it stands before everything else."""
    for line in lines:
        if not (old and line == b"SET transaction_timeout = 0;\n"):
            yield line
        if line.startswith(b"SET row_security"):
            break
    yield from lines


def fill(cursor: psycopg.Cursor, lines: Iterator[bytes], copy: Copy) -> None:
    """Send the section of an archive that holds rows: those of a table follow its COPY, up to a line with a full stop."""
    commands: list[bytes] = []
    for line in skip_unknown(lines, old=True):  # what it sets has been set by the section before
        if line.startswith(b"COPY ") and line.endswith(b" FROM stdin;\n"):
            cursor.execute(b"".join(without_psql(commands)))
            commands = []
            with cursor.copy(line) as rows:
                for row in until_stop(lines, copy):
                    rows.write(row)
        else:
            commands.append(line)
    cursor.execute(b"".join(without_psql(commands)))


def without_psql(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Leave out what is meant for psql."""
    return (line for line in lines if not line.startswith((b"\\restrict ", b"\\unrestrict ")))


def until_stop(lines: Iterable[bytes], copy: Copy) -> Iterator[bytes]:
    """Give the rows of one table. Raises CopyError if they do not end."""
    for line in lines:
        if line == b"\\.\n":
            return
        yield line
    message = f"{copy.file} is cut short or damaged: it ends in the middle of a table"
    raise CopyError(message)
