"""docs/howto/use-the-api.md, followed by hand: its commands with curl against a server, its answers."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from backorder.api.answers import KEPT_DAYS, REPEATED
from backorder.api.urls import MOST_BYTES
from backorder.cli import run
from tests.architecture import tree
from tests.supply.shop import NOON

PAGE = (
    (tree.ROOT / "docs" / "howto" / "use-the-api.md")
    .read_text("utf-8")
    .replace("$(date -u +%Y-%m-%dT%H:%M:%SZ)", NOON.isoformat())
)
STEPS = re.findall(r"^```sh\n(.+?)^```\n(?:```json\n(.+?)^```)?", PAGE, re.DOTALL | re.MULTILINE)


def holds(given: Any, shown: Any) -> bool:
    """Say whether an answer holds what the page shows; the page leaves out what does not matter there."""
    if isinstance(shown, dict):
        return all(name in given and holds(given[name], one) for name, one in shown.items())
    if isinstance(shown, list):
        return len(given) == len(shown) and all(map(holds, given, shown))
    return bool(given == shown)


@pytest.mark.django_db(transaction=True)
def test_the_page_works_when_followed(
    live_server: LiveServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql:///the-tests-own")  # it is open already
    (command,) = re.findall(r"^backorder (key add .+)$", PAGE, re.MULTILINE)
    assert run(shlex.split(command)) == 0
    secret = capsys.readouterr().out.strip()
    environment = {**os.environ, "API": f"{live_server.url}/api/v1", "KEY": secret}
    assert len(STEPS) == 35
    for step, shown in STEPS:
        done = subprocess.run(
            ["bash", "-euc", step],  # noqa: S607 - whichever the reader has
            check=True,
            capture_output=True,
            text=True,
            env=environment,
        )
        answer = json.loads(done.stdout)
        assert not shown or holds(answer, json.loads(shown)), done.stdout
        assert shown or "status" not in answer, done.stdout


def test_the_page_names_the_limits_that_there_are() -> None:
    assert f"kept for {KEPT_DAYS} days" in PAGE
    assert f"at most {MOST_BYTES:,} bytes" in PAGE
    assert f"`{REPEATED}: true`" in PAGE
