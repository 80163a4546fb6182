"""What came in is noted once, what goes back never exceeds it, and each transfer ends as it was noted."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from backorder.catalog.models import Item
from backorder.orders.models import Order
from backorder.orders.services import OrderError
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause
from backorder.payments.models import BY_HAND, Payment, Refund, Transfer
from backorder.payments.services import Back, Paid, go_on, is_stopped, let_back, note_payment, stop
from backorder.payments.transfers import note_returned, note_sent
from tests.care.paid import back, back_twice, cancel, order, pay, send, ways
from tests.fulfilment.shop import order_of
from tests.supply.shop import NOON, cause

pytestmark = pytest.mark.django_db
LATER = Cause("finance", NOON + timedelta(days=2))


def state(number: str = "A-1") -> str:
    return Order.objects.get(number=number).payment_state


def failed(refund: Refund, said: str = "no such account") -> None:
    for transfer in refund.transfers.exclude(state="failed"):
        note_returned(transfer, said, LATER)


def test_an_order_is_paid_once_all_of_it_is() -> None:
    order("A-1", ("LAMP", 2, 5_00))
    pay("A-1", 9_99, "one")
    assert state() == "not_needed"
    pay("A-1", 1, "two")
    assert state() == "paid"
    story = Entry.objects.filter(subjects__key="A-1", what__in=("payment.noted", "order.payment")).order_by(
        "id"
    )
    assert [entry.what for entry in story] == ["payment.noted", "payment.noted", "order.payment"]
    assert story[0].facts == {
        "amount": 999,
        "currency": "EUR",
        "way": "by_hand",
        "at": "2026-11-24T12:00:00+00:00",
    }


def test_what_was_cancelled_needs_no_payment() -> None:
    order("A-1", ("LAMP", 2, 5_00))
    cancel("A-1", 1)
    pay("A-1", 5_00)
    assert state() == "paid"


def test_a_payment_is_noted_once_under_its_reference() -> None:
    order("A-1", ("LAMP", 2, 5_00))
    assert pay("A-1", 10_00, "T-1") is not None
    assert pay("A-1", 10_00, "T-1") is None
    assert Payment.objects.count() == 1
    with pytest.raises(OrderError, match=r"^order A-1: payment T-1 is noted already, and otherwise$"):
        pay("A-1", 9_00, "T-1")
    assert pay("A-1", 10_00) is not None  # without a reference it is another one
    assert pay("A-1", 10_00) is not None


@pytest.mark.parametrize(
    ("paid", "said"),
    [
        (Paid("cash", 1, "EUR", NOON), "cash"),
        (Paid("stripe", 1, "EUR", NOON), "a payment by stripe has a reference"),
        (Paid(BY_HAND, 0, "EUR", NOON), "0 is no payment"),
        (Paid(BY_HAND, 10**13 + 1, "EUR", NOON), "is no payment"),
        (Paid(BY_HAND, 1, "USD", NOON), "order A-1 is in EUR, not in USD"),
        (Paid(BY_HAND, 1, "EUR", NOON + timedelta(seconds=1)), "is still to come"),
    ],
)
def test_what_is_no_payment_is_refused_and_changes_nothing(paid: Paid, said: str) -> None:
    order("A-1", ("LAMP", 2, 5_00))
    before = Entry.objects.count()
    with pytest.raises(OrderError, match=said):
        note_payment(order_of("A-1"), paid, cause())
    assert (Payment.objects.count(), Entry.objects.count()) == (0, before)


def test_money_goes_back_as_it_came_the_last_payment_first() -> None:
    order("A-1", ("LAMP", 4, 5_00))
    pay("A-1", 12_00, "one")
    pay("A-1", 8_00, "pi_two", "stripe")
    refund = back("A-1", 15_00, [cancel("A-1", 3)])
    assert ways(refund) == [("stripe", 8_00, "waiting"), (BY_HAND, 7_00, "waiting")]
    assert [(each.reference, each.refunded) for each in Payment.objects.order_by("id")] == [
        ("one", 7_00),
        ("pi_two", 8_00),
    ]
    refund.refresh_from_db()
    assert refund.moved == 15_00


def test_without_a_noted_payment_a_person_pays() -> None:
    order("A-1", ("LAMP", 4, 5_00))
    refund = back("A-1", 15_00, [cancel("A-1", 3)])
    assert ways(refund) == [(BY_HAND, 15_00, "waiting")]
    send(refund, reference="B-7")
    assert ways(refund) == [(BY_HAND, 15_00, "sent")]
    sent = Transfer.objects.get()
    assert (sent.reference, sent.sent_at, sent.payment) == ("B-7", NOON + timedelta(days=2), None)


def test_no_more_goes_back_than_came_in() -> None:
    order("A-1", ("LAMP", 4, 5_00))
    pay("A-1", 20_00)
    first, second = cancel("A-1", 2), cancel("A-1", 2)
    back("A-1", 12_00, [first])
    before = Entry.objects.count()
    with pytest.raises(
        OrderError, match=r"^order A-1: 8\.00 EUR are left of what came in, and 8\.01 EUR cannot go back$"
    ):
        back("A-1", 8_01, [second])
    assert Entry.objects.count() == before
    back("A-1", 8_00, [second])


def test_the_database_holds_the_sums_whoever_writes() -> None:
    order("A-1", ("LAMP", 4, 5_00))
    payment = pay("A-1", 20_00)
    refund = back("A-1", 20_00, [cancel("A-1", 4)])
    more = {"refund": refund, "amount": 1, "entry": refund.entry}
    for wrong in (
        lambda: Transfer.objects.create(payment=payment, way=BY_HAND, key="0" * 32, **more),
        lambda: Transfer.objects.create(way=BY_HAND, key="0" * 32, **more),
        lambda: Transfer.objects.update(amount=19_00),
        lambda: Payment.objects.update(refunded=0),
        lambda: Payment.objects.update(amount=30_00),
        lambda: Refund.objects.update(moved=0),
        lambda: Refund.objects.update(amount=30_00),
        lambda: refund.parts.get().delete(),
        lambda: Transfer.objects.all().delete(),
        lambda: Payment.objects.all().delete(),
    ):
        with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
            wrong()
    assert ways(refund) == [(BY_HAND, 20_00, "waiting")]


def test_a_cancellation_is_paid_back_once() -> None:
    order("A-1", ("LAMP", 4, 5_00))
    order("A-2", ("LAMP", 4, 5_00))
    gone = cancel("A-1", 3)
    back("A-1", 15_00, [gone])
    with pytest.raises(
        OrderError, match=r"^order A-1: what was cancelled is paid back already, or on its way$"
    ):
        back("A-1", 15_00, [gone])
    with pytest.raises(
        OrderError, match=r"^order A-2: a cancellation is named twice, or is of another order$"
    ):
        back("A-2", 15_00, [gone])
    other = cancel("A-2", 1)
    with pytest.raises(
        OrderError, match=r"^order A-2: a cancellation is named twice, or is of another order$"
    ):
        back("A-2", 15_00, [other, other])
    assert Refund.objects.count() == 1


def test_that_nothing_goes_back_takes_a_reason() -> None:
    order("A-1", ("LAMP", 4, 5_00))
    gone = cancel("A-1", 3)
    with pytest.raises(OrderError, match=r"^order A-1: say why nothing goes back$"):
        back("A-1", 0, [gone])
    with pytest.raises(OrderError, match=r"^order A-1: nothing was cancelled of which nothing goes back$"):
        back("A-1", 0, why="nothing was paid")
    refund = back("A-1", 0, [gone], why="nothing was paid")
    assert (refund.entry.why, ways(refund)) == ("nothing was paid", [])


def test_what_failed_counts_no_more_and_goes_on_by_hand() -> None:
    order("A-1", ("LAMP", 4, 5_00))
    pay("A-1", 20_00)
    refund = back("A-1", 20_00, [cancel("A-1", 4)])
    failed(refund)
    refund.refresh_from_db()
    assert (refund.moved, Payment.objects.get().refunded) == (0, 0)
    go_on(refund, LATER, by_hand=True)
    assert ways(refund) == [(BY_HAND, 20_00, "failed"), (BY_HAND, 20_00, "waiting")]
    with pytest.raises(OrderError, match=r"^order A-1: everything of that refund is sent, or on its way$"):
        go_on(refund, LATER, by_hand=True)
    send(refund)
    assert ways(refund) == [(BY_HAND, 20_00, "failed"), (BY_HAND, 20_00, "sent")]
    failed(refund, "it came back")  # what was sent may come back
    assert ways(refund) == [(BY_HAND, 20_00, "failed"), (BY_HAND, 20_00, "failed")]
    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.update(state="sent", failed_at=None, sent_at=NOON)


def test_each_part_that_failed_goes_on_by_its_own_way() -> None:
    order("A-1", ("LAMP", 4, 5_00))
    pay("A-1", 12_00, "one")
    pay("A-1", 8_00, "two")
    refund = back("A-1", 18_00, [cancel("A-1", 4)])
    for _ in range(2):
        failed(refund)
        assert again(refund) == [("one", 10_00), ("two", 8_00)]


def test_one_part_after_the_other_may_fail() -> None:
    order("A-1", ("LAMP", 4, 5_00))
    pay("A-1", 12_00, "one")
    pay("A-1", 8_00, "two")
    refund = back("A-1", 18_00, [cancel("A-1", 4)])
    for reference, amount in (("one", 10_00), ("two", 8_00), ("one", 10_00)):
        transfer = refund.transfers.exclude(state="failed").get(payment__reference=reference)
        note_returned(transfer, "closed", LATER)
        assert again(refund) == [(reference, amount)]


def again(refund: Refund) -> list[tuple[str, int]]:
    """Send again what failed; gives of which payments."""
    asked = go_on(refund, LATER, by_hand=False)
    return sorted((each.payment.reference, each.amount) for each in asked if each.payment)


def test_what_failed_keeps_its_money_from_other_refunds() -> None:
    order("A-1", ("LAMP", 4, 5_00))
    pay("A-1", 20_00)
    refund = back("A-1", 20_00, [cancel("A-1", 4)])
    failed(refund)
    with pytest.raises(
        OrderError, match=r"^order A-1: 0\.00 EUR are left of what came in, and 5\.00 EUR cannot go back$"
    ):
        back("A-1", 5_00, why="for the wait")
    go_on(refund, LATER, by_hand=True)
    assert ways(refund)[-1] == (BY_HAND, 20_00, "waiting")


def test_what_went_back_before_a_payment_was_noted_counts() -> None:
    order("A-1", ("LAMP", 4, 5_00))
    send(back("A-1", 10_00, [cancel("A-1", 2)]))
    pay("A-1", 20_00)
    with pytest.raises(
        OrderError, match=r"^order A-1: 10\.00 EUR are left of what came in, and 10\.01 EUR cannot go back$"
    ):
        back("A-1", 10_01, [cancel("A-1", 2)])


def test_money_that_went_back_pays_nothing() -> None:
    order("A-1", ("LAMP", 4, 5_00))
    pay("A-1", 15_00)
    back_twice("A-1", 15_00, why="the card was another's")
    pay("A-1", 5_00)
    assert state() == "not_needed"
    pay("A-1", 15_00)
    assert state() == "paid"


def test_of_an_order_in_two_currencies_a_person_says_that_it_is_paid() -> None:
    Item.objects.create(sku="BOWL", currency="JPY")
    order("A-1", ("LAMP", 1, 100_00), ("BOWL", 1, 100))
    note_payment(order_of("A-1"), Paid(BY_HAND, 10_100, "JPY", NOON), cause())
    assert state() == "not_needed"


def test_goodwill_takes_a_reason() -> None:
    order("A-1", ("LAMP", 4, 5_00))
    with pytest.raises(OrderError, match=r"^order A-1: nothing was cancelled; say why money goes back$"):
        back("A-1", 5_00)


@pytest.mark.django_db(transaction=True)
def test_two_orders_at_once_do_not_get_one_reference() -> None:
    for number in ("A-1", "A-2"):
        order(number, ("LAMP", 1, 5_00))
    start, told = threading.Barrier(2), list[str]()

    def note(number: str) -> None:
        start.wait()
        try:
            pay(number, 5_00, "T-1")
        except OrderError as error:
            told.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=note, args=(number,)) for number in ("A-1", "A-2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(told), Payment.objects.count()) == (1, 1)
    assert "payment T-1 is noted already" in told[0]


def test_what_no_provider_was_asked_for_is_called_off() -> None:
    order("A-1", ("LAMP", 4, 5_00))
    pay("A-1", 20_00, "pi_one", "stripe")
    refund = back("A-1", 20_00, [cancel("A-1", 4)])
    note_returned(refund.transfers.get(), "that account is closed", LATER)
    go_on(refund, LATER, by_hand=True)
    assert ways(refund) == [("stripe", 20_00, "failed"), (BY_HAND, 20_00, "waiting")]


def test_what_a_person_notes_must_be_so() -> None:
    order("A-1", ("LAMP", 4, 5_00))
    pay("A-1", 12_00, "pi_one", "stripe")
    pay("A-1", 8_00)
    refund = back("A-1", 20_00, [cancel("A-1", 4)])
    by_hand, by_stripe = (refund.transfers.get(way=way) for way in (BY_HAND, "stripe"))
    for at, transfer, said in (
        (NOON + timedelta(days=3), by_hand, "is still to come"),
        (
            NOON - timedelta(days=1),
            by_hand,
            "was placed on 2026-11-24 12:00, which is after 2026-11-23 12:00",
        ),
        (NOON + timedelta(days=2), by_stripe, "stripe sends it"),
    ):
        with pytest.raises(OrderError, match=said):
            note_sent(transfer, at, LATER)
    with pytest.raises(OrderError, match="say why it came back"):
        note_returned(by_hand, " ", LATER)
    Transfer.objects.filter(pk=by_stripe.pk).update(state="handed")
    with pytest.raises(OrderError, match="stripe says what becomes of it"):
        note_returned(by_stripe, "no", LATER)
    note_sent(by_hand, NOON + timedelta(days=2), LATER, "B-1")
    with pytest.raises(OrderError, match="that money is sent already"):
        note_sent(by_hand, NOON + timedelta(days=2), LATER)


def test_one_bank_reference_is_one_transfer() -> None:
    order("A-1", ("LAMP", 4, 5_00))
    first, second = (back("A-1", 5_00, [cancel("A-1", 1)]) for _ in range(2))
    send(first, reference="B-1")
    with pytest.raises(OrderError, match=r"^order A-1: B-1 is another transfer's$"):
        send(second, reference="B-1")


def test_an_order_in_another_currency_is_refused() -> None:
    Item.objects.create(sku="BOWL", currency="JPY")
    order("A-1", ("BOWL", 1, 1250))
    with pytest.raises(OrderError, match=r"^order A-1 is in JPY, not in EUR$"):
        back("A-1", 5, [cancel("A-1", 1)])
    refund = let_back(order_of("A-1"), Back(1250, "JPY"), Cause("finance", LATER.at, "for the wait"))
    assert ways(refund) == [(BY_HAND, 1250, "waiting")]


def test_all_that_goes_by_providers_is_stopped_once() -> None:
    assert not is_stopped()
    assert stop(LATER, stopped=False) is None
    assert stop(LATER, stopped=True) is not None
    assert stop(LATER, stopped=True) is None
    assert is_stopped()
    assert stop(LATER, stopped=False) is not None
    assert not is_stopped()
