"""A real browser: Chromium or Chrome of this system. Without one these tests are left out, unless CI=true."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.clock import stop_the_clock

__all__ = ["stop_the_clock"]  # a fixture that each test uses
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")


def find_browser() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if find_browser() or os.environ.get("CI") == "true":
        return
    left_out = pytest.mark.skip(
        reason="no Chromium or Chrome on this system: tests in a browser are left out"
    )
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(left_out)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_browser()
    assert path, "CI=true, and no Chromium or Chrome on this system"
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the browser's loop runs in the thread of the test
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    yield context
    context.close()


NO_FAULTS = ("404", "AbortError")
"""What a console says in red that is none: a page asked for that is not there, a list given up for a newer one."""


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Give a page on which every fault of a script or of the content policy fails the test."""
    page = context.new_page()
    faults: list[str] = []
    page.on(
        "console",
        lambda said: (
            faults.append(said.text)
            if said.type == "error" and not any(word in said.text for word in NO_FAULTS)
            else None
        ),
    )
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    assert faults == []


def find_barriers(page: Page, *rules: str) -> list[str]:
    """Ask axe what keeps people out of this page, by all rules or by these."""
    page.evaluate(AXE + "\n;undefined")
    found = page.evaluate("rules => axe.run(rules.length ? {runOnly: rules} : {})", list(rules))
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:200]} {fault['nodes'][0]['failureSummary']}"
        for fault in found["violations"]
    ]


def look(page: Page, name: str) -> None:
    """Keep a picture of the page where BACKORDER_PICTURES names a folder."""
    folder = os.environ.get("BACKORDER_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
