"""The first hour of a new owner, with the program as it is installed: from an empty folder to the first plan."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import find_barriers, look
from tests.browser.people import PASSWORD

PROGRAM = (sys.executable, "-m", "backorder")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


@pytest.fixture
def data() -> Iterator[Path]:
    top = Path(tempfile.mkdtemp(prefix="backorder-first-"))
    top.chmod(0o755)  # root's server runs as another user, who must come to it
    yield top / "data"
    shutil.rmtree(top)


def environment() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if name != "DATABASE_URL"}


@pytest.fixture
def site(data: Path) -> Iterator[str]:
    """Serve a shop that begins: nobody may sign in yet."""
    port = free_port()
    command = [*PROGRAM, "serve", "--port", str(port), "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) as served:
        assert served.stdout is not None
        assert "the console is at" in served.stdout.readline()
        yield f"http://127.0.0.1:{port}"
        served.send_signal(signal.SIGINT)
        assert served.wait(60) == 0


def follow(command: str) -> None:
    """Type a command that adds a user, as anna, with her password."""
    words = shlex.split(command.replace("NAME", "anna"))
    typed = f"{PASSWORD}\n"
    subprocess.run(words, input=typed, text=True, check=True, capture_output=True, env=environment())


def test_a_new_owner_is_led_through_the_sample_to_the_first_plan(site: str, page: Page) -> None:
    page.goto(site)
    look(page, "first-sign-in")
    follow(page.locator(".note pre").inner_text())
    page.get_by_label("Name").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Begin").wait_for()
    assert page.get_by_role("link", name="Import files").is_visible()
    look(page, "first-begin")
    page.get_by_role("button", name="Load the sample shop").click()
    page.get_by_text("The sample shop is here.").wait_for()
    page.get_by_role("heading", name="Queue").wait_for()
    page.locator("#totals dd").first.wait_for()
    assert page.locator("#queue tbody tr").count() == 100
    assert find_barriers(page) == []
    look(page, "first-queue")
    page.locator("#queue tbody a").first.click()
    page.get_by_role("link", name="Explain").first.click()
    page.locator(".note p").first.wait_for()
    page.goto(site)
    page.wait_for_url("**/queue")
