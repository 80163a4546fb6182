"""What people do in a browser: sign in, move by keys, and what they need for it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

from backorder.accounts import services
from tests.supply.shop import cause

PASSWORD = "correct horse battery"  # noqa: S105 - of a user of a test
MOST_STEPS = 90
"""Presses of Tab after which a thing counts as out of reach."""
SHOWN = """() => {
    const here = document.activeElement, style = getComputedStyle(here), box = here.getBoundingClientRect();
    return {
        where: here.outerHTML.slice(0, 200),
        outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    };
}"""


def sign_in(page: Page, site: str, role: str = "planner") -> None:
    """Let anna sign in, who is added before."""
    services.add_user("anna", role, PASSWORD, cause())
    page.goto(f"{site}/sign-in")
    page.get_by_label("Name").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out anna").wait_for()


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until a thing has the focus; whatever has it on the way must be seen, and seen to have it."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        shown = page.evaluate(SHOWN)  # at one moment: a list that has just come in takes the focus with it
        if shown["where"].startswith("<body"):
            continue  # past the last, before the first
        assert shown == {"where": shown["where"], "outlined": True, "seen": True}
        if target.evaluate("thing => thing === document.activeElement"):
            return
    message = f"{target} cannot be reached with Tab"
    raise AssertionError(message)
