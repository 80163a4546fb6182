"""`backorder plan --db`, as a process with a server of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg

from backorder import postgres
from tests.cli.test_reconcile import begin, data

__all__ = ["data"]


def plan(*arguments: str) -> tuple[int, str, str]:
    given = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    ended = subprocess.run(
        [sys.executable, "-m", "backorder", "plan", *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=given,
    )
    return ended.returncode, ended.stdout, ended.stderr


def test_everything_in_the_database_is_decided_and_told_as_a_table(data: Path) -> None:
    assert begin(data)[0] == 0
    code, out, err = plan("--db", "--data", str(data))
    assert (code, err) == (0, "deciding everything\nsumming it up\n")
    assert out.splitlines() == [
        "               lines  units",
        "ships now          0      0",
        "has no supply      0      0",
        "",
        "0 lines stand otherwise than before",
    ]
    code, out, _ = plan("--db", "--data", str(data), "--json", "--quiet")
    assert (code, json.loads(out)["counts"]["lines"]) == (0, 0)
    with psycopg.connect(postgres.start(data).url) as connection:
        runs = connection.execute("SELECT count(*), bool_and(whole AND in_force) FROM allocation_run")
        assert runs.fetchone() == (2, True)


def test_files_and_the_database_are_not_planned_together() -> None:
    code, _, err = plan("shop", "--db", "--out", "there")
    assert code == 2
    assert "leave out DIR, --out" in " ".join(err.replace("│", " ").split())
    code, _, err = plan("--db", "--as-of", "2026-11-24", "--verify")
    assert code == 2
    assert "for today, by the policy in force there; leave out --as-of, --verify" in " ".join(
        err.replace("│", " ").split()
    )


def test_without_a_folder_or_the_database_the_command_says_what_to_give() -> None:
    code, _, err = plan()
    assert code == 2
    assert "give a folder and --out, or --db for the database" in " ".join(err.replace("│", " ").split())
