"""Holds the demo to its word: a shop that adds up, a day that changes it, pages to walk about in, and nothing of one's own touched."""

from __future__ import annotations

import html
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from backorder import postgres
from backorder.allocation.moves import Move
from backorder.channels.history.today import say_move
from backorder.cli.demo import MARK
from tests.architecture import tree
from tests.cli.test_serve import PROGRAM, free_port, started
from tests.postgres.test_backups import everything

OPEN = """
import sys
from pathlib import Path
from backorder.cli.demo import open_new
with open_new(Path(sys.argv[1])) as data:
    from backorder.catalog.models import Item
    Item.objects.create(sku="MINE")
    print(data)
"""
HELD = {
    "/tasks": ("read what the customer wrote (1)", "call the customer, who asked for it (1)", "morning"),
    "/notices": ("Replies to read", "Can two of them come before the rest? Two rooms open first."),
    "/waitlist": ("C-0400", "refused in LAST-1", "invited until", "2 units in W-1-1", "C-0399", "waits"),
    "/offers": ("taken", "not wanted"),
    "/incentives": ("the delivery is paid", "RUSH-1"),
    "/feedback": ("2 of 5", "The day moved after we had told our guests.", "date moved", "in time"),
}
"""What pages of the console show of what customers say."""
SUNDAY = 7
LAST_ASKED_ON = """
SELECT requested_on FROM orders_line JOIN orders_order ON orders_order.id = order_id WHERE orders_order.number = 'LAST-1'
"""
SHARES = """
SELECT count(*) FILTER (WHERE "group" = 'given'), count(*) FILTER (WHERE "group" = 'control') FROM care_thanks
"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    top = Path(tempfile.mkdtemp(prefix="backorder-demo-"))
    top.chmod(0o755)  # root's server runs as another user, who must come to it
    yield top
    shutil.rmtree(top)


def run(*command: str, **more: str) -> tuple[int, str, str]:
    given = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    ended = subprocess.run(
        command, check=False, capture_output=True, text=True, env=given | more, cwd=tree.ROOT
    )
    return ended.returncode, ended.stdout, ended.stderr


def read_until(stream: Any, last: str) -> str:
    """Read lines until one that ends so, or to the end."""
    read = [""]
    for line in iter(stream.readline, ""):
        read.append(line)
        if line.rstrip().endswith(last):
            break
    return "".join(read)


def walk_about(printed: str) -> None:
    """Sign in as the demo says, and open pages."""
    found = re.search(
        r"^Console: (http://127\.0\.0\.1:\d+)  sign in as (demo) with (\S+)$", printed, re.MULTILINE
    )
    assert found is not None
    address, name, password = found.groups()
    with httpx.Client(base_url=address, follow_redirects=True, timeout=60) as browser:
        assert browser.get("/queue").url.path == "/sign-in"
        typed = {"username": name, "password": password, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        assert browser.post("/sign-in", data=typed).status_code == 200
        sent = re.search(r"^Page of the rush order: (http://\S+)$", printed, re.MULTILINE)
        assert sent is not None
        check_story(browser.get(sent[1]).text)
        for page in ("/queue", "/orders/RUSH-1"):
            answer = browser.get(page)
            assert (answer.status_code, answer.url.path, "RUSH-1" in answer.text) == (200, page, True)
        for page, held in HELD.items():
            text = " ".join(html.unescape(browser.get(page).text).split())
            assert {said: said in text for said in held} == dict.fromkeys(held, True), page
        assert browser.get("/api/v1/docs").status_code == 200


def check_story(page: str) -> None:
    """Check that the page of the rush order tells its story: three days that were planned, what was put off, and what came back."""
    assert "<h1>Your order RUSH-1</h1>" in page
    planned = page[page.index('id="promised"') : page.index('id="told"')]
    assert len(set(re.findall(r": (\d+ \w+ \d{4}) \(", planned))) == 3
    assert "a delivery that brings it was put off." in page
    assert re.search(r"\d+\.\d\d EUR left on \d+ \w+ \d{4}, back to you", page)


def check_letters(letters: list[str], day: date) -> None:
    """Check the subjects of what was written on a day after the three letters about the rush order."""
    cancelled, refunded, *opened, invited, first, second, thanked = (
        letters  # which item is scarce depends on the day
    )
    assert opened == ["Your order LAST-1: when it ships"] * (day.isoweekday() == SUNDAY)  # nobody packs then
    assert re.fullmatch(r"Your order RUSH-1: cancelled: 2 × .+", cancelled)
    assert re.fullmatch(r"Your order RUSH-1: \d+\.\d\d EUR sent back to you", refunded)
    assert re.fullmatch(r"Kept for you until \d+ \w+ \d{4}, \d\d:\d\d \(UTC\+[12]\): 2 × .+", invited)
    assert [re.sub(r"S-\d+", "S-1", subject) for subject in (first, second)] == [
        "Your order S-1: something else could ship earlier"
    ] * 2
    assert thanked == "Your order RUSH-1: thank you for waiting"


def check_shares(printed: str, kept: tuple[int, int]) -> None:
    """Check that so many are told of as are thanked for waiting, and as are not; how the draw falls depends on the day."""
    shares = re.search(r"“the delivery is paid” (\d+) orders .+; (\d+) get nothing, to compare", printed)
    assert shares is not None
    assert tuple(int(share) for share in shares.groups()) == kept


def test_six_months_and_a_day_are_served_with_a_worker_until_interrupted_and_add_up(folder: Path) -> None:
    data = folder / "demo"
    data.mkdir()
    (data / MARK).touch()  # an older demo, which is replaced
    command = [*PROGRAM, "demo", "--port", str(free_port()), "--data", str(data)]
    with started(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as shown:
        assert shown.stdout is not None
        assert shown.stderr is not None
        printed = read_until(shown.stdout, "Ctrl-C ends it")
        walk_about(printed)
        assert shown.stderr.readline() == "working; Ctrl-C ends\n"
        shown.send_signal(signal.SIGINT)
        assert shown.wait(60) == 0
        assert shown.stderr.read() == "ended\n"  # and the worker with it
    assert postgres.read_socket(data / "data") is None
    assert re.search(r"^  2,\d{3} orders with [\d,]+ lines; [\d,]+ lines had to wait", printed, re.MULTILINE)
    for event in (
        "A rush order, RUSH-1: ",
        "A delivery, P-",
        "A slip: P-",
        "A cancellation: S-",
        "Money back: RUSH-1 ",
        "An answer by mail: the customer of RUSH-1 asks whether two can come before the rest, and on their page to be called ",
        "An order in vain, LAST-1: ",
        "A count: 2 more of ",
        "Three opinions: 2 of 5 of RUSH-1, which waits; 5 of S-",
        "does the same as ",
        "A yes: the customer of S-",
        "A no: the customer of S-",
        "Thanks: by the rule “the delivery is paid” ",
    ):
        assert event in printed
    letters = re.findall(r"^  A letter to [^:]+: (.+)$", printed, re.MULTILINE)
    assert letters[:3] == [
        "Your order RUSH-1: when it ships",
        *["Your order RUSH-1 ships later than we told you"] * 2,  # its supplier slips twice
    ]
    assert f"Letters: {data / 'mail'}, and in the console under Notices; none left this machine" in printed
    kept = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted((data / "mail").iterdir())
    ]
    assert sorted(mail["Subject"].strip() for mail in kept) == sorted(letters)  # two left in one second
    code, proof, errors = run(*PROGRAM, "reconcile", "--data", str(data / "data"))
    assert (code, errors, proof[:11]) == (0, "", "all agree: ")
    server = postgres.start(data / "data")
    with psycopg.connect(server.url) as connection:
        told = connection.execute(
            "SELECT count(*), count(*) FILTER (WHERE at > now()) FROM outbox_entry"
        ).fetchone()
        goods = "SELECT (SELECT count(*) FROM catalog_item), (SELECT count(*) FROM catalog_supplier)"
        assert connection.execute(goods).fetchone() == (150, 8)
        counts = "SELECT count(*) = 313, count(*) FILTER (WHERE found = was - 1) > 5 FROM supply_stockcount"
        assert connection.execute(counts).fetchone() == (
            True,
            True,
        )  # two on each day but Sundays, and today's
        day = connection.execute(LAST_ASKED_ON).fetchone()
        shares = connection.execute(SHARES).fetchone()
    server.stop()
    assert told is not None
    assert day is not None
    assert shares is not None
    check_letters(letters[3:], *day)
    check_shares(printed, shares)
    assert told[0] > 0
    assert told[1] == 0  # nothing is told that has not happened yet


def test_a_folder_that_is_no_demo_stays_as_it_is(folder: Path) -> None:
    own = folder / "own"
    own.mkdir()
    (own / "notes.txt").write_text("mine", "utf-8")
    code, printed, errors = run(*PROGRAM, "demo", "--no-serve", "--data", str(own))
    assert (code, printed) == (2, "")
    assert errors == (
        f"--data: {own} is no demo of ours, so it is not replaced; name a folder that does not exist\n"
    )
    assert [path.name for path in own.iterdir()] == ["notes.txt"]


def test_a_server_of_ones_own_is_used_and_left_as_it_is_once_it_holds_a_shop(folder: Path) -> None:
    server, unused = postgres.start(folder / "server", durable=False), str(folder / "unused")
    own = {"DATABASE_URL": server.url}
    assert run(sys.executable, "-c", OPEN, unused, **own) == (0, "None\n", "")
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT sku FROM catalog_item").fetchall() == [("MINE",)]
    before = everything(server.url)
    code, printed, errors = run(*PROGRAM, "demo", "--no-serve", "--data", unused, **own)
    assert (code, printed) == (2, "")
    assert errors == "DATABASE_URL: that database holds a shop already; name an empty one\n"
    assert everything(server.url) == before
    assert not Path(unused).exists()
    server.stop()


def interrupt(line: str, data: Path, **more: str) -> tuple[int, str]:
    """Start a demo, and interrupt it once it has printed a line that ends so."""
    command = [*PROGRAM, "demo", "--no-serve", "--data", str(data)]
    with started(command, more, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as shown:
        assert shown.stdout is not None
        assert shown.stderr is not None
        read_until(shown.stdout, line)
        shown.send_signal(signal.SIGINT)
        told = shown.stderr.read()
        return shown.wait(60), told


def test_a_demo_that_is_interrupted_in_a_folder_begins_anew(folder: Path) -> None:
    top = folder / "stopped"
    code, told = interrupt("six months behind it:", top)
    assert (code, told) == (
        130,
        f"interrupted; what there is of the demo lies in {top}, and the next demo there begins anew\n",
    )
    assert postgres.read_socket(top / "data") is None
    (
        top / "data" / "global" / "pg_control"
    ).unlink()  # as one that was stopped while it removed an older demo
    assert run(sys.executable, "-c", OPEN, str(top)) == (0, f"{top}/data\n", "")


def test_a_demo_that_is_interrupted_on_a_server_of_ones_own_says_what_it_holds(folder: Path) -> None:
    server, unused = postgres.start(folder / "stopped-server", durable=False), folder / "unused"
    own = {"DATABASE_URL": server.url}
    code, told = interrupt("six months behind it:", unused, **own)
    goes_on = f"interrupted; {server.url} holds no shop yet, and the next demo goes on there\n"
    assert (code, told) == (130, goes_on)
    code, told = interrupt("Today:", unused, **own)
    with psycopg.connect(server.url) as connection:
        counts = "SELECT (SELECT count(*) FROM orders_order), (SELECT count(*) FROM catalog_item)"
        orders, items = connection.execute(counts).fetchone() or (0, 0)
    assert (code, items, orders > 2000) == (130, 150, True)
    assert told == (
        f"interrupted; {server.url} holds the demo as far as it came: {orders:,} orders and 150 items. To begin anew, DROP that "
        "DATABASE and CREATE it again; to look at what there is, with the same DATABASE_URL: backorder user add NAME "
        "--role admin, then backorder serve\n"
    )
    assert run(*PROGRAM, "reconcile", **own)[0] == 0
    server.stop()


def stand(reason: str, *, on_hand: int = 0, inbound: int = 0, lacking: int = 0) -> dict[str, Any]:
    return {
        "allocated_on_hand": on_hand,
        "allocated_inbound": inbound,
        "unallocated": lacking,
        "planned_on": date(2026, 12, 9),
        "reason": reason,
    }


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            stand("INBOUND", inbound=2),
            stand("AFTER_HIGHER_RANK", on_hand=1, lacking=1),
            "was to be 2 inbound by 9 December 2026; now 1 on hand, 1 without supply (no better: lines ahead of it are served first)",
        ),
        (
            None,
            stand("PROMISE_OF_OTHERS", inbound=6),
            "6 inbound by 9 December 2026 (no better: units keep promises to others)",
        ),
        (
            stand("INBOUND", inbound=1),
            stand("ON_HAND", on_hand=1),
            "was to be 1 inbound by 9 December 2026; now 1 on hand",
        ),
        (stand("ON_HAND", on_hand=1), None, "was to be 1 on hand; now it waits no longer"),
    ],
)
def test_a_line_that_moved_is_told_with_its_reason_where_the_units_do_not_say_it(
    before: dict[str, Any] | None, after: dict[str, Any] | None, told: str
) -> None:
    assert say_move(Move(1, before, after), "A-1 line 1") == f"A-1 line 1: {told}"
