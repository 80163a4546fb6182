"""The page of an order: what it says, that a GET never acts, that a choice counts once, and that strangers learn nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client, override_settings

from backorder.allocation import events
from backorder.care.links import sign, write_link
from backorder.care.models import Answer, Notice
from backorder.outbox.models import Entry
from tests.allocation.shop import buy, line_of, order_in, slip, stock
from tests.care.letters import go_to, send, shop, states, write
from tests.care.post import MAIL, name_mail
from tests.care.test_drafts import wait
from tests.fulfilment.shop import order_of, release, ship, sums
from tests.supply.shop import NOON, TODAY, cause, item

__all__ = ["shop"]  # a fixture that each test uses
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch, shop: None) -> None:  # noqa: ARG001 - comes before
    """Let pages be asked for on the day of the shop of the tests."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON + timedelta(minutes=5))


def address(number: str = "A-1", what: str = "") -> str:
    return f"/o/{sign(order_of(number), TODAY)}{what}"


def read(client: Client, number: str = "A-1") -> str:
    return " ".join(client.get(address(number)).content.decode().split())


def state(client: Client, number: str = "A-1") -> str:
    return str(client.get(address(number)).context["sheet"].state)


def press(client: Client, what: str, **typed: object) -> tuple[int, str]:
    answer = client.post(address(what=what), typed)
    if answer.status_code == 302:
        return 302, " ".join(client.get(answer["Location"]).content.decode().split())
    return answer.status_code, " ".join(answer.content.decode().split())


def test_a_stranger_reads_what_is_late_why_when_how_sure_what_to_do_and_when_they_hear_again(
    client: Client,
) -> None:
    inbound = order_in("LAMP", 9, "PO-1", days=20)
    item("LAMP")
    wait("A-0")
    wait("A-1")
    send()
    slip(inbound, 45)
    page = read(client)
    assert "<h1>Your order A-1</h1>" in page
    assert "We are sorry: your order A-1 takes longer than we told you." in page
    assert "<li>2 × LAMP: ships on 8 January 2027. We told you 14 December 2026 before.</li>" in page
    assert "<li>LAMP: fewer than 5 orders come before yours.</li>" in page
    assert "The reason: it comes with a delivery that is on its way to us." in page
    assert "We write again by 8 December 2026, also if nothing has changed by then." in page
    assert "If you say nothing" not in page  # a page tells nothing by law: the letter does
    assert '<a class="button" href="' + address(what="/cancel") in page
    assert "24 November 2026, 07:00" in page  # by the clock of the customer
    assert "ships on 14 December 2026." in page  # in the letter of then
    assert "<script" not in page


def test_who_was_asked_reads_by_when_to_answer(client: Client) -> None:
    order_in("LAMP", 9, "PO-1", days=65)
    wait()
    assert "If you say nothing" not in read(client)
    send()
    assert (
        "<h3>If you say nothing</h3><ul><li>2 × LAMP: if you have not agreed to wait by 23 January 2027"
        in read(client)
    )


def test_the_day_to_hear_again_is_that_which_was_said(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_in("LAMP", 9, "PO-1", days=29)
    wait()
    send()
    for days, said in ((12, "We write again by 8 December 2026"), (20, "We write when it ships")):
        monkeypatch.setattr("django.utils.timezone.now", lambda days=days: NOON + timedelta(days=days))
        page = " ".join(
            client.get(f"/o/{sign(order_of('A-1'), TODAY + timedelta(days=30))}").content.decode().split()
        )
        assert said in page


def test_a_get_never_acts(client: Client) -> None:
    wait()
    send()
    before = Entry.objects.count()
    for what in ("", "/cancel", "/wait", "/period", "?noted", "/cancel?confirmed=yes&units-1=2"):
        client.get(address(what=what))
        client.head(address(what=what))
    assert Entry.objects.count() == before
    assert client.get(address(what="/wait")).status_code == 405


def test_who_agrees_to_wait_agrees_once(client: Client) -> None:
    order_in("LAMP", 9, "PO-1", days=45)
    wait()
    send()
    seen = state(client)
    assert "I agree to wait" in read(client)
    status, page = press(client, "/wait", state=seen)
    assert (status, "It is noted." in page) == (302, True)
    assert "24 November 2026, 07:05</time> You agreed to wait for 2 × LAMP." in page
    answer = Answer.objects.get()
    assert (answer.kind, answer.channel, answer.notice, answer.entry.who) == (
        "accepts",
        "page",
        Notice.objects.get(),
        "customer",
    )
    assert states() == [(2, "agreed")]
    status, page = press(client, "/wait", state=seen)
    assert (status, "Something has changed since" in page, Answer.objects.count()) == (409, True, 1)


def test_nobody_agrees_to_what_was_never_told(client: Client) -> None:
    wait()
    assert "I agree to wait" not in read(client)
    assert press(client, "/wait", state=state(client))[0] == 409
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
    assert (status, "You cancelled 2 × LAMP." in page, sums("A-1")) == (302, True, (5, 0, 2, 0))
    status, page = press(client, "/cancel", **{f"units-{line.pk}": "2", "confirmed": "yes", "state": seen})
    assert (status, sums("A-1")) == (409, (5, 0, 2, 0))  # the same form once more


@pytest.mark.parametrize("units", ["0", "", "6", "-1", "x", "1.5", "٣", "9" * 30])
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
    assert "What is already being packed can only be cancelled by us" not in page or "/cancel" not in page
    assert (
        press(
            client,
            "/cancel",
            **{f"units-{line_of('A-1').pk}": "1", "confirmed": "yes", "state": state(client)},
        )[0]
        == 422
    )
    assert sums("A-1") == (2, 0, 0, 2)


def test_what_left_can_be_followed(client: Client) -> None:
    stock("LAMP", 1)
    wait(units=2)
    release("A-1")
    ship("A-1")
    page = read(client)
    assert "Left on 24 November 2026 with Blue Van BV-1." in page
    assert '<a href="https://track.example/BV-1" rel="noreferrer">Follow the parcel</a>' in page
    assert "<li>1 × LAMP</li>" in page


def test_in_europe_a_further_period_is_set_and_the_contract_is_withdrawn_from_by_the_words_of_the_law(
    client: Client,
) -> None:
    buy("A-1", ("LAMP", 2))
    go_to("A-1", "DE")
    page = read(client)
    assert 'lang="de"' in page
    assert "Vertrag hier widerrufen" in page
    assert press(client, "/period", until="2026-11-24", state=state(client))[0] == 422
    assert press(client, "/period", until="x", state=state(client))[0] == 422
    status, page = press(client, "/period", until="2026-12-24", state=state(client))
    assert (
        status,
        "Sie haben uns für 2 × LAMP eine weitere Frist gesetzt: bis zum 24. Dezember 2026." in page,
    ) == (302, True)
    page = client.post(address(what="/cancel"), {f"units-{line_of('A-1').pk}": "2"}).content.decode()
    assert "Widerruf bestätigen" in page


def test_forged_links_those_that_are_over_and_those_of_others_open_nothing(client: Client) -> None:
    wait("A-1")
    wait("A-2")
    good = sign(order_of("A-1"), TODAY)
    old = sign(order_of("A-1"), TODAY - timedelta(days=1))
    body, _, signature = good.partition(":")
    others = sign(order_of("A-2"), TODAY).partition(":")[0]
    for token in (old, f"{body}:x", f"{others}:{signature}", "x", "x:y:z", good[:-1]):
        answer = client.get(f"/o/{token}")
        assert (answer.status_code, b"This link is not valid any more." in answer.content) == (404, True)
        assert b"A-1" not in answer.content
        assert client.post(f"/o/{token}/cancel", {"confirmed": "yes"}).status_code == 404
        assert client.post(f"/o/{token}/wait").status_code == 404
    events.cancel_order(order_of("A-1"), cause())
    assert "Nothing of this order waits." in read(client, "A-1")


def test_number_and_address_open_an_order_and_a_stranger_is_told_nothing(client: Client) -> None:
    wait()
    found = client.post("/o/", {"number": " A-1 ", "mail": MAIL.upper()})
    assert (found.status_code, client.get(found["Location"]).status_code) == (302, 200)
    wrong = [
        client.post("/o/", {"number": number, "mail": mail})
        for number, mail in (("A-1", "x@y.example"), ("A-9", MAIL))
    ]
    texts = {re.sub(r'value="[^"]*"', "", answer.content.decode()) for answer in wrong}
    assert (len(texts), [answer.status_code for answer in wrong]) == (1, [200, 200])
    for number in ("", "A-1"):
        client.post("/o/", {"number": number, "mail": ""})
    client.post("/o/", {"number": "A-1", "mail": "z@y.example"})
    shut = client.post("/o/", {"number": "A-1", "mail": MAIL})
    assert (shut.status_code, b"Too many tries." in shut.content) == (429, True)


def test_an_order_without_an_address_is_opened_by_no_address(client: Client) -> None:
    buy("A-1", ("LAMP", 1))
    assert client.post("/o/", {"number": "A-1", "mail": ""}).status_code == 200


def test_the_door_speaks_the_language_of_the_browser(client: Client) -> None:
    assert (
        "Trouver votre commande"
        in client.get("/o/", headers={"accept-language": "xx, fr-CA;q=0.9, en"}).content.decode()
    )


def test_pages_stay_out_of_caches_and_search_engines_and_tell_other_sites_nothing(client: Client) -> None:
    wait()
    for where in (address(), address(what="/cancel"), "/o/", "/o/x"):
        answer = client.get(where)
        assert "no-store" in answer["Cache-Control"]
        assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("same-origin", "noindex, nofollow")
        assert "script-src 'self'" in answer["Content-Security-Policy"]


def test_a_choice_without_the_token_of_its_form_is_refused() -> None:
    wait()
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(address(what="/cancel"), {"confirmed": "yes"}).status_code == 403
    assert sums("A-1") == (2, 0, 0, 0)


def test_a_letter_names_the_page_of_its_order_if_the_site_has_an_address(client: Client) -> None:
    wait()
    assert "/o/" not in write().text
    with override_settings(URL="https://lamps.example"):
        letter = write()
        link = write_link(order_of("A-1"), TODAY)
        assert f"Or see here how it stands today, and choose there: {link}" in letter.text
        assert f'<a href="{link}"' in letter.html
        assert letter.mark == write().mark
    assert client.get(link.removeprefix("https://lamps.example")).status_code == 200


def test_an_order_that_nobody_can_judge_or_that_is_not_paid_says_so(client: Client) -> None:
    wait()
    name_mail()
    order = order_of("A-1")
    order.payment_state = "unpaid"
    order.save()
    assert "This order is not paid yet" in read(client)
