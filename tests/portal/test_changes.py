"""What customers change on their page: how an order ships, where it goes, until when it is of use; and taking that back."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backorder.allocation import events
from backorder.care.changes import WINDOW
from backorder.care.links import sign
from backorder.orders.models import Address
from backorder.outbox.models import Entry
from tests.allocation.shop import buy, line_of, order_in, standing, stock
from tests.care.letters import go_to
from tests.care.test_drafts import wait
from tests.fulfilment.shop import order_of, release, ship
from tests.portal.pages import address, clock, press, read, shop, state
from tests.supply.shop import NOON, TODAY, cause

__all__ = ["clock", "shop"]  # fixtures that each test uses
pytestmark = pytest.mark.django_db
THERE = {
    "name": "B. Other",
    "street": "2 Short Lane",
    "postcode": "97201",
    "city": "Portland",
    "region": "or",
}


def wait_for_all(number: str = "A-1") -> None:
    """Let somebody wait for two items of an order that ships complete; one of them is here."""
    stock("LAMP", 2)
    order_in("TENT", 9, "PO-1")
    buy(number, ("LAMP", 2), ("TENT", 1), ships="complete")
    go_to(number, "US", "OR")


def last(what: str) -> Entry:
    return Entry.objects.filter(what=what).latest("pk")


def undo_number(page: str) -> str:
    return str(re.findall(r'name="entry" value="(\d+)"', page)[0])


def test_what_is_ready_is_sent_if_the_customer_wants_it_and_that_can_be_taken_back(client: Client) -> None:
    wait_for_all()
    assert "Send what is ready" in read(client)
    status, page = press(client, "/ready", state=state(client))
    assert (status, order_of("A-1").ship_policy) == (302, "as_ready")
    entry = last("order.amended")
    assert (entry.who, entry.facts["to"]) == ("customer", {"ship_policy": "as_ready"})
    assert "It is noted." in page
    assert "You asked us to send what is ready." in page
    assert "<button>Send what is ready" not in page
    status, page = press(client, "/undo", entry=undo_number(page), state=state(client))
    assert (status, order_of("A-1").ship_policy) == (302, "complete")
    assert (last("order.amended").caused_by, "as it was ordered after all." in page) == (entry, True)
    assert 'name="entry"' not in page  # what was taken back is not taken back once more


def test_what_was_packed_since_is_not_taken_back(client: Client) -> None:
    wait_for_all()
    _, page = press(client, "/ready", state=state(client))
    number = undo_number(page)
    release("A-1", "1")
    page = read(client)
    assert "This cannot be taken back any more: it is being packed, or has left." in page
    assert press(client, "/undo", entry=number, state=state(client))[0] == 422
    ship("A-1")
    assert press(client, "/undo", entry=number, state=state(client))[0] == 422
    assert order_of("A-1").ship_policy == "as_ready"


def test_after_a_day_nothing_is_taken_back(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    wait_for_all()
    _, page = press(client, "/ready", state=state(client))
    number = undo_number(page)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON + timedelta(minutes=5) + WINDOW)
    link = f"/o/{sign(order_of('A-1'), TODAY + timedelta(days=3))}"
    seen = client.get(link)
    assert 'name="entry"' not in seen.content.decode()
    typed = {"entry": number, "state": seen.context["sheet"].state}
    assert client.post(f"{link}/undo", typed).status_code == 422
    assert order_of("A-1").ship_policy == "as_ready"


@pytest.mark.parametrize("entry", ["", "x", "-1", "9" * 40, "٣", "1"])
def test_nothing_else_is_taken_back(client: Client, entry: str) -> None:
    wait_for_all()
    before = Entry.objects.count()
    assert press(client, "/undo", entry=entry, state=state(client))[0] == 422
    assert Entry.objects.count() == before


def test_what_the_shop_changed_is_not_the_customers_to_take_back(client: Client) -> None:
    wait_for_all()
    events.amend_order(order_of("A-1"), {"ship_policy": "as_ready"}, cause())
    assert 'name="entry"' not in read(client)
    assert press(client, "/undo", entry=last("order.amended").pk, state=state(client))[0] == 422


def test_an_order_that_may_leave_once_more_only_is_not_sent_in_parts(client: Client) -> None:
    wait_for_all()
    events.amend_order(order_of("A-1"), {"most_shipments": 1}, cause())
    assert "Send what is ready" not in read(client)
    assert press(client, "/ready", state=state(client))[0] == 422
    assert order_of("A-1").ship_policy == "complete"


def test_where_it_goes_is_shown_once_more_and_then_changed(client: Client) -> None:
    wait()
    before = Address.objects.get()
    page = client.get(address(what="/address")).content.decode()
    assert "1 Long Lane" not in page  # whoever has the link learns nothing of where somebody lives
    status, page = press(client, "/address", state=state(client), **THERE)
    assert (status, "<li>2 Short Lane</li>" in page) == (200, True)
    assert Address.objects.get() == before
    assert Address.objects.get().street == "1 Long Lane"
    status, page = press(client, "/address", state=state(client), confirmed="yes", **THERE)
    found = Address.objects.get()
    assert (status, found.name, found.street, found.city, found.postcode, found.region, found.country) == (
        *(302, "B. Other", "2 Short Lane", "Portland", "97201", "OR", "US"),
    )
    assert "You changed where it goes." in page
    entry = last("order.address_changed")
    assert (entry.who, entry.facts) == ("customer", {"changed": ["name", "street", "city", "postcode"]})


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": " "}, "Please fill in or correct: Name"),
        ({"street": "", "city": ""}, "Please fill in or correct: Street and number, Town"),
        ({"region": "O!"}, "Please fill in or correct: State or province, by its short code"),
        ({"name": "x" * 201}, "Please fill in or correct: Name"),
    ],
)
def test_an_address_to_which_nothing_can_be_sent_is_refused_where_it_is_wrong(
    client: Client, typed: dict[str, str], said: str
) -> None:
    wait()
    sent = {**THERE, **typed, "confirmed": "yes", "state": state(client)}
    status, page = press(client, "/address", **sent)
    assert (status, f">{said}</p>" in page, 'aria-invalid="true" aria-describedby="fault"' in page) == (
        *(422, True, True),
    )
    assert Address.objects.get().street == "1 Long Lane"


def test_nothing_goes_to_another_country_and_nothing_that_is_packed_elsewhere(client: Client) -> None:
    wait()
    sent = {**THERE, "confirmed": "yes", "country": "DE"}
    press(client, "/address", state=state(client), **sent)
    assert Address.objects.get().country == "US"
    stock("LAMP", 2)
    release("A-1")
    assert "Change where it goes" not in read(client)
    sent["street"] = "3 Other Lane"
    assert client.post(address(what="/address"), sent).status_code == 302  # led back; nothing is changed
    assert Address.objects.get().street == "2 Short Lane"


def test_who_only_knows_number_and_mail_sends_no_parcel_elsewhere(client: Client) -> None:
    wait()
    link = f"/o/{sign(order_of('A-1'), TODAY, may_redirect=False)}"
    page = client.get(link).content.decode()
    assert "To change where it goes, open the link in our letter, or ask us." in page
    sent = {**THERE, "confirmed": "yes", "state": state(client)}
    assert client.post(f"{link}/address", sent).status_code == 302
    assert Address.objects.get().street == "1 Long Lane"
    assert "address" not in {one["choice"] for one in client.get(f"{link}.json").json()["choices"]}


def test_a_last_day_of_use_is_said_with_what_it_means_noted_and_taken_back(client: Client) -> None:
    order_in("LAMP", 9, "PO-1", days=20)
    wait()
    _, page = press(client, "/last-day", day="2026-12-10", state=state(client))
    assert "<li>LAMP: none of it is planned to ship by 10 December 2026.</li>" in page
    _, page = press(client, "/last-day", day="2026-12-20", state=state(client))
    assert "<li>LAMP: 14 December 2026</li>" in page
    assert line_of("A-1").needed_by is None
    status, page = press(client, "/last-day", day="2026-12-10", confirmed="yes", state=state(client))
    assert (status, line_of("A-1").needed_by) == (302, date(2026, 12, 10))
    assert standing("A-1") == (0, 0, 2, "NOT_BEFORE_NEEDED_BY")
    assert "LAMP: of no use to you after 10 December 2026." in page
    assert last("line.amended").who == "customer"
    status, page = press(client, "/undo", entry=undo_number(page), state=state(client))
    assert (status, line_of("A-1").needed_by, standing("A-1")[1]) == (302, None, 2)
    assert "LAMP: of use to you on any day." in page


@pytest.mark.parametrize("day", ["2026-11-24", "2026-11-01", "2028-12-01", "soon", "2026-13-01"])
def test_a_day_that_is_none_to_come_is_refused(client: Client, day: str) -> None:
    wait()
    status, page = press(client, "/last-day", day=day, confirmed="yes", state=state(client))
    assert (status, "Please fill in or correct: The last day on which you can use it" in page) == (422, True)
    assert line_of("A-1").needed_by is None


def test_of_what_is_packed_no_last_day_is_named(client: Client) -> None:
    stock("LAMP", 2)
    wait()
    release("A-1")
    assert "/last-day" not in read(client)
    typed = {"day": "2026-12-10", "confirmed": "yes", "state": state(client)}
    assert press(client, "/last-day", **typed)[0] == 302
    assert line_of("A-1").needed_by is None


def test_a_choice_about_something_else_than_there_is_now_changes_nothing(client: Client) -> None:
    wait_for_all()
    seen = state(client)
    events.amend_order(order_of("A-1"), {"ship_policy": "line_complete"}, cause())
    assert press(client, "/ready", state=seen)[0] == 409
    assert press(client, "/address", confirmed="yes", state=seen, **THERE)[0] == 409
    assert press(client, "/last-day", day="2026-12-10", confirmed="yes", state=seen)[0] == 409
    assert order_of("A-1").ship_policy == "line_complete"
    assert (Address.objects.get().street, line_of("A-1").needed_by) == ("1 Long Lane", None)


def test_a_get_changes_nothing(client: Client) -> None:
    wait_for_all()
    before = Entry.objects.count()
    more = f"?confirmed=yes&day=2026-12-10&entry=1&state={state(client)}&phone=+15035550100"
    for what, status in (
        *(("/ready", 302), ("/address", 200), ("/last-day", 200)),
        *(("/call", 200), ("/no-call", 302), ("/undo", 302)),
    ):
        assert (what, client.get(address(what=what + more)).status_code) == (what, status)
        assert (what, client.get(f"/o/x{what}").status_code) == (what, 404)
    assert Entry.objects.count() == before


def test_what_was_cancelled_stays_so_and_it_is_said_why(client: Client) -> None:
    wait(units=3)
    units = f"units-{line_of('A-1').pk}"
    said = "What was cancelled cannot be taken back: its units go to whoever comes next in the same moment."
    assert said in press(client, "/cancel", **{units: 1})[1]
    assert said in press(client, "/cancel", confirmed="yes", state=state(client), **{units: 1})[1]


def test_a_page_of_many_lines_takes_no_more_queries(client: Client) -> None:
    counts = []
    for number, lines in (("A-1", 2), ("A-2", 12)):
        for line in range(lines):
            order_in(f"ITEM-{line}", 1, f"PO-{number}-{line}")
        buy(number, *((f"ITEM-{line}", 1) for line in range(lines)), ships="complete")
        go_to(number, "US", "OR")
        seen = client.get(address(number)).context["sheet"].state
        client.post(address(number, "/last-day"), {"day": "2027-02-01", "confirmed": "yes", "state": seen})
        with CaptureQueriesContext(
            connection,
        ) as page:
            client.get(address(number))
        with CaptureQueriesContext(connection) as form:
            client.get(address(number, "/last-day"))
        counts.append((len(page), len(form)))
    assert counts[0] == counts[1]
