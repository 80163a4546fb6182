"""What customers choose: a GET never acts, and a choice counts once, for what was seen."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from backorder.care.links import sign
from backorder.care.models import Answer, Notice
from backorder.care.telling import note_failure
from backorder.catalog.models import CustomerClass
from backorder.outbox.models import Entry
from tests.allocation.shop import buy, line_of, order_in, slip, stock
from tests.care.letters import by, go_to, send, states
from tests.care.post import Box, box, open_house
from tests.care.receipts import confirm, note
from tests.care.test_drafts import wait
from tests.fulfilment.shop import order_of, release, sums
from tests.portal.pages import address, clock, press, read, shop, state
from tests.supply.shop import NOON, TODAY

__all__ = ["box", "clock", "shop"]  # fixtures that each test uses
pytestmark = pytest.mark.django_db


def test_a_get_never_acts(client: Client) -> None:
    order_in("LAMP", 9, "PO-1", days=45)
    wait()
    send()
    before, line, seen = Entry.objects.count(), line_of("A-1").pk, state(client)
    more = f"?confirmed=yes&state={seen}&units-{line}=2&until=2026-12-24"
    for what, status in (("", 200), ("/cancel", 200), ("/wait", 302), ("/period", 302)):
        for ask in (client.get, client.head):
            assert (what, ask(address(what=what + more)).status_code) == (what, status)
    assert Entry.objects.count() == before


def test_who_agrees_to_wait_agrees_once_to_the_day_that_was_told(client: Client) -> None:
    order_in("LAMP", 9, "PO-1", days=65)
    wait()
    send()
    seen = state(client)
    assert (
        "You agree to wait, at most as long as this:</p><ul><li>2 × LAMP: 28 January 2027</li></ul>"
        in read(client)
    )
    status, page = press(client, "/wait", state=seen)
    assert (status, "It is noted." in page) == (302, True)
    assert "24 November 2026, 07:05</time> You agreed to wait for 2 × LAMP until 28 January 2027." in page
    answer = Answer.objects.get()
    assert (answer.kind, answer.channel, answer.quantity) == ("accepts", "page", 2)
    assert (answer.notice, answer.entry.who) == (Notice.objects.get(), "customer")
    assert states(days=1) == [(2, "agreed")]
    assert "I agree to wait" not in page
    status, page = press(client, "/wait", state=seen)
    assert (status, "Something has changed since" in page, Answer.objects.count()) == (409, True, 1)


def test_a_plan_or_a_notice_that_changed_since_is_not_agreed_to(client: Client) -> None:
    inbound = order_in("LAMP", 9, "PO-1", days=65)
    wait()
    send()
    seen = state(client)
    slip(inbound, 90)
    assert press(client, "/wait", state=seen)[0] == 409
    slip(inbound, 65)
    seen = state(client)
    note_failure(Notice.objects.get(), by(0))
    assert press(client, "/wait", state=seen)[0] == 409
    assert press(client, "/wait", state=state(client))[0] == 422  # nothing arrived that could be agreed to
    assert Answer.objects.count() == 0


def test_of_two_lines_the_yes_is_to_the_one_that_is_as_it_was_told(client: Client) -> None:
    inbound = order_in("LAMP", 9, "PO-1", days=65)
    order_in("TENT", 9, "PO-2", days=65)
    buy("A-1", ("LAMP", 2), ("TENT", 1))
    go_to("A-1", "US", "OR")
    send()
    slip(inbound, 90)
    assert "<ul><li>1 × TENT: 28 January 2027</li></ul>" in read(client)
    press(client, "/wait", state=state(client))
    assert [answer.line.item.sku for answer in Answer.objects.all()] == ["TENT"]


def test_nobody_agrees_to_what_was_never_told(client: Client) -> None:
    wait()
    assert "I agree to wait" not in read(client)
    assert press(client, "/wait", state=state(client))[0] == 422
    assert Answer.objects.count() == 0


def test_units_are_cancelled_after_they_were_shown_once_more(client: Client) -> None:
    wait(units=5)
    line = line_of("A-1")
    page = client.get(address(what="/cancel")).content.decode()
    assert f'name="units-{line.pk}" min="0" max="5" value="5"' in page
    status, page = press(client, "/cancel", **{f"units-{line.pk}": "2"})
    assert (status, "You are about to cancel:" in page, sums("A-1")) == (200, True, (5, 0, 0, 0))
    seen = re.findall(r'name="state" value="(\w+)"', page)[0]
    status, page = press(client, "/cancel", **{f"units-{line.pk}": "2", "confirmed": "yes", "state": seen})
    assert (status, "Cancelled: 2 × LAMP." in page, sums("A-1")) == (302, True, (5, 0, 2, 0))
    status, page = press(client, "/cancel", **{f"units-{line.pk}": "2", "confirmed": "yes", "state": seen})
    assert (status, sums("A-1")) == (409, (5, 0, 2, 0))  # the same form once more


@pytest.mark.parametrize("units", ["0", "", "6", "-1", "x", "1.5", "٣", "9" * 30, "0" * 19 + "9" * 5000])
def test_a_number_of_units_that_there_are_not_is_refused(client: Client, units: str) -> None:
    wait(units=5)
    status, page = press(
        client, "/cancel", **{f"units-{line_of('A-1').pk}": units, "confirmed": "yes", "state": state(client)}
    )
    assert (status, "Please choose at least one unit, and no more than there are." in page) == (422, True)
    assert sums("A-1") == (5, 0, 0, 0)


def test_several_lines_are_cancelled_at_once(client: Client) -> None:
    buy("A-1", ("LAMP", 3), ("TENT", 2))
    go_to("A-1", "US", "OR")
    typed = {f"units-{line_of('A-1', row).pk}": "2" for row in ("1", "2")}
    assert press(client, "/cancel", **typed, confirmed="yes", state=state(client))[0] == 302
    assert [sums("A-1", row)[2] for row in ("1", "2")] == [2, 2]


def test_what_is_being_packed_is_not_cancelled_here(client: Client) -> None:
    stock("LAMP", 2)
    wait(units=2)
    release("A-1")
    page = read(client)
    assert "What is already being packed can only be cancelled by us: please ask." in page
    assert "/cancel" not in page
    assert client.get(address(what="/cancel")).status_code == 302
    typed = {f"units-{line_of('A-1').pk}": "1", "confirmed": "yes", "state": state(client)}
    press(client, "/cancel", **typed)
    assert sums("A-1") == (2, 0, 0, 2)


def test_what_was_typed_stays_and_of_several_lines_nothing_is_chosen_at_first(client: Client) -> None:
    buy("A-1", ("LAMP", 3), ("TENT", 2))
    go_to("A-1", "US", "OR")
    first, second = (line_of("A-1", row).pk for row in ("1", "2"))
    assert client.get(address(what="/cancel")).content.decode().count('value="0"') == 2
    _, page = press(client, "/cancel", **{f"units-{first}": "9", f"units-{second}": "1"})
    assert ('max="3" value="9"' in page, 'max="2" value="1"' in page) == (True, True)


def test_in_europe_the_contract_is_withdrawn_from_by_the_words_of_the_law_and_a_period_is_set_once_it_is_late(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    buy("A-1", ("LAMP", 2))
    go_to("A-1", "DE")
    page = read(client)
    assert 'lang="de"' in page
    assert "Vertrag hier widerrufen" in page
    assert "Uns eine weitere Frist setzen" not in page  # it would not count yet
    assert press(client, "/period", until="2026-12-24", state=state(client))[0] == 422
    page = client.post(address(what="/cancel"), {f"units-{line_of('A-1').pk}": "2"}).content.decode()
    assert "Widerruf bestätigen" in page
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON + timedelta(days=40))
    link = f"/o/{sign(order_of('A-1'), TODAY + timedelta(days=60))}"
    seen = client.get(link).context["sheet"].state
    for until in ("2027-01-03", "x", "9999-01-01", "2028-01-09"):
        assert client.post(f"{link}/period", {"until": until, "state": seen}).status_code == 422
    assert client.post(f"{link}/period", {"until": "2027-01-20", "state": seen}).status_code == 302
    page = client.get(link).content.decode()
    assert "Sie haben uns für 2 × LAMP eine weitere Frist gesetzt: bis zum 20. Januar 2027." in page


def test_between_businesses_one_asks(client: Client) -> None:
    buy("A-1", ("LAMP", 2))
    go_to("A-1", "US", "OR")
    order = order_of("A-1")
    order.customer_class = CustomerClass.objects.get(code="trade")
    order.save()
    page = read(client)
    assert "If a day does not suit you, please ask us: we look for another way with you." in page
    assert ("/cancel" in page, client.get(address(what="/cancel")).status_code) == (False, 302)


def test_it_is_noted_is_said_only_of_what_was_chosen_just_now(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait()
    assert "It is noted." not in client.get(address(what="?noted")).content.decode()
    typed = {f"units-{line_of('A-1').pk}": "1", "confirmed": "yes", "state": state(client)}
    assert "It is noted." in press(client, "/cancel", **typed)[1]
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON + timedelta(minutes=30))
    assert "It is noted." not in client.get(address(what="?noted")).content.decode()


def test_who_cancels_is_told_that_mail_confirms_it_only_if_it_does(client: Client, box: Box) -> None:
    open_house()
    order_in("LAMP", 9, "PO-1")
    wait(units=3)
    units = f"units-{line_of('A-1').pk}"
    said = "We also confirm it by mail, to the address that we have of you."
    note()
    _, page = press(client, "/cancel", confirmed="yes", state=state(client), **{units: 1})
    assert ("It is noted." in page, said in page) == (True, True)
    assert confirm(6) == 1
    assert box.came[0]["Subject"] == "Your order A-1: cancelled: 1 × LAMP"
    open_house('[sending]\nmode = "on"\nreceipts = ["refunded"]\n')
    _, page = press(client, "/cancel", confirmed="yes", state=state(client), **{units: 1})
    assert ("It is noted." in page, said in page) == (True, False)
