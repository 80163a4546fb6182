"""The page of what is owed, and the money of an order: read, let go, paid by hand, returned, stopped."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from backorder.care.refunds.pages import read_page
from backorder.orders.models import Order
from backorder.payments.models import Payment, Refund, Transfer
from backorder.payments.services import is_stopped
from tests.care.letters import shop
from tests.care.paid import amounts, back, cancel, mark_paid, open_house, order, owed, pay, ways
from tests.console.test_notices import press, read
from tests.payments.conftest import stripe
from tests.payments.fake_stripe import Stripe
from tests.supply.shop import NOON, cause

__all__ = ["shop", "stripe"]  # fixtures
AT = "2026-11-24T12:00"


@pytest.fixture(autouse=True)
def _pays_back(shop: None) -> None:  # noqa: ARG001 - comes before
    """Let the house pay back."""
    open_house()


def wait(number: str = "A-1", price: int = 10_00) -> None:
    """Let something be owed: one of three was cancelled."""
    order(number, ("LAMP", 3, price))
    mark_paid(number)
    cancel(number, 1, days=0)


def choose(*numbers: str) -> list[str]:
    return [f"{each.order.pk}:{each.mark}" for each in owed(0) if each.order.number in numbers]


def test_what_is_ticked_goes_back(finance: Client) -> None:
    for number in ("A-1", "A-2", "A-3"):
        wait(number)
    page = read(finance, "/refunds")
    assert (page.count('name="chosen"'), page.count("10.00 EUR"), page.count("a rule lets it go")) == (
        3,
        3,
        3,
    )
    assert page.count("1 Dec 2026") == 3
    page = press(finance, "/refunds/let", chosen=choose("A-1", "A-2"))
    assert ("2 refunds let go." in page, page.count('name="chosen"')) == (True, 1)
    assert page.count("not sent yet</span>") == 2
    refund = Refund.objects.earliest("id")
    assert (refund.amount, refund.due_by, refund.entry.who) == (10_00, date(2026, 12, 1), "finance")
    assert "let 10.00 EUR go back" in read(finance, "/orders/A-1")


def test_the_page_asks_as_much_however_much_is_owed(finance: Client) -> None:
    counts = []
    for first, last in ((0, 2), (2, 9)):
        for row in range(first, last):
            wait(f"A-{row}")
        with CaptureQueriesContext(connection) as asked:
            page = read(finance, "/refunds")
        counts.append(len(asked))
        assert (page.count('name="chosen"'), f"{last} refunds of {last}" in page) == (last, True)
    assert counts[0] == counts[1]


def test_what_is_owed_is_read_page_by_page_and_counted_in_all(finance: Client) -> None:
    for row in range(5):
        order(f"A-{row}", ("LAMP", 3, 10_00))
        mark_paid(f"A-{row}")
    for row in (3, 0, 4, 1, 2):
        cancel(f"A-{row}", 1, days=0 if row in (3, 0) else 1)
    now, pages, after = NOON + timedelta(days=8), list[list[str]](), 0
    while not pages or after:
        page = read_page(now, 2, after)
        pages.append([each.order.number for each in page.owed])
        assert (page.count, page.late) == (5, 2)  # seven days after they were cancelled
        after = page.next
    assert pages == [["A-0", "A-3"], ["A-1", "A-4"], ["A-2"]]
    first = read_page(now, 2)
    shown = read(finance, f"/refunds?after={first.next}")
    assert ("A-0" in shown, "A-3" in shown, "3 refunds of 5" in shown) == (False, False, True)
    assert 'href="/refunds">First</a>' in shown
    assert "5 refunds of 5" in read(finance, "/refunds?after=nonsense")


def test_what_is_owed_is_read_once_for_all_that_is_ticked(finance: Client) -> None:
    counts = []
    for first, last in ((0, 2), (2, 12)):
        numbers = [f"A-{row}" for row in range(first, last)]
        for number in numbers:
            wait(number)
        chosen = choose(*numbers)
        with CaptureQueriesContext(connection) as asked:
            assert f"{last - first} refunds let go." in press(finance, "/refunds/let", chosen=chosen)
        counts.append(len(asked))
    assert divmod(counts[1] - counts[0], 8) == (
        17,
        0,
    )  # to lock, look at and write each; 36 with what is owed
    refunds = Refund.objects.order_by("id")
    assert [refund.order.number for refund in refunds] == [f"A-{row}" for row in range(12)]
    assert len({refund.entry_id for refund in refunds}) == 12


def test_of_what_is_ticked_only_what_has_changed_does_not_go(finance: Client) -> None:
    for number in ("A-1", "A-2", "A-3"):
        wait(number)
    chosen = choose("A-1", "A-2", "A-3")
    cancel("A-2", 1, days=0)
    page = press(finance, "/refunds/let", chosen=[*chosen, chosen[0].replace(":", "9:")])
    assert "order A-2: what is owed has changed since you read it; read it again." in page
    assert ("An order that you chose is not there." in page, "2 refunds let go." in page) == (True, True)
    assert [refund.order.number for refund in Refund.objects.order_by("id")] == ["A-1", "A-3"]


def test_what_changed_since_it_was_read_does_not_go(finance: Client) -> None:
    wait()
    chosen = choose("A-1")
    cancel("A-1", 1, days=0)
    page = press(finance, "/refunds/let", chosen=chosen)
    assert "order A-1: what is owed has changed since you read it; read it again." in page
    assert Refund.objects.count() == 0


def test_nothing_chosen_and_nonsense_are_said(finance: Client) -> None:
    assert "Nothing was chosen." in press(finance, "/refunds/let")
    for chosen in ("x", "9999:x", ":", "1" * 30):
        assert "An order that you chose is not there." in press(finance, "/refunds/let", chosen=chosen), (
            chosen
        )


def test_money_is_noted_decided_sent_and_comes_back(finance: Client) -> None:
    order("A-1", ("LAMP", 3, 10_00))
    page = press(
        finance,
        "/money-changes/paid/A-1",
        amount="33.00",
        at=AT,
        label="bank transfer",
        reference="T-1",
        why="seen on the statement",
    )
    assert "33.00 EUR" in page
    assert (Payment.objects.get().amount, Order.objects.get().payment_state) == (33_00, "paid")
    cancel("A-1", 1, days=0)
    page = read(finance, "/money/A-1")
    assert (
        "11.00 EUR. Cancelled: 1 of LAMP (line 1). It leaves by 1 Dec 2026 by the rules of the house." in page
    )
    form = read(finance, "/money-changes/back/A-1")
    assert 'value="11.00"' in form
    assert "Of what came in 33.00 EUR are left." in form
    page = press(finance, "/money-changes/back/A-1", amount="11.00", mark=owed(0)[0].mark)
    transfer = Transfer.objects.get()
    assert ("It is sent" in page, "by a person" in page, "bank transfer" in page) == (True, True, True)
    form = read(finance, f"/transfers/{transfer.pk}/sent")
    assert "11.00 EUR to bank transfer, as finance decided on" in form
    page = press(
        finance, f"/transfers/{transfer.pk}/sent", at=AT, label="account ending in 7788", reference="B-1"
    )
    assert ("account ending in 7788" in page, "sent</span>" in page, "It came back" in page) == (
        True,
        True,
        True,
    )
    assert "sent 11.00 EUR back" in read(finance, "/orders/A-1")
    page = press(finance, f"/transfers/{transfer.pk}/returned", said="account closed")
    assert ("account closed" in page, "did not arrive</span>" in page) == (True, True)
    assert 'Stuck</dt><dd class="bad">1<' in read(finance, "/refunds")
    refund = Refund.objects.get()
    press(finance, f"/refunds/{refund.pk}/again/by-hand", why="")
    assert ways(refund) == [("by_hand", 11_00, "failed"), ("by_hand", 11_00, "waiting")]
    assert "everything of that refund is sent, or on its way" in press(
        finance, f"/refunds/{refund.pk}/again/same", why=""
    )


def test_a_payment_of_stripe_is_read_from_it(
    finance: Client, stripe: Stripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON + timedelta(days=2))
    order("A-1", ("LAMP", 3, 10_00))
    assert "Payment by Stripe" in read(finance, "/money/A-1")
    page = press(finance, "/money-changes/stripe/A-1", reference="pi_nobody")
    assert "stripe knows no payment pi_nobody of which anything came in. Nothing was changed." in page
    name = stripe.pay(30_00, order="A-1")
    for said in ("It is noted.", "It was noted already."):
        page = press(finance, "/money-changes/stripe/A-1", reference=name)
        assert (said in page, page.count("Visa ending in 4242")) == (True, 1)
    with override_settings(STRIPE_KEY="wrong"):
        page = press(finance, "/money-changes/stripe/A-1", reference=name)
    assert (
        "Stripe does not know our key: see BACKORDER_STRIPE_KEY in the settings. Nothing was changed." in page
    )
    with override_settings(STRIPE_KEY=""):
        assert "Payment by Stripe" not in read(finance, "/money/A-1")


def test_another_amount_takes_a_reason(finance: Client) -> None:
    wait()
    mark = owed(0)[0].mark
    page = press(finance, "/money-changes/back/A-1", amount="12.00", mark=mark)
    assert "Order A-1: say why another amount goes back. Nothing was changed." in page
    page = press(finance, "/money-changes/back/A-1", amount="12.005", mark=mark, why="x")
    assert "12.005 EUR: EUR has 2 places" in page
    press(finance, "/money-changes/back/A-1", amount="12.00", mark=mark, why="the parcel was late, too")
    assert (Refund.objects.get().amount, Refund.objects.get().entry.why) == (
        12_00,
        "the parcel was late, too",
    )
    assert amounts(0) == []


def test_nothing_and_goodwill_can_go_back(finance: Client) -> None:
    wait()
    press(
        finance,
        "/money-changes/back/A-1",
        amount="0",
        mark=owed(0)[0].mark,
        why="it was to be paid on delivery",
    )
    assert "nothing goes back" in read(finance, "/money/A-1")
    press(finance, "/money-changes/back/A-1", amount="3", why="for the long wait")
    assert [refund.amount for refund in Refund.objects.order_by("id")] == [0, 3_00]
    assert "goodwill" in read(finance, "/money/A-1")


def test_everything_is_stopped_by_one_button_and_goes_on_by_another(finance: Client) -> None:
    page = press(finance, "/refunds/stop", stopped="yes")
    assert ("All refunds are stopped." in page, "Somebody stopped all refunds." in page, is_stopped()) == (
        True,
        True,
        True,
    )
    page = press(finance, "/refunds/stop", stopped="no")
    assert ("Refunds go on." in page, is_stopped()) == (True, False)


def test_what_is_past_its_last_day_stands_out(finance: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    wait()
    wait("A-2")
    refund = back("A-2", 10_00, owed(0, "A-2")[0].cancellations)
    assert refund.due_by is None  # a person decided it by hand
    late = cause().at.replace(month=12, day=2)
    monkeypatch.setattr("django.utils.timezone.now", lambda: late)
    page = read(finance, "/refunds")
    assert '<span class="badge bad">1 Dec 2026</span>' in page
    assert 'Past their last day</dt><dd class="bad">1<' in page


def test_without_a_mode_the_page_says_why_nothing_is_looked_at(finance: Client) -> None:
    wait()
    open_house(mode='"off"')
    page = read(finance, "/refunds")
    assert ("the rules of the house do not say [refunds] mode" in page, "Nothing is owed" in page) == (
        True,
        True,
    )
    assert "10.00 EUR. Cancelled" in read(finance, "/money/A-1")
    open_house(mode='"shadow"')
    page = read(finance, "/refunds")
    assert ("In the shadow" in page, "a rule lets it go" in page) == (True, True)


@pytest.mark.parametrize(
    "address",
    [
        "/refunds/let",
        "/refunds/stop",
        "/money-changes/paid/A-1",
        "/money-changes/back/A-1",
        "/transfers/1/sent",
        "/refunds/1/again/same",
    ],
)
def test_only_those_who_may_change_money_do(planner: Client, reader: Client, address: str) -> None:
    wait()
    pay("A-1", 30_00)
    back("A-1", 10_00, owed(0)[0].cancellations, days=0)
    before = (Payment.objects.count(), Refund.objects.count(), is_stopped())
    for client in (planner, reader):
        assert client.post(address, {"stopped": "yes", "amount": "1", "at": AT}).status_code == 403
        assert 'name="chosen"' not in read(client, "/refunds")
    assert (Payment.objects.count(), Refund.objects.count(), is_stopped()) == before


@pytest.mark.parametrize(
    "address",
    [
        "/money/A-9",
        "/money-changes/back/A-9",
        "/money-changes/x/A-1",
        "/transfers/9/sent",
        "/refunds/9/again/same",
    ],
)
def test_what_is_not_there_is_said(finance: Client, address: str) -> None:
    order("A-1", ("LAMP", 1, 1_00))
    assert finance.get(address).status_code == 404
