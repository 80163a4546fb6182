"""The waitlist: n free units are n invitations in order, each with a hold, and never on what only lies there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction

from backorder.allocation import events
from backorder.allocation.selectors import find_differences
from backorder.care.models import Invitation, Message, Notice, Wish
from backorder.care.post.messages import stop, take_back
from backorder.care.telling import note_failure
from backorder.care.waitlist import inviting
from backorder.care.waitlist.answering import accept
from backorder.care.waitlist.inviting import invite_waiting
from backorder.care.waitlist.selectors import compare_invitations
from backorder.catalog.models import Item
from backorder.orders.models import MOST_MONEY, Customer, Line, Order, Refusal
from backorder.orders.services import ShipTo
from backorder.outbox.models import Entry
from tests.allocation.shop import buy, drop, find_stock, order_in, stock, take_in
from tests.allocation.test_acceptance import ask, rule
from tests.care.letters import by, shop
from tests.care.post import Box, box, open_house, outcomes, post
from tests.care.waiting import WAITLIST, free, invite, invited, invites, waiting, wish
from tests.supply.shop import NOON, cause, on_hand

__all__ = ["box", "invites", "shop"]  # fixtures
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("invites")]
HOURS = 60
TO = ShipTo("Zed", "1 Long Lane", "Ulm", "DE")


def test_t15_nobody_is_invited_while_free_to_sell_is_0_whatever_lies_on_hand(invites: Box) -> None:
    """T15: units that come in are owed already, so nobody else hears that they are there."""
    inbound = order_in("LAMP", 5, "PO-1")
    buy("A-1", ("LAMP", 5))
    wish("C-1")
    take_in(inbound, 5)
    assert (on_hand(), free(), invite(), invited()) == (5, 0, 0, [])
    assert (post(), invites.came, Order.objects.filter(held_until__isnull=False).count()) == (0, [], 0)
    drop("A-1", 2)
    assert (free(), invite(), invited(), free()) == (2, 1, [("C-1", 1)], 1)


def test_so_many_free_units_are_so_many_invitations_in_the_order_of_the_list() -> None:
    for code in ("C-1", "C-2", "C-3", "C-4", "C-5"):
        wish(code)
    stock("LAMP", 3)
    assert (invite(), invited(), free()) == (3, [("C-1", 1), ("C-2", 1), ("C-3", 1)], 0)
    assert (invite(1), len(invited())) == (0, 3)
    held = Order.objects.filter(held_until__isnull=False).order_by("id")
    assert [order.held_until for order in held] == [NOON + timedelta(hours=48)] * 3
    assert find_differences() == []


def test_units_that_are_kept_for_an_invitation_that_ended_are_found() -> None:
    for code in ("C-1", "C-2"):
        wish(code, 2)
    stock("LAMP", 4)
    assert (invite(), list(compare_invitations())) == (2, [])
    first = Invitation.objects.select_related("hold").earliest("id")
    Invitation.objects.filter(pk=first.pk).update(outcome="lapsed", ended_at=NOON)
    (found,) = compare_invitations()
    assert (found.about, found.is_now, found.should_be) == (f"hold {first.hold.number}", 2, 0)
    drop(first.hold.number, 2)
    assert list(compare_invitations()) == []


def test_the_units_that_are_kept_are_refused_to_others() -> None:
    wish("C-1", 2)
    rule("none")
    stock("LAMP", 2)
    invite()
    ask("B-1", ("LAMP", 2))
    assert Refusal.objects.values_list("order_number", "quantity", "reason").get() == (
        "B-1",
        2,
        "NOT_ON_HAND",
    )


def test_who_comes_next_is_invited_to_a_part_and_keeps_the_place_for_the_rest() -> None:
    first = wish("C-1", 5)
    wish("C-2", 1)
    stock("LAMP", 3)
    assert (invite(), invited()) == (1, [("C-1", 3)])
    post()
    accept(first, TO, by(0))
    assert (waiting(), invited("ordered")) == (["C-1", "C-2"], [("C-1", 3)])
    stock("LAMP", 3)
    assert (invite(1), invited()) == (2, [("C-1", 2), ("C-2", 1)])
    accept(first, TO, by(0))
    assert (waiting(), Wish.objects.get(pk=first.pk).outcome) == (["C-2"], "ordered")


def test_a_house_that_invites_to_all_or_nothing_lets_nobody_go_before_who_came_earlier() -> None:
    open_house(WAITLIST + "part = false\n")
    wish("C-1", 5)
    wish("C-2", 1)
    stock("LAMP", 3)
    assert (invite(), invited()) == (0, [])
    stock("LAMP", 2)
    assert (invite(), invited()) == (1, [("C-1", 5)])


def test_an_invitation_that_is_over_gives_its_units_to_the_next() -> None:
    wish("C-1")
    wish("C-2")
    stock("LAMP", 1)
    invite()
    post()
    assert (invite(48 * HOURS - 1), waiting()) == (0, ["C-1", "C-2"])
    assert (invite(48 * HOURS), waiting(), invited()) == (1, ["C-2"], [("C-2", 1)])
    assert (invited("lapsed"), Wish.objects.get(customer__code="C-1").outcome) == ([("C-1", 1)], "lapsed")
    assert Line.objects.filter(quantity_open__gt=0).count() == 1
    assert find_differences() == []


def test_a_hold_that_the_clock_took_back_before_ends_its_invitation_too() -> None:
    wish("C-1")
    stock("LAMP", 1)
    invite()
    post()
    events.expire_holds(by(3))
    assert (invite(3 * 24 * HOURS), invited("lapsed"), waiting()) == (0, [("C-1", 1)], [])


def test_whom_no_message_told_keeps_the_place_and_the_units_go_on(invites: Box) -> None:
    wish("C-1")
    wish("C-2")
    stock("LAMP", 1)
    invite()
    invites.door.append("550 no such mailbox")
    assert (post(), outcomes()) == (0, ["refused"])
    assert (invite(1), invited(), waiting()) == (1, [("C-2", 1)], ["C-1", "C-2"])
    assert invited("unsent") == [("C-1", 1)]


def test_a_message_that_came_back_counts_for_nothing() -> None:
    wish("C-1")
    stock("LAMP", 1)
    invite()
    post()
    note_failure(Notice.objects.get(), cause())
    assert (invite(1), invited("unsent"), waiting(), free()) == (0, [("C-1", 1)], ["C-1"], 1)


def test_who_could_not_be_reached_three_times_is_passed_over(invites: Box) -> None:
    wish("C-1")
    stock("LAMP", 1)
    for minutes in range(4):
        invite(minutes)
        invites.answers.append("554 not this text")
        post(minutes)
    assert (invited("unsent"), outcomes()) == ([("C-1", 1)] * 3, ["failed"] * 3)


def test_whose_message_a_person_takes_back_is_off_the_list() -> None:
    wish("C-1")
    stock("LAMP", 1)
    invite()
    take_back(Message.objects.get(), cause())
    assert (invite(1), waiting(), Wish.objects.get().outcome, free()) == (0, [], "removed", 1)


def test_a_message_that_could_not_leave_in_time_is_held_back_and_the_place_stays(invites: Box) -> None:
    wish("C-1")
    stock("LAMP", 1)
    invite()
    stop(cause(), stopped=True)
    assert (post(1), invite(49 * HOURS)) == (0, 0)
    assert (invited("unsent"), waiting()) == ([("C-1", 1)], ["C-1"])
    stop(cause(), stopped=False)
    assert (post(49 * HOURS), outcomes(), invites.came) == (0, ["withdrawn"], [])
    assert (invite(50 * HOURS), post(50 * HOURS), len(invites.came)) == (1, 1, 1)


def test_a_message_goes_the_next_day_while_its_units_are_kept(invites: Box) -> None:
    wish("C-1")
    stock("LAMP", 1)
    invite()
    assert (post(30 * HOURS), outcomes(), len(invites.came)) == (1, ["sent"], 1)


def be_killed_after(step: Callable[[], object]) -> None:
    with transaction.atomic():
        step()
        raise KeyboardInterrupt


def test_whoever_is_killed_before_it_is_kept_has_invited_nobody_and_then_each_is_invited_once(
    invites: Box,
) -> None:
    wish("C-1")
    stock("LAMP", 1)
    with pytest.raises(KeyboardInterrupt):
        be_killed_after(lambda: invite_waiting(lambda: NOON))
    assert (Invitation.objects.count(), Message.objects.count(), free()) == (0, 0, 1)
    assert [invite(), invite(1), post(1), post(2)] == [1, 0, 1, 0]
    assert (len(invites.came), outcomes()) == (1, ["sent"])


def test_whom_nothing_can_be_kept_for_keeps_nobody_behind_and_that_is_noted_once() -> None:
    wish("C-1", 2_000)
    wish("C-2", 2)
    wish("C-3", 1)
    stock("LAMP", 2_000)
    Item.objects.filter(sku="LAMP").update(
        price=MOST_MONEY
    )  # so many of them are worth more than any order may be
    assert (invite(), invite(1), invited(), waiting()) == (
        2,
        0,
        [("C-2", 2), ("C-3", 1)],
        ["C-1", "C-2", "C-3"],
    )
    passed = Entry.objects.get(what="waitlist.passed_over")
    assert passed.facts["wish"] == Wish.objects.get(customer__code="C-1").pk
    assert list(passed.subjects.values_list("kind", "key")) == [("item", "LAMP"), ("customer", "C-1")]
    Item.objects.filter(sku="LAMP").update(price=50_00)
    assert (invite(2), invited()) == (1, [("C-2", 2), ("C-3", 1), ("C-1", 1_997)])
    assert Entry.objects.filter(what="waitlist.passed_over").count() == 1


def test_an_address_that_no_mail_can_name_keeps_nobody_behind_and_is_not_in_the_journal() -> None:
    wish("C-1")
    wish("C-2")
    Customer.objects.filter(code="C-1").update(email="a\nb@customers.example")
    stock("LAMP", 1)
    assert (invite(), invited()) == (1, [("C-2", 1)])
    assert (
        Entry.objects.get(what="waitlist.passed_over").facts["why"]
        == "no mail can be written to their address"
    )


def test_however_many_before_them_are_passed_over_the_next_has_a_turn(
    invites: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inviting, "READ", 2)
    for code in ("C-1", "C-2", "C-3", "C-4"):
        wish(code)
    stock("LAMP", 3)
    invites.door += ["550 no such mailbox"] * 3
    assert (invite(), post(), outcomes()) == (3, 0, ["refused"] * 3)
    assert (invite(1), invited()) == (1, [("C-4", 1)])


def test_however_many_before_them_no_letter_can_be_written_to_the_next_has_a_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inviting, "READ", 2)
    for code in ("C-1", "C-2", "C-3", "C-4"):
        wish(code)
        Customer.objects.exclude(code="C-4").filter(code=code).update(email=f"a\n{code}@customers.example")
    stock("LAMP", 1)
    assert (invite(), invited()) == (1, [("C-4", 1)])
    assert Entry.objects.filter(what="waitlist.passed_over").count() == 3


def test_what_fails_for_one_item_keeps_no_other() -> None:
    wish("C-1", 10)
    wish("C-2", 1, "SHADE")
    stock("LAMP", 10)
    stock("SHADE", 1)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE care_invitation ADD CHECK (quantity < 10)")
    with pytest.raises(ExceptionGroup, match="could not be invited"):
        invite()
    assert invited() == [("C-2", 1)]


def test_less_on_hand_than_is_kept_invites_nobody_else() -> None:
    wish("C-1", 2)
    wish("C-2", 1)
    stock("LAMP", 2)
    invite()
    find_stock("LAMP", 1)
    assert (invite(1), invited(), free()) == (0, [("C-1", 2)], 0)
