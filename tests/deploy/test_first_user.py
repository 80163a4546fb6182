"""Adding the first user where the program is deployed: the command that the sign-in page shows, and the guide with it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import yaml

from backorder import postgres
from tests.architecture import tree
from tests.deploy.test_deploy import read, read_unit

PAGE = (tree.ROOT / "docs" / "howto" / "install-on-a-server.md").read_text("utf-8")


def shown_by_unit() -> str:
    """The command that the sign-in page shows under the units."""
    words = shlex.split(read_unit("backorder-web.service")["Service"]["Environment"].replace("\\\n", " "))
    return dict(word.split("=", 1) for word in words)["BACKORDER_ADD_USER"]


def test_the_page_says_how_the_first_user_is_added_as_the_sign_in_page_does() -> None:
    compose = yaml.safe_load(read("compose.yaml"))
    shown = [shown_by_unit(), compose["services"]["web"]["environment"]["BACKORDER_ADD_USER"]]
    page = PAGE.replace("\\\n  ", "")
    assert [command for command in shown if f"\n{command.replace('NAME', 'anna')}\n" not in page] == []
    assert shlex.split(shown[1])[:6] == ["podman", "compose", "-f", "deploy/compose.yaml", "exec", "web"]


@pytest.fixture
def top() -> Iterator[Path]:
    """Give a folder that a server may use."""
    top = Path(tempfile.mkdtemp(prefix="backorder-deploy-"))
    top.chmod(0o755)
    yield top
    shutil.rmtree(top)


def test_the_command_that_is_shown_under_the_units_reaches_their_database(top: Path) -> None:
    server = postgres.start(top / "data", durable=False)
    settings = top / "backorder.env"
    settings.write_text(f"DATABASE_URL='{server.url}&application_name=a'\n", "utf-8")
    program = top / "backorder"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m backorder "$@"\n', "utf-8")
    program.chmod(0o755)
    *before, script = shlex.split(shown_by_unit())
    assert before == ["sudo", "runuser", "--user", "backorder", "--", "sh", "-c"]
    for installed, here in {
        "/etc/backorder/backorder.env": settings,
        "/usr/local/lib/backorder/bin/backorder": program,
        "/var/lib/backorder": top,
        "NAME": "anna",
    }.items():
        assert script.count(installed) == 1
        script = script.replace(installed, str(here))
    given = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    ended = subprocess.run(
        ["sh", "-c", script],  # noqa: S607 - a program of the system
        check=False,
        input="correct horse battery\n",
        capture_output=True,
        text=True,
        env=given,
    )
    assert (ended.returncode, ended.stdout) == (0, "anna may sign in as admin\n")
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT username FROM auth_user").fetchall() == [("anna",)]
    server.stop()
