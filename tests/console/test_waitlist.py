"""The page of the waitlist: who waits, who is invited, who is put on it and taken off."""

from __future__ import annotations

import pytest
from django.test import Client

from backorder.care.models import Invitation, Wish
from backorder.console.journal import say_entry
from backorder.console.waiting import SHOWN
from backorder.orders.models import Customer
from tests.allocation.shop import stock
from tests.allocation.test_acceptance import ask, rule
from tests.care.letters import shop
from tests.care.post import Box, box, open_house, post
from tests.care.waiting import customer, invite, invites, waiting, wish
from tests.console.test_notices import press, read
from tests.supply.shop import item

__all__ = ["box", "invites", "shop"]  # fixtures
pytestmark = pytest.mark.usefixtures("invites")
TYPED = {
    "sku": "LAMP",
    "customer": "C-1",
    "quantity": "2",
    "language": "de",
    "order": "",
    "why": "asked by phone",
}


def test_the_list_says_who_waits_since_when_and_who_is_invited_until_when(
    planner: Client, invites: Box
) -> None:
    wish("C-1", 2)
    wish("C-2", 1, "SHADE")
    stock("LAMP", 1)
    invite()
    page = read(planner, "/waitlist")
    assert "<dt>On the list</dt><dd>2</dd>" in page
    assert "<dt>Units wished for</dt><dd>3</dd>" in page
    assert "<dt>Invited now</dt><dd>1</dd>" in page
    assert "1 unit in W-" in page
    assert ("the message has not left yet" in page, "Nobody is invited" in page) == (True, False)
    post()
    assert "the message has not left yet" not in read(planner, "/waitlist")
    assert len(invites.came) == 1
    page = read(planner, "/items/SHADE")
    assert ("C-2" in page, "C-1" in page, "Put a customer on it" in page) == (True, False, True)


def test_a_customer_is_put_on_the_list_and_comes_back_to_the_item(planner: Client) -> None:
    customer("C-1")
    item("LAMP")
    rule("none")
    ask("A-17", ("LAMP", 2))
    answer = planner.post("/waitlist/add?sku=LAMP", {**TYPED, "order": "A-17"})
    assert (answer.status_code, answer["Location"]) == (302, "/items/LAMP")
    made = Wish.objects.get()
    assert (made.customer.code, made.quantity, made.language, made.order_number) == ("C-1", 2, "de", "A-17")
    assert (made.entry.who, made.entry.why) == ("planner", "asked by phone")
    assert say_entry(made.entry) == "put them on the waitlist for 2 units"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sku": "MOON"}, "There is no item MOON."),
        ({"customer": "C-9"}, "There is no customer C-9."),
        ({"customer": "C-0"}, "customer C-0 has no e-mail address"),
        ({"order": "A-1"}, "nothing of it was refused under the number A-1"),
        ({"quantity": "0"}, "greater than or equal to 1"),
        ({"quantity": "9" * 30}, "less than or equal to"),
    ],
)
def test_what_cannot_be_wished_for_is_refused_and_nothing_is_changed(
    planner: Client, change: dict[str, str], said: str
) -> None:
    customer("C-1")
    item("LAMP")
    Customer.objects.create(code="C-0")
    page = press(planner, "/waitlist/add", **{**TYPED, **change})
    assert (said in page, Wish.objects.count()) == (True, 0)


def test_who_is_ticked_is_taken_off_and_what_was_kept_is_free(planner: Client) -> None:
    made = wish("C-1")
    wish("C-2")
    stock("LAMP", 1)
    invite()
    page = press(planner, "/waitlist/remove", chosen=[str(made.pk), "9" * 18, "x"])
    assert "1 customer taken off the list." in page
    assert (waiting(), Invitation.objects.get().outcome) == (["C-2"], "given_back")
    assert "Nobody was taken off." in press(planner, "/waitlist/remove", chosen=[str(made.pk)])


def test_who_may_only_read_changes_nothing(reader: Client) -> None:
    made = wish("C-1")
    page = read(reader, "/waitlist")
    assert ('name="chosen"' in page, "Put a customer on it" in page) == (False, False)
    assert reader.post("/waitlist/remove", {"chosen": str(made.pk)}).status_code == 403
    assert reader.post("/waitlist/add", TYPED).status_code == 403
    assert waiting() == ["C-1"]


def test_whom_no_message_reaches_is_shown_as_passed_over(planner: Client) -> None:
    made = wish("C-1")
    Customer.objects.filter(pk=made.customer_id).update(email="")
    page = read(planner, "/waitlist")
    assert ("passed over" in page, "no e-mail address: take them off" in page) == (True, True)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("", 'Nobody is invited: the rules of the house do not say [waitlist] mode = "on".'),
        (
            '[waitlist]\nmode = "on"\n',
            'Nobody is invited: the rules of the house do not say [sending] mode = "on".',
        ),
        ('[waitlist]\nmode = "shadow"\n', "In the shadow: who would be invited is noted, and nobody is."),
    ],
)
def test_a_page_says_why_nobody_is_invited(planner: Client, rules: str, said: str) -> None:
    open_house(rules)
    assert said in read(planner, "/waitlist").replace("&quot;", '"')


def test_in_the_shadow_the_page_says_who_would_have_been_invited(planner: Client) -> None:
    open_house('[waitlist]\nmode = "shadow"\n')
    wish("C-1", 2)
    wish("C-2", 2)
    stock("LAMP", 3)
    invite()
    page = read(planner, "/waitlist")
    assert "Who would have been invited" in page
    assert 'data-label="Customers"><div>2</div>' in page
    assert 'data-label="Units"><div>3</div>' in page


def test_a_long_list_is_read_page_by_page(planner: Client) -> None:
    for number in range(SHOWN + 1):
        wish(f"C-{number:03}")
    page = read(planner, "/waitlist")
    assert ("C-099" in page, "C-100" in page, "100 of 101 places" in page) == (True, False, True)
    last = Wish.objects.get(customer__code="C-099").pk
    assert f"?after={last}" in page
    assert "C-100" in read(planner, f"/waitlist?after={last}")
    assert "The first 100 of 101." in read(planner, "/items/LAMP")
