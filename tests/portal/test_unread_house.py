"""While nobody can read the rules of the house, the page of an order shows what does not hang on them, and what is chosen counts."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from backorder.care.models import Answer, HouseVersion, Notice
from backorder.orders.models import Cancellation
from backorder.outbox.services import write as record
from tests.allocation.shop import buy, line_of, order_in, stock
from tests.care.letters import HOUSE, go_to, send
from tests.care.paid import pay
from tests.fulfilment.shop import release, ship
from tests.portal.pages import address, clock, press, read, shop, state
from tests.supply.shop import cause

__all__ = ["clock", "shop"]  # fixtures
pytestmark = pytest.mark.django_db

SENDING = HOUSE + "\n[sending]\ncolour = 1\n"
PARTIES = HOUSE.replace('place = "US-OR"', 'place = "Oregon"')
UNKNOWN = "What the law says then, and by when money would go back, we cannot show here today. Please ask us."
SAID = "<h3>If you say nothing</h3>"


def wait() -> None:
    """Let somebody wait who was asked about a later day, while another is before them."""
    order_in("LAMP", 9, "PO-1", days=65)
    buy("A-0", ("LAMP", 1))
    buy("A-1", ("LAMP", 2))
    go_to("A-1", "US", "TX")
    send()


def break_house(text: str) -> None:
    """Put rules in force as an older version of this program took them."""
    last = HouseVersion.objects.latest("number")
    entry = record(cause(), "house.written", [("house", str(last.number + 1))])
    HouseVersion.objects.create(number=last.number + 1, text=text, entry=entry)


def without_marks(page: str) -> str:
    """Leave out by what a form is known again, which is another each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


def test_what_law_holds_is_still_known_where_another_part_is_wrong(client: Client) -> None:
    wait()
    before = without_marks(read(client))
    break_house(SENDING)
    assert without_marks(read(client)) == before
    assert SAID in before
    assert "help@lamps.example" in before


def test_day_reason_place_and_notices_are_shown_where_nobody_knows_which_law_holds(client: Client) -> None:
    wait()
    before = read(client)
    break_house(PARTIES)
    page = read(client)
    day = "28 January 2027"
    told = (day, '<h2 id="why">', "fewer than", '<h2 id="promised">', '<h2 id="told">', "help@lamps.example")
    assert [said for said in told if said not in before] == []
    assert [said for said in told if said not in page] == []
    assert (UNKNOWN in before, UNKNOWN in page) == (False, True)
    assert "if you have not agreed to wait by" in before
    assert "if you have not agreed to wait by" not in page.partition('<h2 id="told">')[0]
    assert "house.toml" not in page


def test_a_parcel_can_be_followed_and_money_that_came_in_is_shown(client: Client) -> None:
    stock("LAMP", 1)
    buy("A-1", ("LAMP", 2))
    go_to("A-1", "US", "TX")
    release("A-1")
    ship("A-1")
    pay("A-1", 30_00)
    break_house("no toml")
    page = read(client)
    assert '<a href="https://track.example/BV-1" rel="noreferrer">Follow the parcel</a>' in page
    assert "30.00 EUR came in on 24 November 2026." in page
    assert "We cannot show here how it stands" not in page


@pytest.mark.parametrize("text", [SENDING, PARTIES, "no toml"])
def test_what_is_chosen_counts(client: Client, text: str) -> None:
    wait()
    break_house(text)
    status, page = press(client, "/wait", state=state(client))
    assert (status, "It is noted." in page) == (302, True)
    answer = Answer.objects.get()
    assert (answer.kind, answer.quantity, answer.notice) == ("accepts", 2, Notice.objects.get())
    units = {f"units-{line_of('A-1').pk}": 1, "confirmed": "yes"}
    status, page = press(client, "/cancel", state=state(client), **units)
    assert (status, "It is noted." in page) == (302, True)
    assert (Cancellation.objects.get().quantity, line_of("A-1").quantity_open) == (1, 1)
    status, page = press(client, "/call", state=state(client), phone="+1 503 555 0100")
    assert (status, "It is noted." in page) == (302, True)


def test_programs_of_the_customer_get_the_same(client: Client) -> None:
    wait()
    break_house(PARTIES)
    record = client.get(address("A-1", ".json")).json()
    assert record["if_you_say_nothing"] == [UNKNOWN]
    assert [(each["quantity"], each["ships_on"]) for each in record["waits"]] == [(2, "2027-01-28")]
    assert {"wait", "cancel", "call"} <= {each["choice"] for each in record["choices"]}
