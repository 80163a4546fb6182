"""`backorder consent` and `backorder house`, as docs/howto/know-what-the-law-asks.md says, as processes with a server of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from backorder.care.words import say_coming
from tests.architecture import tree
from tests.cli.test_reconcile import data

__all__ = ["data"]
PAGE = (tree.ROOT / "docs" / "howto" / "know-what-the-law-asks.md").read_text("utf-8")
LETTERS = (tree.ROOT / "docs" / "howto" / "write-to-customers.md").read_text("utf-8")
WRITTEN = PAGE.partition("```toml\n")[2].partition("```")[0]


def run(*arguments: str) -> tuple[int, str, str]:
    """Run a command of the program."""
    given = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    ended = subprocess.run(
        [sys.executable, "-m", "backorder", *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=given,
    )
    return ended.returncode, ended.stdout, ended.stderr


def test_what_the_law_asks_is_told_once_the_house_has_a_place(data: Path, tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "items.csv").write_text("sku,price,currency\nLAMP,10.00,EUR\n", "utf-8")
    day = datetime.now(UTC).date()  # its calendar is still to come, whenever this runs
    (shop / "orders.csv").write_text(
        "order,line,sku,quantity,ordered_at,requested_on,customer_class\n"
        f"A-1,1,LAMP,2,{day}T00:00:00Z,{day},\nA-3,1,LAMP,2,{day}T00:00:00Z,{day},wholesale\n",
        "utf-8",
    )
    place = ("--data", str(data))
    assert run("import", str(shop), *place)[0] == 0
    assert run("consent", "--order", "A-2", *place) == (2, "", "there is no order A-2\n")
    assert run("consent", "--order", "A-1", *place)[1].startswith(
        "nobody said where A-1 goes: give it an address"
    )
    rules = tmp_path / "house.toml"
    rules.write_text(WRITTEN, "utf-8")
    assert run("house", str(rules), *place) == (0, "version 1 is in force\n", "")
    assert run("house", str(rules), *place) == (0, "these rules are in force already\n", "")
    assert run("house", *place) == (0, WRITTEN, "")
    code, told, errors = run("consent", "--order", "A-1", *place)
    assert (code, errors) == (0, "")
    assert told.startswith("line 1, 2 of LAMP, by us-federal 1\n  2: ")
    assert "Have your lawyer check this." in told
    calendar = told.partition("  if nobody does anything:\n")[2].splitlines()
    assert [
        re.sub(r"  \d{4}-\d\d-\d\d +2 +", "", row).split("  ")[0] for row in calendar if "us-federal" in row
    ] == [
        say_coming(what) for what in ("should_tell", "last_day", "tell", "cancel", "should_refund", "refund")
    ]
    rules.write_text("[seller]\nplace = 'Texas'\n", "utf-8")
    fault = "house.toml: seller.place: 'Texas' is no country as US, and no part of one as US-CA\n"
    assert run("house", str(rules), *place) == (2, "", fault)


def test_a_letter_is_written_in_the_language_that_is_asked_for(data: Path, tmp_path: Path) -> None:
    place = ("--data", str(data))
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "items.csv").write_text("sku,description\nLAMP,A lamp\n", "utf-8")
    at = datetime.now(UTC) - timedelta(hours=1)  # of an older order a law wants the money back, and no letter
    (shop / "orders.csv").write_text(
        "order,line,sku,quantity,ordered_at,requested_on\n"
        f"A-1,1,LAMP,2,{at:%Y-%m-%dT%H:%M:%SZ},{at.date()}\n",
        "utf-8",
    )
    assert run("import", str(shop), *place)[0] == 0
    assert run("letter", "--order", "A-2", *place) == (2, "", "there is no order A-2\n")
    told = "nobody could answer it: name an address in the rules of the house, [letters] mail = "
    assert run("letter", "--order", "A-1", *place)[2].startswith(told)
    rules = tmp_path / "house.toml"
    rules.write_text(LETTERS.partition("```toml\n")[2].partition("```")[0], "utf-8")
    assert run("house", str(rules), *place) == (0, "version 1 is in force\n", "")
    page = tmp_path / "letter.html"
    code, written, errors = run("letter", "--order", "A-1", "--language", "fr", "--page", str(page), *place)
    assert (code, errors) == (0, "")
    assert written.startswith(
        "To: (no address is known)\nSubject: Votre commande A-1 : quand elle part\n\nBonjour,\n"
    )
    assert written.split("\n\n")[3] == "- 2 × A lamp : nous ne pouvons pas encore donner de date."
    assert "2 × A lamp : nous ne pouvons pas encore donner de date." in page.read_text("utf-8")
    assert run("letter", "--order", "A-1", "--language", "pt", *place) == (
        2,
        "",
        "--language: there is en, de, fr, es, and not 'pt'\n",
    )
    rules.write_text(LETTERS.rpartition("```toml\n")[2].partition("```")[0], "utf-8")
    assert run("house", str(rules), *place)[0] == 0  # the arrangement of the guide
