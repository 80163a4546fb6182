"""Places on a waitlist: who gets one, and what becomes of an invitation that is answered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from backorder.allocation import events
from backorder.care.models import Invitation, Wish
from backorder.care.waitlist.answering import accept
from backorder.care.waitlist.wishes import Wished, join, leave, remove
from backorder.orders.models import Customer, Order
from backorder.orders.services import OrderError, ShipTo
from backorder.outbox.models import Entry
from tests.allocation.shop import stock
from tests.allocation.test_acceptance import ask, rule
from tests.care.letters import by, shop
from tests.care.post import box, open_house, post
from tests.care.waiting import WAITLIST, customer, free, invite, invited, invites, waiting, wish
from tests.fulfilment.shop import order_of
from tests.supply.shop import NOON, cause, item

__all__ = ["box", "invites", "shop"]  # fixtures
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("invites")]
HOURS = 60
TO = ShipTo("Zed", "1 Long Lane", "Ulm", "DE")


def test_what_is_kept_is_ordered_paid_first_and_waits_like_any_other() -> None:
    made = wish("C-1")
    stock("LAMP", 1)
    invite()
    post()
    order = accept(made, TO, by(0))
    assert (order.held_until, order.payment_state, order.address.city) == (None, "unpaid", "Ulm")
    assert order.lines.values_list("commitment", "quantity_open").get() == ("soft", 1)
    assert (invite(60 * HOURS), Wish.objects.get().outcome, free()) == (0, "ordered", 0)


def test_a_house_that_sends_before_it_is_paid_says_so() -> None:
    open_house(WAITLIST + "paid_first = false\n")
    made = wish("C-1")
    stock("LAMP", 1)
    invite()
    assert accept(made, TO, by(0)).payment_state == "not_needed"


def test_what_has_no_address_or_is_over_cannot_be_ordered() -> None:
    made = wish("C-1")
    with pytest.raises(OrderError, match="nothing is kept for customer C-1"):
        accept(made, TO, by(0))
    stock("LAMP", 1)
    invite()
    with pytest.raises(OrderError, match="nobody said where it goes"):
        accept(made, None, by(0))
    with pytest.raises(OrderError, match="is over"):
        accept(made, TO, by(2))
    assert (Invitation.objects.get().outcome, Order.objects.get().held_until is None) == ("", False)


def test_what_somebody_confirms_for_the_customer_ends_the_invitation() -> None:
    wish("C-1")
    stock("LAMP", 1)
    invite()
    events.confirm(order_of("W-" + str(Wish.objects.get().pk) + "-1"), cause())
    assert (invite(1), invited("ordered"), waiting()) == (0, [("C-1", 1)], [])


@pytest.mark.parametrize(("act", "outcome"), [(leave, "left"), (remove, "removed")])
def test_who_leaves_the_list_gives_back_what_is_kept(act: Callable[..., Entry | None], outcome: str) -> None:
    made = wish("C-1")
    wish("C-2")
    stock("LAMP", 1)
    invite()
    entry = act(made, cause())
    assert entry is not None
    assert (entry.what, act(made, cause())) == (f"waitlist.{outcome}", None)
    assert (waiting(), invited("given_back"), free()) == (["C-2"], [("C-1", 1)], 1)
    assert (invite(1), invited()) == (1, [("C-2", 1)])


def test_a_place_on_a_list_needs_an_address_of_mail_a_quantity_and_is_taken_once() -> None:
    silent = Customer.objects.create(code="C-0")
    for wished, why in (
        (Wished(item(), silent, 1), "customer C-0 has no e-mail address"),
        (Wished(item(), customer("C-1"), 0), "0 units cannot be wished for"),
        (Wished(item(), customer("C-1"), 1, "it"), "no language"),
        (
            Wished(item(), customer("C-1"), 1, order_number="A-1"),
            "nothing of it was refused under the number A-1",
        ),
    ):
        with pytest.raises(OrderError, match=why):
            join(wished, cause())
    wish("C-1")
    with pytest.raises(OrderError, match="customer C-1 is on it already"):
        wish("C-1")
    assert (waiting(), Entry.objects.filter(what="waitlist.joined").count()) == (["C-1"], 1)


def test_what_was_refused_is_named_by_its_number() -> None:
    rule("none")
    ask("A-1", ("LAMP", 2))
    made = join(Wished(item(), customer("C-1"), 2, order_number="A-1"), cause())
    assert (made.order_number, made.entry.facts) == ("A-1", {"units": 2})


def test_the_database_keeps_one_open_invitation_within_the_wish_and_what_has_ended() -> None:
    made = wish("C-1", 2)
    stock("LAMP", 1)
    invite()
    first = Invitation.objects.get()
    again = Invitation(
        wish=made, hold=first.hold, message=first.message, quantity=1, until=NOON, entry=first.entry
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save(force_insert=True)
    first.outcome, first.ended_at = "lapsed", NOON
    first.save()
    again.quantity = 3
    with pytest.raises(IntegrityError, match="more units than are wished for"), transaction.atomic():
        again.save(force_insert=True)
    for change in ({"outcome": "", "ended_at": None}, {"quantity": 2}):
        with pytest.raises(IntegrityError, match="ends once"), transaction.atomic():
            Invitation.objects.update(**change)
    with pytest.raises(IntegrityError, match="ends once"), transaction.atomic():
        Wish.objects.update(quantity=3)
