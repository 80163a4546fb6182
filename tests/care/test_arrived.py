"""Who waited hears once that it is here; who did not wait hears nothing of it."""

from __future__ import annotations

import pytest

from backorder.care.models import Message
from backorder.care.post.messages import stop
from backorder.fulfilment.services import release_order, take_back
from backorder.outbox.services import Cause
from tests.allocation.shop import buy, order_in, stock
from tests.care.letters import by, go_to, shop
from tests.care.post import Box, box, name_mail, open_house, outcomes, post
from tests.care.receipts import confirm, note, plain, wait_for_lamps
from tests.fulfilment.shop import order_of, release, releases_of, ship
from tests.supply.shop import NOON, cause

__all__ = ["box", "shop"]  # fixtures
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sends(shop: None) -> None:  # noqa: ARG001 - comes before
    """Let the house send."""
    open_house('[sending]\nmode = "on"\nreceipts = ["arrived"]\n')


def wait_with_one_there() -> None:
    """Let a customer wait for two lamps of three; the first lay there, and is handed over."""
    stock("LAMP", 1)
    order_in("LAMP", 20, "PO-1")
    buy("A-1", ("LAMP", 3))
    go_to("A-1", "US", "OR")
    name_mail()
    note()
    release("A-1")


def test_who_waited_hears_once_that_it_is_here_and_being_packed(box: Box) -> None:
    wait_for_lamps()
    stock("LAMP", 3)
    release("A-1")
    assert [confirm(minutes) for minutes in (1, 2)] == [1, 0]
    (mail,) = box.came
    assert mail["Subject"] == "Your order A-1: here now: 3 × LAMP"
    said = plain(mail)
    assert "What you waited for is here, and is being packed since 24 November 2026:\n\n- 3 × LAMP" in said
    assert "There is nothing that you need to do." in said
    assert Message.objects.get().is_receipt


def test_who_did_not_wait_hears_nothing(box: Box) -> None:
    stock("LAMP", 3)
    buy("A-1", ("LAMP", 3))
    go_to("A-1", "US", "OR")
    name_mail()
    note()
    release("A-1")
    assert (confirm(), box.came) == (0, [])


def test_a_part_that_arrived_is_told_once_with_what_still_waits(box: Box) -> None:
    wait_for_lamps()
    stock("LAMP", 2)
    release("A-1")
    assert [confirm(minutes) for minutes in (1, 2)] == [1, 0]
    said = plain(box.came[0])
    assert box.came[0]["Subject"] == "Your order A-1: here now: 2 × LAMP"
    assert "- 2 × LAMP\n\nThis is still to come, as it stands on 24 November 2026" in said
    assert "- 1 × LAMP: " in said
    stock("LAMP", 1)
    release("A-1")
    assert [confirm(minutes) for minutes in (3, 4)] == [1, 0]
    assert box.came[1]["Subject"] == "Your order A-1: here now: 1 × LAMP"
    assert "still to come" not in plain(box.came[1])


def test_who_still_waits_hears_of_what_came_and_not_of_what_was_there_from_the_first(box: Box) -> None:
    wait_with_one_there()
    assert (confirm(), box.came) == (0, [])
    stock("LAMP", 1)
    release("A-1")
    assert confirm(2) == 1
    assert box.came[0]["Subject"] == "Your order A-1: here now: 1 × LAMP"
    assert "- 1 × LAMP: " in plain(box.came[0])


def test_what_lay_there_and_is_handed_over_again_did_not_arrive(box: Box) -> None:
    wait_with_one_there()
    assert confirm() == 0
    take_back(releases_of("A-1")[0], 1, cause())
    release("A-1")
    assert (confirm(2), box.came) == (0, [])
    stock("LAMP", 1)
    release("A-1")
    assert confirm(3) == 1
    assert box.came[0]["Subject"] == "Your order A-1: here now: 1 × LAMP"


def test_units_that_were_handed_over_twice_are_told_once(box: Box) -> None:
    wait_for_lamps()
    stock("LAMP", 3)
    release("A-1")
    take_back(releases_of("A-1")[0], 1, cause())
    release("A-1")
    assert confirm() == 1
    assert box.came[0]["Subject"] == "Your order A-1: here now: 3 × LAMP"


def test_what_was_told_and_is_handed_over_again_is_not_told_again(box: Box) -> None:
    wait_for_lamps(units=4)
    stock("LAMP", 3)
    release("A-1")
    assert confirm() == 1
    take_back(releases_of("A-1")[0], 2, cause())
    release("A-1")  # while the rest waits
    assert confirm(2) == 0
    stock("LAMP", 1)
    release("A-1")
    assert confirm(3) == 1
    take_back(releases_of("A-1")[0], 1, cause())
    release("A-1")  # all of it is here
    assert confirm(4) == 0
    assert [mail["Subject"] for mail in box.came] == [
        "Your order A-1: here now: 3 × LAMP",
        "Your order A-1: here now: 1 × LAMP",
    ]


def arrive_and_go_back() -> None:
    """Hand over what is waited for, and take it back before anybody is told: messages are stopped meanwhile."""
    wait_for_lamps()
    stock("LAMP", 3)
    release("A-1")
    stop(Cause("service", NOON), stopped=True)
    assert confirm(1) == 1
    take_back(releases_of("A-1")[0], 3, cause())
    stop(Cause("service", NOON), stopped=False)
    post(3)


def test_what_was_taken_back_before_anybody_was_told_is_told_once_it_is_here_again(box: Box) -> None:
    arrive_and_go_back()
    release("A-1")
    assert (confirm(4), outcomes()) == (1, ["withdrawn", "sent"])
    assert box.came[0]["Subject"] == "Your order A-1: here now: 3 × LAMP"


def test_nobody_hears_of_units_that_were_taken_back(box: Box) -> None:
    arrive_and_go_back()
    assert (outcomes(), box.came) == (["withdrawn"], [])


def test_a_late_look_tells_each_part_as_what_it_was(box: Box) -> None:
    """The worker was down from before the first part was handed over until all was here."""
    wait_with_one_there()
    stock("LAMP", 2)
    release("A-1")
    assert [confirm(minutes) for minutes in (1, 2)] == [1, 0]
    assert box.came[0]["Subject"] == "Your order A-1: here now: 2 × LAMP"
    assert "still to come" not in plain(box.came[0])


def test_a_late_look_names_the_day_of_each_part_and_none_that_has_left(box: Box) -> None:
    wait_for_lamps(units=4)
    stock("LAMP", 1)
    release("A-1")
    ship("A-1", hours=1)
    stock("LAMP", 1)
    release_order(order_of("A-1"), by(1))
    stock("LAMP", 2)
    release_order(order_of("A-1"), by(2))
    assert [confirm(minutes) for minutes in (49 * 60, 50 * 60)] == [1, 0]
    said = plain(box.came[0])
    assert box.came[0]["Subject"] == "Your order A-1: here now: 3 × LAMP"
    assert "being packed since 25 November 2026:\n\n- 1 × LAMP\n\n" in said
    assert "being packed since 26 November 2026:\n\n- 2 × LAMP\n\n" in said
    assert said.count("being packed") == 2


def test_what_left_before_anybody_looked_is_not_told_as_here(box: Box) -> None:
    wait_for_lamps()
    stock("LAMP", 1)
    release("A-1")
    ship("A-1", hours=1)
    assert (confirm(61), box.came) == (0, [])


def test_stock_that_others_had_keeps_no_part_from_being_told(box: Box) -> None:
    stock("LAMP", 5)
    buy("A-0", ("LAMP", 5))
    wait_for_lamps()
    stock("LAMP", 2)
    release("A-1")
    assert confirm() == 1
    assert box.came[0]["Subject"] == "Your order A-1: here now: 2 × LAMP"
    assert "- 1 × LAMP: " in plain(box.came[0])
