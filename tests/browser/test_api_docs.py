"""The reference page of the interface in a real browser: nothing keeps people out, light and dark, narrow and wide."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import find_barriers, look

FIRST_ONLY = """document.querySelectorAll("section").forEach(
    section => [...section.querySelectorAll("article")].slice(1).forEach(article => article.remove()))"""
"""All articles of a section are made alike; axe would look at two hundred of them for a minute."""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_keeps_people_from_the_reference(
    live_server: LiveServer, page: Page, width: int, theme: Literal["light", "dark"]
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    page.goto(f"{live_server.url}/api/v1/docs#refused")
    page.get_by_role("heading", name="Interface for programs").wait_for()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0
    page.evaluate(FIRST_ONLY)
    look(page, f"api-docs-{width}-{theme}")
    assert find_barriers(page) == []
