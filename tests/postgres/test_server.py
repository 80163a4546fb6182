"""The database server that comes with the package, started, found, crashed and stopped."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from backorder import postgres
from backorder.postgres import Server, ServerError, programs, running, server
from backorder.postgres.programs import find_user
from backorder.postgres.using import HELD, begin_use
from tests.postgres.conftest import START, run_python


def pid_of(folder: Path) -> int:
    return int((folder / running.PID_FILE).read_text("utf-8").splitlines()[0])


def crash(folder: Path) -> None:
    """Kill the server as if the machine had gone down, and wait until it is gone."""
    pid = pid_of(folder)
    os.kill(pid, signal.SIGKILL)
    while running.works_in(pid, folder):
        time.sleep(0.01)


def start_by_hand(folder: Path, *settings: str, wait: bool) -> None:
    """Start the server of a folder as somebody does who knows PostgreSQL."""
    options = " ".join(
        f"-c {setting}" for setting in ("listen_addresses=", "unix_socket_directories=.", *settings)
    )
    command = ("-D", ".", "-l", "server.log", "-w" if wait else "-W", "-o", options, "start")
    programs.run("pg_ctl", *command, folder=folder, user=find_user(folder))
    while running.find_postmaster(folder) is None:  # or whoever looks next starts another
        time.sleep(0.01)


def wait_for_word(word: str, folder: Path, started: Future[Server]) -> None:
    """Wait until the log has a word, while somebody waits for the server."""
    while word not in server.read_log(folder, 0):
        assert not started.done(), started.result()
        time.sleep(0.01)
    assert not started.done()


def write_number(server: Server) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept (id int)")
        connection.execute("INSERT INTO kept VALUES (7)")


def read_number(server: Server) -> int:
    with psycopg.connect(server.url) as connection:
        (found,) = connection.execute("SELECT id FROM kept").fetchone() or (None,)
    assert isinstance(found, int)
    return found


def test_it_starts_is_found_again_keeps_its_data_and_stops(folder: Path) -> None:
    assert postgres.read_socket(folder / "data") is None
    first = postgres.start(folder / "data", durable=False)
    write_number(first)
    assert postgres.start(folder / "data") == first
    assert postgres.read_socket(folder / "data") == folder / "data"
    first.stop()
    assert postgres.read_socket(folder / "data") is None
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(first.url)
    assert read_number(postgres.start(folder / "data", durable=False)) == 7


def test_a_folder_that_was_removed_meanwhile_has_no_server_to_leave(folder: Path) -> None:
    one = postgres.start(folder / "data", durable=False)
    one.stop()
    begin_use(one.folder, find_user(one.folder))
    shutil.rmtree(one.folder)
    one.leave()
    assert not one.folder.exists()
    assert one.folder not in HELD


def test_it_listens_on_no_port_and_commits_last(folder: Path) -> None:
    started = postgres.start(folder / "data")
    with psycopg.connect(started.url) as connection:
        shown = [
            connection.execute(f"SHOW {name}").fetchone()
            for name in ("listen_addresses", "fsync", "synchronous_commit", "full_page_writes")
        ]
    assert shown == [("",), ("on",), ("on",), ("on",)]


def test_two_who_start_it_at_once_get_one_server(folder: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(lambda _: run_python(START, folder / "data"), range(2)))
    assert [(process.returncode, process.stderr) for process in ended] == [(0, ""), (0, "")]
    assert ended[0].stdout == ended[1].stdout != ""
    found = postgres.start(folder / "data")
    assert f"{found.url}\n" == ended[0].stdout
    assert sorted(path.name for path in folder.iterdir()) == [".data.lock", "data"]


def test_a_server_of_another_process_outlives_it_and_is_found(folder: Path) -> None:
    told = run_python(START, folder / "data").stdout
    pid = pid_of(folder / "data")
    assert postgres.start(folder / "data").url == told.strip()
    assert pid_of(folder / "data") == pid


def test_variables_for_other_servers_do_not_reach_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("PGPORT", "6000"), ("PGDATA", "/nowhere"), ("PGHOST", "nowhere"), ("LC_ALL", "xx")):
        monkeypatch.setenv(name, value)
    started = postgres.start(folder / "data", durable=False)
    with psycopg.connect(started.url) as connection:
        assert connection.execute("SHOW port").fetchone() == ("5432",)


def test_after_a_crash_the_address_is_given_once_it_answers(folder: Path) -> None:
    write_number(postgres.start(folder / "data"))
    crash(folder / "data")
    assert read_number(postgres.start(folder / "data")) == 7


def test_a_query_that_outlives_the_crash_is_waited_for(folder: Path) -> None:
    first = postgres.start(folder / "data")
    write_number(first)
    with closing(psycopg.connect(first.url)) as busy:
        backend = busy.info.backend_pid
        os.kill(backend, signal.SIGSTOP)
        crash(folder / "data")
        with ThreadPoolExecutor(1) as pool:
            second = pool.submit(postgres.start, folder / "data")
            wait_for_word("pre-existing shared memory block", folder / "data", second)
            os.kill(backend, signal.SIGCONT)
            assert read_number(second.result()) == 7


@contextmanager
def other_process(folder: Path, *, ended: bool) -> Iterator[int]:
    """Give the number of a process of the server's user: one that lives, or one that nobody waited for."""
    user = find_user(folder)
    as_user = {} if user is None else {"user": user.uid, "group": user.gid}
    process = subprocess.Popen(["true"] if ended else ["sleep", "600"], cwd="/", **as_user)  # type: ignore[call-overload]
    if ended:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    yield process.pid
    process.kill()
    process.wait()


@pytest.mark.parametrize("ended", [True, False])
def test_a_number_that_now_belongs_to_another_process_is_not_believed(folder: Path, *, ended: bool) -> None:
    data = folder / "data"
    write_number(postgres.start(data))
    pid = pid_of(data)
    crash(data)
    with other_process(data, ended=ended) as other:
        for file in (data / running.PID_FILE, data / ".s.PGSQL.5432.lock"):
            file.write_text(file.read_text("utf-8").replace(str(pid), str(other), 1), "utf-8")
        assert read_number(postgres.start(data)) == 7
        os.kill(other, 0)


def test_a_server_that_still_recovers_is_waited_for(folder: Path) -> None:
    data = folder / "data"
    first = postgres.start(data, durable=False)
    write_number(first)
    first.stop()
    (data / "standby.signal").touch()  # it stays in recovery until it is told otherwise, and lets nobody in
    start_by_hand(data, "hot_standby=off", wait=False)
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(postgres.start, data)
        wait_for_word("not accepting connections", data, second)
        programs.run("pg_ctl", "-D", ".", "-W", "promote", folder=data, user=find_user(data))
        assert read_number(second.result()) == 7


def test_a_server_that_begins_has_no_socket_yet_and_one_that_began_without_is_told(tmp_path: Path) -> None:
    began, file = ("77", "5432"), tmp_path / running.PID_FILE
    with subprocess.Popen(["sleep", "600"], cwd=tmp_path) as process:  # noqa: S607 - whichever there is
        first = [str(process.pid), str(tmp_path), *began]
        for lines in (
            [*first, ""],
            [*first, "", ""],
            [*first, "", "", "memory"],
        ):  # as it writes them, one after another
            file.write_text("\n".join([*lines, ""]), "utf-8")
            assert running.find_postmaster(tmp_path) == running.Postmaster(process.pid, "", None)
        file.write_text("\n".join([*first, ".", "", "memory", "ready", ""]), "utf-8")
        assert running.find_postmaster(tmp_path) == running.Postmaster(process.pid, "5432", tmp_path)
        file.write_text("\n".join([*first, "", "127.0.0.1", "memory", "ready", ""]), "utf-8")
        with pytest.raises(ServerError, match="listens on no socket; stop it"):
            running.find_postmaster(tmp_path)
        process.kill()


def test_a_server_that_answers_nobody_in_time_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = folder / "data"
    first = postgres.start(data, durable=False)
    monkeypatch.setattr(running, "LONGEST_START", 0.0)
    first.stop()
    (data / "standby.signal").touch()
    start_by_hand(data, "hot_standby=off", wait=False)
    with pytest.raises(ServerError, match=r"data has not answered for 0 minutes .*; start again to wait on$"):
        postgres.start(data)


def test_a_server_without_our_role_is_not_ours(folder: Path) -> None:
    data = folder / "data"
    first = postgres.start(data, durable=False)
    with psycopg.connect(first.url) as connection:
        connection.execute("CREATE ROLE chief SUPERUSER LOGIN")
    with psycopg.connect(first.url.replace("backorder@", "chief@")) as connection:
        connection.execute("ALTER ROLE backorder NOLOGIN")
    with pytest.raises(
        ServerError, match=r'is not one of ours: .*"backorder" is not permitted to log in; name'
    ):
        postgres.start(data)


def test_a_server_on_another_port_is_found_by_its_own(folder: Path) -> None:
    data = folder / "data"
    postgres.start(data, durable=False).stop()
    start_by_hand(data, "port=6001", wait=True)
    with psycopg.connect(postgres.start(data).url) as connection:
        assert connection.execute("SHOW port").fetchone() == ("6001",)


def test_to_stop_ends_every_process_whatever_it_does(folder: Path) -> None:
    data = folder / "data"
    first = postgres.start(data, durable=False)
    write_number(first)
    with closing(psycopg.connect(first.url)) as idle, closing(psycopg.connect(first.url)) as busy:
        idle.execute("INSERT INTO kept VALUES (8)")
        busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 1000000000000) a")
        pids = [pid_of(data), idle.info.backend_pid, busy.info.backend_pid]
        first.stop()
    assert [pid for pid in pids if running.works_in(pid, data)] == []
    assert not (data / running.PID_FILE).exists()
    first.stop()  # once more is no fault
    assert read_number(postgres.start(data, durable=False)) == 7


def test_a_process_that_does_not_end_when_asked_is_ended(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(server.PATIENCE, "fast", 1)
    data = folder / "data"
    first = postgres.start(data)
    write_number(first)
    with closing(psycopg.connect(first.url)) as frozen:
        backend = frozen.info.backend_pid
        os.kill(backend, signal.SIGSTOP)
        first.stop()
    assert not running.works_in(backend, data)
    assert read_number(postgres.start(data)) == 7


def test_a_server_that_cannot_be_stopped_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for mode in server.PATIENCE:
        monkeypatch.setitem(server.PATIENCE, mode, 1)
    data = folder / "data"
    first = postgres.start(data, durable=False)
    pid = pid_of(data)
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(ServerError, match=rf"data does not stop; end its process {pid}$"):
        first.stop()
    os.kill(pid, signal.SIGCONT)
    while running.works_in(pid, data):
        time.sleep(0.01)


def test_an_interrupted_first_start_leaves_nothing_that_looks_like_a_database(folder: Path) -> None:
    data = folder / "data"
    process = subprocess.Popen([sys.executable, "-c", START, str(data)])
    while not list(folder.glob(".data.*.part/PG_VERSION")):
        time.sleep(0.001)
    process.kill()
    process.wait()
    assert not data.exists()
    write_number(postgres.start(data, durable=False))
    assert sorted(path.name for path in folder.iterdir()) == [".data.lock", "data"]
