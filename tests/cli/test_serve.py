"""`backorder serve` and `backorder user`, as processes with a server of their own."""

from __future__ import annotations

import html
import os
import re
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from backorder import postgres
from tests.cli.test_reconcile import begin

PROGRAM = (sys.executable, "-m", "backorder")
HIDDEN = ("DATABASE_URL", "BACKORDER_SECRET_KEY")
NOTHING: Mapping[str, str] = {}
WORD = "correct horse battery"


@pytest.fixture
def data() -> Iterator[Path]:
    """Give a folder for a database; its server is stopped at the end."""
    top = Path(tempfile.mkdtemp(prefix="backorder-serve-"))
    top.chmod(0o755)
    yield top / "data"
    if (top / "data" / "PG_VERSION").exists():
        postgres.start(top / "data").stop()
    shutil.rmtree(top)


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in HIDDEN}


def run(*arguments: str, said: str = "", **more: str) -> tuple[int, str, str]:
    ended = subprocess.run(
        [*PROGRAM, *arguments],
        check=False,
        input=said,
        capture_output=True,
        text=True,
        env={**environment(), **more},
    )
    return ended.returncode, ended.stdout, ended.stderr


@contextmanager
def started(
    command: Sequence[str], more: Mapping[str, str] = NOTHING, **pipes: int
) -> Iterator[subprocess.Popen[str]]:
    """Start a process; one that a test that failed has left running is killed."""
    with subprocess.Popen(command, text=True, env={**environment(), **more}, **pipes) as process:  # type: ignore[call-overload]
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def test_it_serves_until_it_is_interrupted_and_ends_the_database_that_it_started(data: Path) -> None:
    port = free_port()
    command = [*PROGRAM, "serve", "--port", str(port), "--data", str(data)]
    with started(command, stdout=subprocess.PIPE) as served:
        assert served.stdout is not None
        assert served.stdout.readline() == f"the console is at http://127.0.0.1:{port}; Ctrl-C ends it\n"
        answer = httpx.get(f"http://127.0.0.1:{port}/health", timeout=30)
        assert (answer.status_code, answer.text) == (200, "ok\n")
        assert httpx.get(f"http://127.0.0.1:{port}/static/console/tokens.css", timeout=30).status_code == 200
        assert postgres.read_socket(data) is not None
        code, told, _ = run("serve", "--port", str(port), "--data", str(data))
        assert (code, told) == (2, "")
        served.send_signal(signal.SIGINT)
        assert served.wait(60) == 0
    assert postgres.read_socket(data) is None
    key = data / "secret.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_text("utf-8")) > 50


def test_the_last_process_that_uses_the_database_ends_it(data: Path) -> None:
    assert begin(data)[0] == 0
    assert postgres.read_socket(data) is None
    port = free_port()
    serve = [*PROGRAM, "serve", "--port", str(port), "--data", str(data)]
    work = [*PROGRAM, "worker", "--data", str(data)]
    with started(serve, stdout=subprocess.PIPE) as served:
        assert served.stdout is not None
        assert "Ctrl-C ends it" in served.stdout.readline()
        with started(work, stderr=subprocess.PIPE) as working:
            assert working.stderr is not None
            assert working.stderr.readline() == "working; Ctrl-C ends\n"
            served.send_signal(signal.SIGINT)
            assert served.wait(60) == 0
            assert run("user", "list", "--data", str(data))[0] == 0
            assert postgres.read_socket(data) is not None
            working.send_signal(signal.SIGTERM)
            assert working.stderr.read() == "ended\n"
    assert postgres.read_socket(data) is None


def test_a_process_that_was_killed_keeps_no_database(data: Path) -> None:
    work = [*PROGRAM, "worker", "--data", str(data)]
    with started(work, stderr=subprocess.PIPE) as working:
        assert working.stderr is not None
        assert working.stderr.readline() == "working; Ctrl-C ends\n"
        working.kill()
    assert postgres.read_socket(data) is not None
    assert run("user", "list", "--data", str(data))[0] == 0
    assert postgres.read_socket(data) is None


def test_a_taken_port_is_told_before_anything_is_started(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, told, fault = run("serve", "--port", port, "--data", str(data))
    assert (code, told) == (2, "")
    assert fault == (
        f"--port: nobody can listen on 127.0.0.1 port {port} (Address already in use); name another\n"
    )
    assert not data.exists()


def sign_in(address: str) -> bool:
    """Sign in as anna; tells whether she was let in."""
    with httpx.Client(base_url=address, follow_redirects=True, timeout=60) as browser:
        browser.get("/sign-in")
        typed = {"username": "anna", "password": WORD, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        return browser.post("/sign-in", data=typed).url.path != "/sign-in"


@pytest.mark.parametrize("named", [False, True], ids=["folder", "address"])
def test_the_command_that_is_shown_lets_the_first_user_in(data: Path, *, named: bool) -> None:
    own = {"DATABASE_URL": postgres.start(data).url, "BACKORDER_SECRET_KEY": "x" * 50} if named else {}
    here, port = () if named else ("--data", str(data)), free_port()
    address = f"http://127.0.0.1:{port}"
    add = shlex.join([*PROGRAM, "user", "add", "NAME", "--role", "admin", *here])
    with started([*PROGRAM, "serve", "--port", str(port), *here], own, stdout=subprocess.PIPE) as served:
        assert served.stdout is not None
        assert "Ctrl-C ends it" in served.stdout.readline()
        where = " (with the same DATABASE_URL)" if named else ""
        assert served.stdout.readline() == f"nobody may sign in yet; add somebody{where}: {add}\n"
        page = httpx.get(f"{address}/sign-in", timeout=30).text
        shown = html.unescape(re.findall(r"<pre>(.+)</pre>", page)[0])
        assert (shown, "It must see the same DATABASE_URL as this site." in page) == (add, named)
        assert not sign_in(address)
        words = shlex.split(shown.replace("NAME", "anna"))
        given = environment() | own
        subprocess.run(
            words, input=f"{WORD}\n", check=True, capture_output=True, text=True, env=given, cwd="/"
        )
        assert sign_in(address)
        page = httpx.get(f"{address}/sign-in", timeout=30).text
        assert [told for told in ("<pre>", str(data), "user add", "DATABASE_URL") if told in page] == []
        served.send_signal(signal.SIGINT)
        assert served.wait(60) == 0


def test_a_server_of_ones_own_needs_a_key(data: Path) -> None:
    server = postgres.start(data)
    code, told, fault = run("serve", "--port", str(free_port()), DATABASE_URL=server.url)
    assert (code, told) == (2, "")
    assert run("user", "list", DATABASE_URL=server.url)[2].startswith("there is no shop in ")
    assert fault.startswith("BACKORDER_SECRET_KEY is not set: with a database server of your own, name 50")


def test_users_are_added_listed_given_another_password_and_removed(data: Path) -> None:
    here = ("--data", str(data))
    assert begin(data)[0] == 0
    assert run("user", "list", *here)[1] == (
        "nobody may sign in yet; add somebody with: backorder user add NAME\n"
    )
    word = f"{WORD}\n"
    assert run("user", "add", "anna", "--role", "admin", *here, said=word)[:2] == (
        0,
        "anna may sign in as admin\n",
    )
    assert run("user", "add", "anna", *here, said=word) == (2, "", "there is a user anna already\n")
    assert run("user", "add", "bob", *here) == (
        2,
        "",
        "there is no password; type one, or pipe it in as one line\n",
    )
    assert run("user", "role", "anna", "warehouse", *here)[:2] == (0, "anna is warehouse now\n")
    assert run("user", "password", "anna", *here, said="staple of the day\n")[0] == 0
    assert run("user", "remove", "anna", *here)[:2] == (0, "anna may no longer sign in\n")
    listed = run("user", "list", *here)[1].splitlines()
    assert [re.split(r" {2,}", line) for line in listed] == [
        ["name", "role", "may sign in", "last seen"],
        ["anna", "warehouse", "no", "never"],
    ]
    assert run("user", "add", "anna", *here, said=word)[:2] == (0, "anna may sign in as planner\n")
