"""`backorder backup` and `backorder restore`, as processes, on servers of their own."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from backorder import postgres
from backorder.postgres import ServerError, clients, copies, restoring
from backorder.postgres.programs import find_user
from backorder.postgres.restoring import Place, put_back
from tests.architecture import tree

PROGRAM = [sys.executable, "-m", "backorder"]
OLD_SERVER = Path("/usr/lib/postgresql/15/bin")
Told = tuple[int, str, str]


def environment(url: str | None) -> dict[str, str]:
    given = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return given | ({} if url is None else {"DATABASE_URL": url})


def run(*arguments: object, url: str | None = None) -> Told:
    command = [*PROGRAM, *map(str, arguments)]
    ended = subprocess.run(
        command, check=False, capture_output=True, text=True, env=environment(url), cwd=tree.ROOT
    )
    return ended.returncode, ended.stdout, ended.stderr


@pytest.fixture(scope="module")
def source() -> Iterator[postgres.Server]:
    """Give a server with a shop in it, which no test changes."""
    top = Path(tempfile.mkdtemp(prefix="backorder-source-"))
    top.chmod(0o755)
    server = postgres.start(top / "data", durable=False)
    command = [sys.executable, "-m", "tests.postgres.fill"]
    uncompiled = {"NUMBA_DISABLE_JIT": "1"}  # a small shop is decided before the kernels are loaded
    subprocess.run(command, check=True, env=environment(server.url) | uncompiled, cwd=tree.ROOT)
    yield server
    server.stop()
    shutil.rmtree(top)


@pytest.fixture(scope="module")
def backup(source: postgres.Server) -> Path:
    """Give a backup of the shop."""
    file = source.folder.parent / "shop.backup"
    assert run("backup", file, "--data", source.folder)[::2] == (0, "")
    return file


@pytest.fixture
def shop(source: postgres.Server, folder: Path) -> Iterator[str]:
    """Give the address of a database of its own that holds the shop, on the server of the source."""
    name = f"shop{abs(hash(folder))}"
    with psycopg.connect(source.url.replace("/postgres?", "/template1?"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE postgres").format(sql.Identifier(name)))
        yield source.url.replace("/postgres?", f"/{name}?")
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def empty(source: postgres.Server, folder: Path) -> Iterator[str]:
    """Give the address of an empty database on the server of the source."""
    name = f"empty{abs(hash(folder))}"
    with psycopg.connect(source.url.replace("/postgres?", "/template1?"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        yield source.url.replace("/postgres?", f"/{name}?")
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def everything(url: str) -> dict[str, object]:
    """Read a database whole: every row of every table, every sequence, every trigger, rule and index."""
    found: dict[str, object] = {}
    with psycopg.connect(url) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (name,) in names:
            rows = sql.SQL("SELECT t::text FROM {} t ORDER BY 1").format(sql.Identifier(name))
            found[name] = connection.execute(rows).fetchall()
        for what, question in {
            "sequences": "SELECT sequencename, last_value FROM pg_sequences ORDER BY 1",
            "triggers": "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid), tgenabled FROM pg_trigger"
            " WHERE NOT tgisinternal ORDER BY 1, 2",
            # an AND of ANDs is written with fewer parentheses once it was read back
            "rules": "SELECT conrelid::regclass::text, conname, translate(pg_get_constraintdef(oid), '()', '')"
            " FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
            "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
            "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1",
        }.items():
            found[what] = connection.execute(question).fetchall()
    return found


def test_a_backup_comes_back_whole(source: postgres.Server, backup: Path, folder: Path) -> None:
    before = everything(source.url)
    assert len(before["orders_line"]) == 60  # type: ignore[arg-type]
    agree = run("reconcile", "--data", source.folder)[1]
    code, told, err = run("restore", backup, "--data", folder / "data")
    assert (code, err) == (0, "")
    assert told == f"restored {backup}: {len(copies.read_copy(backup).tables)} tables\n{agree}"
    url = postgres.start(folder / "data").url
    after = everything(url)
    assert after.keys() == before.keys()
    assert {name for name in before if after[name] != before[name]} == set()
    with psycopg.connect(url) as connection, pytest.raises(psycopg.Error, match="append_only"):
        connection.execute("DELETE FROM outbox_entry")


def test_a_file_is_the_owner_s_alone_and_never_replaced_unasked(
    source: postgres.Server, folder: Path
) -> None:
    file = folder / "50% 'off' é.backup"
    code, told, err = run("backup", file, "--data", source.folder)
    assert (code, err) == (0, "")
    assert told == (
        f"{file}: {file.stat().st_size:,} bytes with {len(copies.read_copy(file).tables)} tables, read back to the end\n"
    )
    assert file.stat().st_mode & 0o777 == 0o600
    before = (file.stat().st_ino, file.read_bytes())
    assert run("backup", file, "--data", source.folder) == (
        2,
        "",
        f"{file} is there already; --force replaces it\n",
    )
    assert (file.stat().st_ino, file.read_bytes()) == before
    assert run("backup", file, "--data", source.folder, "--force")[0] == 0
    assert file.stat().st_ino != before[0]
    assert [path.name for path in folder.iterdir()] == [file.name]


@pytest.mark.parametrize(
    ("name", "told"), [("", "is no file; name another"), ("none/x", "none; make it, or name another file")]
)
def test_a_file_that_cannot_be_is_told(source: postgres.Server, folder: Path, name: str, told: str) -> None:
    code, _, err = run("backup", folder / name, "--data", source.folder, "--force")
    assert (code, err.endswith(f"{told}\n")) == (2, True)
    assert list(folder.iterdir()) == []


def test_a_folder_without_a_database_is_not_made_one_to_back_it_up(folder: Path) -> None:
    code, _, err = run("backup", folder / "shop.backup", "--data", folder / "data")
    message = (
        f"there is no shop in {folder}/data: name the folder of one by --data, or its database by DATABASE_URL; "
        "backorder serve begins a new one\n"
    )
    assert (code, err, list(folder.iterdir())) == (2, message, [])


def test_a_database_of_another_program_is_not_backed_up(empty: str, folder: Path) -> None:
    with psycopg.connect(empty) as connection:
        connection.execute("CREATE TABLE payroll (id int)")
    code, _, err = run("backup", folder / "other.backup", url=empty)
    assert (code, f"{empty} holds tables of another program, as payroll; " in err) == (2, True)
    assert list(folder.iterdir()) == []
    with pytest.raises(copies.CopyError, match=r"is a copy of a database, but not of one of backorder$"):
        copies.write_copy(empty, folder / "other.backup", force=False)
    assert list(folder.iterdir()) == []


@contextmanager
def held(url: str, table: str) -> Iterator[psycopg.Connection]:
    """Keep everybody else from a table."""
    with psycopg.connect(url) as connection:
        connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(sql.Identifier(table)))
        yield connection
        connection.rollback()


def wait_for_waiter(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until somebody waits for a lock in the database."""
    with psycopg.connect(url, autocommit=True) as connection:
        database = connection.info.dbname
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"
        while connection.execute(waiting, [database]).fetchone() == (0,):
            assert process.poll() is None
            time.sleep(0.01)


def test_a_backup_is_of_one_moment(shop: str, empty: str, folder: Path) -> None:
    file = folder / "shop.backup"
    before = everything(shop)
    with held(shop, "supply_level"):
        process = subprocess.Popen([*PROGRAM, "backup", str(file)], env=environment(shop), cwd=tree.ROOT)
        wait_for_waiter(shop, process)
        with psycopg.connect(shop) as connection:
            connection.execute("INSERT INTO catalog_location (code, name) VALUES ('later', '')")
    assert process.wait() == 0
    assert run("restore", file, url=empty)[::2] == (0, "")
    assert everything(empty)["catalog_location"] == before["catalog_location"]
    assert everything(shop)["catalog_location"] != before["catalog_location"]


def read_commands() -> Iterator[bytes]:
    """Read how the processes of this machine were called; one that ends meanwhile is left out."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(FileNotFoundError, ProcessLookupError):
            yield path.read_bytes()


def test_a_backup_that_is_killed_leaves_the_file_as_it_was(shop: str, folder: Path) -> None:
    file = folder / "shop.backup"
    file.write_bytes(b"the one of yesterday")
    address = shop.replace("backorder@", "backorder:geheim@")
    command = [*PROGRAM, "backup", str(file), "--force"]
    with held(shop, "supply_level"):
        process = subprocess.Popen(command, env=environment(address), cwd=tree.ROOT)
        wait_for_waiter(shop, process)
        dumps = [line for line in read_commands() if b"pg_dump" in line]
        assert dumps != []
        assert [line for line in dumps if b"geheim" in line] == []
        process.kill()
        process.wait()
    assert file.read_bytes() == b"the one of yesterday"
    assert len(list(folder.glob(".shop.backup.*.part"))) == 1
    while list(folder.glob(".shop.backup.*.part")):  # what pg_dump still writes is left until it has ended
        assert run("backup", file, "--force", url=shop)[0] == 0
    assert [path.name for path in folder.iterdir()] == ["shop.backup"]
    assert copies.read_copy(file).tables


def test_a_database_with_orders_is_replaced_with_force_only(shop: str, backup: Path) -> None:
    with psycopg.connect(shop) as connection:
        connection.execute("INSERT INTO catalog_location (code, name) VALUES ('later', '')")
    before = everything(shop)
    code, told, err = run("restore", backup, url=shop)
    entries = len(before["outbox_entry"])  # type: ignore[arg-type]
    assert (code, told) == (2, "")
    assert err == (
        f"the database holds 20 orders, 4 items, {entries} entries in the journal; --force replaces all of it\n"
    )
    assert everything(shop) == before
    assert run("restore", backup, "--force", url=shop)[::2] == (0, "")
    assert everything(shop) != before


def spoil(content: bytes) -> Iterator[tuple[bytes, str]]:
    """Give a backup as disks and networks leave it."""
    for length in (len(content) // 2, len(content) - 1, len(content) - copies.SEAL_LENGTH, 5, 100):
        yield content[:length], "is cut short, or was not written by backorder backup"
    for place in (50, len(content) // 2, len(content) - copies.SEAL_LENGTH - 1, len(content) - 2):
        changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        yield changed, "is damaged: it is not what was written"


def test_a_file_that_is_not_whole_changes_nothing(shop: str, backup: Path, folder: Path) -> None:
    before = everything(shop)
    file = folder / "spoilt.backup"
    content = backup.read_bytes()
    for spoilt, told in spoil(content):
        file.write_bytes(spoilt)
        with pytest.raises(copies.CopyError) as caught:
            copies.read_copy(file)
        assert str(caught.value) in {
            f"{file} {told}",
            f"{file} is cut short, or was not written by backorder backup",
        }
    assert run("restore", file, "--force", url=shop) == (2, "", f"{caught.value}\n")
    assert everything(shop) == before


def test_a_copy_that_fails_after_all_was_dropped_changes_nothing(
    shop: str, backup: Path, folder: Path
) -> None:
    before = everything(shop)
    copy = copies.read_copy(backup)
    file = folder / "spoilt.backup"
    file.write_bytes(backup.read_bytes()[: backup.stat().st_size // 2])
    place = Place(shop, frozenset(), {}, copy.migrations, force=True)
    with pytest.raises(copies.CopyError, match=r"spoilt\.backup is cut short or damaged: "):
        put_back(dataclasses.replace(copy, file=file), place)
    assert everything(shop) == before


def test_a_database_in_use_is_not_replaced(shop: str, backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restoring, "LONGEST_WAIT", "100ms")
    copy = copies.read_copy(backup)
    with (
        held(shop, "supply_level"),
        pytest.raises(copies.CopyError, match=r"^the database is in use; stop web and worker, then restore$"),
    ):
        put_back(copy, Place(shop, frozenset(), {}, copy.migrations, force=True))


def test_a_server_that_is_newer_than_the_programs_is_told() -> None:
    with pytest.raises(
        ServerError, match=r"^the server is PostgreSQL 99, and pg_dump here is of version \d\d; install"
    ):
        clients.choose_dump(99, local=False)


def test_what_a_program_says_is_told_with_what_to_do() -> None:
    said = 'pg_dump: error: sslmode value "require" invalid when SSL support is not compiled in'
    assert clients.advise("pg_dump", said) == (
        "the server wants TLS, which the pg_dump of the package does not speak; install postgresql-client "
        '(sslmode value "require" invalid when SSL support is not compiled in)'
    )


@pytest.mark.skipif(not OLD_SERVER.exists(), reason="this system has no server of an older version")
def test_a_backup_goes_to_an_older_server_and_back(backup: Path, folder: Path) -> None:
    data = folder / "old"
    data.mkdir()
    user = find_user(data)
    as_user = {} if user is None else {"user": user.uid, "group": user.gid}
    if user is not None:
        os.chown(data, user.uid, user.gid)
    options = f"-c listen_addresses= -c unix_socket_directories={data}"
    for command in (
        ["initdb", "-D", ".", "-U", "backorder", "--auth=trust", "-E", "UTF8", "--no-sync"],
        ["pg_ctl", "-D", ".", "-w", "-l", "log", "-o", options, "start"],
    ):
        subprocess.run(
            [OLD_SERVER / command[0], *command[1:]],
            **as_user,  # type: ignore[call-overload]
            cwd=data,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    url = f"postgresql://backorder@/postgres?host={data}"
    try:
        assert run("restore", backup, url=url)[::2] == (0, "")
        assert run("backup", folder / "old.backup", url=url)[::2] == (0, "")
        before = everything(url)
    finally:
        subprocess.run([OLD_SERVER / "pg_ctl", "-D", ".", "stop"], **as_user, cwd=data, check=True)  # type: ignore[call-overload]
    assert run("restore", folder / "old.backup", "--data", folder / "data")[::2] == (0, "")
    after = everything(postgres.start(folder / "data").url)
    assert {name for name in before if before[name] != after[name]} <= {
        "rules"
    }  # of 18 has names for NOT NULL


def test_a_file_of_another_kind_changes_nothing_and_starts_nothing(folder: Path) -> None:
    file = folder / "letter.txt"
    file.write_text("dear", "utf-8")
    code, _, err = run("restore", file, "--data", folder / "data")
    assert (code, err) == (2, f"{file} is no backup: it does not begin as one\n")
    code, _, err = run("restore", folder / "none", "--data", folder / "data")
    assert (code, err.startswith("could not read or write, nothing was written: [Errno 2]")) == (4, True)
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]


def test_a_backup_of_a_newer_version_is_refused(shop: str, empty: str, folder: Path) -> None:
    with psycopg.connect(shop) as connection:
        connection.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('orders', '9999_later', now())"
        )
    file = folder / "newer.backup"
    assert run("backup", file, url=shop)[0] == 0
    code, _, err = run("restore", file, url=empty)
    assert (code, err) == (
        2,
        f"{file} was written by another version of backorder, with orders.9999_later; install that version first\n",
    )
    assert everything(empty)["functions"] == []


def test_tables_of_others_are_not_lost(shop: str, backup: Path) -> None:
    with psycopg.connect(shop) as connection:
        connection.execute("CREATE TABLE payroll (id int)")
    before = everything(shop)
    code, _, err = run("restore", backup, "--force", url=shop)
    told = (
        "the database has tables that are not of this version of backorder, as payroll; they would be lost: "
        "restore into a database of its own\n"
    )
    assert (code, err) == (2, told)
    assert everything(shop) == before


def test_a_restore_that_is_killed_changes_nothing(shop: str, backup: Path) -> None:
    with psycopg.connect(shop) as connection:  # a table is lost, and somebody is about to make it anew
        connection.execute("DROP TABLE supply_movement CASCADE")
    before = everything(shop)
    with psycopg.connect(shop) as other:
        other.execute("CREATE TABLE supply_movement (id int)")
        command = [*PROGRAM, "restore", str(backup), "--force"]
        process = subprocess.Popen(command, env=environment(shop), cwd=tree.ROOT)
        wait_for_waiter(shop, process)  # it has dropped everything, and made most of it again
        process.kill()
        process.wait()
        other.rollback()
    assert everything(shop) == before
    assert run("restore", backup, "--force", url=shop)[::2] == (0, "")
    assert everything(shop) != before
