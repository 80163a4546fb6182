"""Starts the program that is killed, tells it where to die, and looks at what is left."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

NAME = "backorder killed"
"""By which the server knows the connections of the program."""


@dataclass
class Program:
    """The running program."""

    process: subprocess.Popen[str]

    def run(self, act: str, die_at: int | str = 0) -> str:
        """Do an act, its arguments after its name, in a new process, and die at a boundary; gives its name, or "done" and how many."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{die_at} {act}\n")
        self.process.stdin.flush()
        told = self.process.stdout.readline().strip()
        assert told not in {"", "failed"}, f"{act} failed at boundary {die_at}; see its traceback"
        wait_until_gone()
        return told

    def run_until_it_lasts(self, act: str) -> Iterator[tuple[str, bool]]:
        """Kill an act at its first boundary, then at its second, and so on, until it has happened for good.

        Gives each boundary, and whether the database is another than before.
        """
        before = read_all()
        for die_at in count(1):
            told = self.run(act, die_at)
            changed = read_all() != before
            yield told, changed
            if changed or told.startswith("done"):
                return


@contextmanager
def start_program() -> Iterator[Program]:
    """Start the program on the database of this test, and end it."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.crash.process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "DATABASE_URL": name_database(application_name=NAME)},
    ) as process:
        try:
            yield Program(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait()


def name_database(**more: str) -> str:
    """Give the address of the database of this test, for another process."""
    known = connection.settings_dict
    return make_conninfo(
        dbname=known["NAME"],
        host=known["HOST"],
        user=known["USER"],
        port=known["PORT"] or None,
        password=known["PASSWORD"] or None,
        **{name: value for name, value in known["OPTIONS"].items() if isinstance(value, str)} | more,
    )


def wait_until_gone() -> None:
    """Wait until the server has noticed that the killed process is gone, and has undone what it had not committed."""
    with connection.cursor() as cursor:
        there = True
        while there:
            cursor.execute(
                "SELECT count(*), pg_sleep(0.005) FROM pg_stat_activity WHERE application_name = %s", [NAME]
            )
            there = cursor.fetchone()[0] > 0


def read_all() -> dict[str, tuple[int, str]]:
    """Count and sum up every row of every table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for table in tables:
            query = sql.SQL(
                "SELECT count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} t"
            )
            cursor.execute(query.format(sql.Identifier(table)))
            found[table] = cursor.fetchone()
    return found
