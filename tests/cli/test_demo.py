"""Holds the demo to its word: a shop that adds up, a day that changes it, and nobody's own folder touched."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from backorder import postgres
from backorder.cli.demo import MARK


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    top = Path(tempfile.mkdtemp(prefix="backorder-demo-"))
    top.chmod(0o755)  # root's server runs as another user, who must come to it
    yield top
    shutil.rmtree(top)


def backorder(*arguments: str) -> tuple[int, str, str]:
    given = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "-m", "backorder", *arguments]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, env=given)
    return ended.returncode, ended.stdout, ended.stderr


def test_six_months_and_a_day_add_up_and_are_replaced_by_the_next_demo(folder: Path) -> None:
    data = folder / "demo"
    data.mkdir()
    (data / MARK).touch()
    code, printed, errors = backorder("demo", "--no-serve", "--data", str(data))
    assert (code, errors) == (0, "")
    assert re.search(r"^  2,\d{3} orders with [\d,]+ lines; [\d,]+ lines had to wait", printed, re.MULTILINE)
    for event in ("A rush order, RUSH-1: ", "A delivery, P-", "A slip: P-", "A cancellation: S-"):
        assert event in printed
    assert f"backorder serve --data {data / 'data'}" in printed
    code, proof, errors = backorder("reconcile", "--data", str(data / "data"))
    assert (code, errors, proof[:11]) == (0, "", "all agree: ")
    server = postgres.start(data / "data")
    with psycopg.connect(server.url) as connection:
        told = connection.execute(
            "SELECT count(*), count(*) FILTER (WHERE at > now()) FROM outbox_entry"
        ).fetchone()
    server.stop()
    assert told is not None
    assert told[0] > 0
    assert told[1] == 0  # nothing is told that has not happened yet


def test_a_folder_that_is_no_demo_stays_as_it_is(folder: Path) -> None:
    own = folder / "own"
    own.mkdir()
    (own / "notes.txt").write_text("mine", "utf-8")
    code, printed, errors = backorder("demo", "--no-serve", "--data", str(own))
    assert (code, printed) == (2, "")
    assert errors == (
        f"--data: {own} is no demo of ours, so it is not replaced; name a folder that does not exist\n"
    )
    assert [path.name for path in own.iterdir()] == ["notes.txt"]
