"""What commands do where there is no shop: some begin one, all others refuse; none writes into what is another program's."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import typer

from backorder import postgres
from backorder.cli import app
from tests.cli.test_reconcile import EMPTY, begin
from tests.cli.test_serve import free_port, run
from tests.postgres.test_backups import everything

BEGINS = {"serve", "worker", "import", "user add", "key add", "restore", "demo"}
REFUSES = {
    "backup": "backup {top}/shop.backup",
    "consent": "consent --order A-1",
    "evidence": "evidence --order A-1 --out A-1.html",
    "export": "export --out {top}/tables",
    "house": "house {top}/house.toml",
    "key list": "key list",
    "key revoke": "key revoke web-shop",
    "letter": "letter --order A-1",
    "person erase": "person erase --customer C-1",
    "person export": "person export --customer C-1 --out {top}/C-1.zip",
    "plan": "plan --db",
    "reconcile": "reconcile",
    "take-mail": "take-mail",
    "user list": "user list",
    "user password": "user password anna",
    "user remove": "user remove anna",
    "user role": "user role anna planner",
}
TO_DO = (
    "name the folder of one by --data, or its database by DATABASE_URL; backorder serve begins a new one\n"
)
STRANGE = {
    "auth_user": "CREATE TABLE auth_user (id int)",
    "invoices": "CREATE TABLE invoices (id int)",
    "django_migrations": "CREATE TABLE django_migrations (id int, app text, name text, applied timestamptz);"
    " INSERT INTO django_migrations VALUES (1, 'orders', '0001_initial', now())",
}
FIRST_TABLES = """
from pathlib import Path
from backorder.cli import database
database.find_database(Path("unused"))
database.make_marks()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    """Give a server of its own."""
    top = Path(tempfile.mkdtemp(prefix="backorder-none-"))
    top.chmod(0o755)
    server = postgres.start(top / "data", durable=False)
    yield server
    server.stop()
    shutil.rmtree(top)


@pytest.fixture
def url(server: postgres.Server) -> Iterator[str]:
    """Give the address of an empty database, with a password that nobody may read."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE other TEMPLATE template0")
        yield server.url.replace("/postgres?", "/other?").replace("backorder@", "backorder:geheim@")
        connection.execute("DROP DATABASE other WITH (FORCE)")


@pytest.fixture
def top() -> Iterator[Path]:
    """Give a folder that a server may use."""
    top = Path(tempfile.mkdtemp(prefix="backorder-none-"))
    top.chmod(0o755)
    (top / "house.toml").write_text("", "utf-8")
    yield top
    shutil.rmtree(top)


def list_commands(group: Any, before: str = "") -> dict[str, Any]:
    """List the commands of the program."""
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        found |= (
            list_commands(command, f"{name} ") if hasattr(command, "commands") else {before + name: command}
        )
    return found


def test_every_command_with_a_database_begins_a_shop_or_refuses() -> None:
    known = list_commands(typer.main.get_command(app))
    held = {name for name, command in known.items() if "data" in [one.name for one in command.params]}
    assert held == BEGINS | set(REFUSES)


@pytest.mark.parametrize("command", REFUSES.values(), ids=REFUSES)
def test_a_folder_without_a_shop_is_told_and_nothing_is_made(command: str, top: Path) -> None:
    told = f"there is no shop in {top}/typo: {TO_DO}"
    code = 75 if command == "take-mail" else 2  # a mail server keeps the mail, and tries again
    assert run(*shlex.split(command.format(top=top)), "--data", f"{top}/typo") == (code, "", told)
    assert [path.name for path in top.iterdir()] == ["house.toml"]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("key add web-shop --scope orders", "there is no scope orders; there are catalog:read, "),
        ("user add anna", "there is no password; type one, or pipe it in as one line"),
        ("user add anna --role king", "there is no role king; name one of planner, "),
    ],
)
def test_what_is_refused_begins_no_shop(command: str, told: str, top: Path) -> None:
    code, out, err = run(*shlex.split(command), "--data", f"{top}/data")
    assert (code, out, err[: len(told)]) == (2, "", told)
    assert [path.name for path in top.iterdir()] == ["house.toml"]


@pytest.mark.parametrize("command", ["backup", "reconcile"])
def test_an_empty_database_is_told_by_the_same_rule(command: str, url: str, top: Path) -> None:
    before = everything(url)
    code, out, err = run(*shlex.split(REFUSES[command].format(top=top)), DATABASE_URL=url)
    assert (code, out, err) == (2, "", f"there is no shop in {url.replace('geheim', '***')}: {TO_DO}")
    assert (everything(url), before["functions"]) == (before, [])


@pytest.mark.parametrize("table", STRANGE)
def test_nothing_is_written_into_a_database_of_another_program(table: str, url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(STRANGE[table])
    before = everything(url)
    told = (
        f"{url.replace('geheim', '***')} holds tables of another program, as {table}; nothing was written. backorder needs a "
        "database of its own: make one, as by CREATE DATABASE backorder, and name it by DATABASE_URL\n"
    )
    own = {"DATABASE_URL": url, "BACKORDER_SECRET_KEY": "x" * 50}
    for command in ("reconcile", "worker", f"serve --port {free_port()}", "demo --no-serve", "key list"):
        assert run(*shlex.split(command), **own) == (2, "", told)
    assert everything(url) == before


def test_a_backup_is_not_put_in_the_place_of_another_program(url: str, top: Path) -> None:
    assert begin(top / "data")[0] == 0
    assert run("backup", f"{top}/shop.backup", "--data", f"{top}/data")[0] == 0
    with psycopg.connect(url) as connection:
        connection.execute(STRANGE["auth_user"])
    before = everything(url)
    code, out, err = run("restore", f"{top}/shop.backup", "--force", DATABASE_URL=url)
    assert (code, out) == (2, "")
    assert " holds tables of another program, as auth_user; nothing was written. " in err
    assert everything(url) == before


def test_tables_of_an_extension_are_nobody_s(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE shapes (id int); ALTER EXTENSION plpgsql ADD TABLE shapes")
    assert run("key", "list", DATABASE_URL=url)[2].startswith("there is no shop in ")
    assert run("key", "add", "web-shop", "--scope", "orders:read", DATABASE_URL=url)[0] == 0


def test_a_shop_that_was_left_when_it_had_just_begun_goes_on(url: str) -> None:
    given = {**os.environ, "DATABASE_URL": url}
    subprocess.run([sys.executable, "-c", FIRST_TABLES], check=True, env=given)
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        ).fetchall()
        assert tables == [("django_migrations",), ("outbox_entry",), ("outbox_subject",)]
        connection.execute("CREATE TABLE notes_of_ours (id int)")  # a shop's owner may add to it
    assert run("reconcile", DATABASE_URL=url) == EMPTY
