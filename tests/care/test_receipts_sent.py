"""How receipts go: each once, whoever is killed; without a person, until there are too many; and beside news, which they are not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import override_settings

from backorder.care import choices
from backorder.care.evidence.collect import collect
from backorder.care.house import read_house
from backorder.care.letters.writing import note_letter
from backorder.care.models import Draft, Message, Notice, ReceiptDue
from backorder.care.post.due import read_heard
from backorder.care.post.lookout import look_out, note_looks
from backorder.care.post.messages import stop, take_back
from backorder.care.post.receipts import drop_kept, let_kept_go, will_get, write_next, write_receipts
from backorder.care.post.sending import claim
from backorder.care.telling import Said, note_answer, note_failure
from backorder.orders.customers import CustomerFacts, save_customers
from backorder.orders.models import Customer
from backorder.outbox.models import Entry
from tests.allocation.shop import buy, drop, line_of, order_in, stock
from tests.care.letters import by, go_to, send, shop, write
from tests.care.post import MAIL, Box, box, go, look, name_mail, open_house, outcomes, post
from tests.care.receipts import RECEIPTS, cancel_here, confirm, note, plain, wait_for_lamps
from tests.fulfilment.shop import order_of, release, ship
from tests.supply.shop import NOON, TODAY, cause

__all__ = ["box", "shop"]  # fixtures
pytestmark = pytest.mark.django_db
DAY = 24 * 60


@pytest.fixture(autouse=True)
def _sends(shop: None) -> None:  # noqa: ARG001 - comes before
    """Let the house send."""
    open_house(RECEIPTS)


def kinds() -> list[tuple[str, str]]:
    """List messages: of which kind, and how they ended."""
    return list(Message.objects.order_by("id").values_list("kind", "outcome"))


def be_killed_after(step: Callable[[], object]) -> None:
    """Do something, and die before it is kept."""
    with transaction.atomic():
        step()
        raise KeyboardInterrupt


def test_a_receipt_is_written_once_whoever_is_killed_before_it_is_kept(box: Box) -> None:
    wait_for_lamps()
    cancel_here({"1": 1})
    with pytest.raises(KeyboardInterrupt):
        be_killed_after(lambda: note_looks(TODAY))
    assert ReceiptDue.objects.count() == 0
    note()
    note()
    assert ReceiptDue.objects.values_list("kind", flat=True).get() == "cancelled"
    with pytest.raises(KeyboardInterrupt):
        be_killed_after(lambda: write_next(read_house(), NOON))
    assert (ReceiptDue.objects.count(), kinds()) == (1, [])
    assert [confirm(minutes) for minutes in (1, 2, 3)] == [1, 0, 0]
    assert (kinds(), len(box.came), ReceiptDue.objects.count()) == ([("cancelled", "sent")], 1, 0)


def test_the_database_keeps_one_receipt_of_what_happened(box: Box) -> None:  # noqa: ARG001 - takes it
    wait_for_lamps()
    cancel_here({"1": 1})
    confirm()
    message = Message.objects.get()
    message.pk, message.name = None, "00000000-0000-0000-0000-000000000001"
    with pytest.raises(IntegrityError, match="receipt_once"), transaction.atomic():
        message.save(force_insert=True)


def test_after_a_crash_the_same_receipt_goes_again_with_its_name_also_on_another_day(box: Box) -> None:
    wait_for_lamps()
    cancel_here({"1": 1})
    note()
    write_receipts(lambda: NOON)
    assert len(claim(NOON) or []) == 1  # and then the power went
    assert (post(1), post(2 * DAY), outcomes(), len(box.came)) == (0, 1, ["sent"], 1)
    assert box.names == [f"<{Message.objects.get().name}@lamps.example>"]


def test_what_a_server_took_before_a_crash_does_not_go_again(box: Box) -> None:
    wait_for_lamps()
    cancel_here({"1": 1})
    note()
    write_receipts(lambda: NOON)
    claim(NOON)
    Message.objects.update(left_at=NOON)  # and then the power went
    assert (post(1), outcomes(), box.came) == (0, ["sent"], [])
    assert Notice.objects.values_list("told_at", "next_on").get() == (NOON, None)


def test_two_receipts_and_news_go_side_by_side(box: Box) -> None:
    stock("LAMP", 1)
    wait_for_lamps(units=4)
    release("A-1")
    ship("A-1")
    cancel_here({"1": 1})
    assert look() == [("A-1", "opening")]
    assert write_receipts(lambda: NOON) == 2
    go()
    assert (sorted(kinds()), post(1)) == ([("cancelled", ""), ("opening", ""), ("shipped", "")], 3)
    assert set(outcomes()) == {"sent"}
    assert len({mail["Message-ID"] for mail in box.came}) == 3


def test_a_letter_on_its_way_is_not_held_back_by_receipts(box: Box) -> None:
    wait_for_lamps()
    cancel_here({"1": 1})
    note()
    go()
    write_receipts(lambda: NOON)
    receipt = Message.objects.get(kind="cancelled")
    assert (receipt.outcome, Entry.objects.filter(what="receipt.written").count()) == ("", 1)
    box.door = ["451 later"]  # for the one that comes first
    assert (post(1), post(7), outcomes()) == (1, 1, ["sent", "sent"])
    assert [each["Subject"] for each in box.came] == [
        "Your order A-1: cancelled: 1 × LAMP",
        "Your order A-1: when it ships",
    ]


def test_a_draft_is_to_be_told_after_a_receipt_as_before(box: Box) -> None:
    wait_for_lamps()
    cancel_here({"1": 1})
    note()
    read = write().mark
    confirm(1)
    assert (look(2), write().mark == read) == ([("A-1", "opening")], True)
    assert Draft.objects.get().since == NOON
    note_letter(write(), "mail", NOON, by(0))
    assert len(box.came) == 1


def test_by_a_receipt_nobody_has_heard_when_there_is_news_again(box: Box) -> None:
    order_in("LAMP", 20, "PO-1", days=29)
    buy("A-1", ("LAMP", 3))
    go_to("A-1", "US", "OR")
    name_mail()
    send()
    note()
    heard, state = read_heard([order_of("A-1")]), choices.look(order_of("A-1"), NOON).state
    drop("A-1", 1)
    after = choices.look(order_of("A-1"), NOON).state
    confirm(11 * DAY)
    assert len(box.came) == 1
    assert read_heard([order_of("A-1")]) == heard
    assert (state != after, choices.look(order_of("A-1"), NOON).state) == (True, after)
    assert [look(12 * DAY), look(13 * DAY)] == [[], [("A-1", "on_track")]]


def test_a_receipt_is_noted_and_no_law_takes_it_for_a_notice(box: Box) -> None:
    wait_for_lamps()
    cancel_here({"1": 1})
    confirm()
    notice = Notice.objects.get()
    assert (notice.message, notice.lines.count()) == (Message.objects.get(), 0)
    assert notice.text == f"{box.came[0]['Subject']}\n\n{plain(box.came[0])}"
    written, sent = Entry.objects.filter(what__startswith="receipt.").order_by("id")
    assert (written.what, written.who, written.caused_by) == (
        "receipt.written",
        "autopilot",
        Entry.objects.get(what="line.cancelled"),
    )
    assert (sent.what, sent.facts, sent.caused_by) == ("receipt.sent", {"kind": "cancelled"}, written)
    found = {
        section.title: [dict(zip(section.columns, row, strict=True)) for row in section.rows]
        for section in collect(order_of("A-1"), NOON + timedelta(minutes=2)).sections
    }
    assert [row["Subject"] for row in found["Mail"]] == ["Your order A-1: cancelled: 1 × LAMP"]
    assert [row["text"] for row in found["Told"]] == [notice.text]


def test_it_goes_to_the_address_as_of_then_and_not_to_one_that_is_dead(box: Box) -> None:
    wait_for_lamps()
    cancel_here({"1": 1})
    note()
    write_receipts(lambda: NOON)
    save_customers([CustomerFacts(MAIL, email="b@customers.example")], cause())
    box.door = ["550 no such mailbox"]
    assert (post(1), kinds()) == (0, [("cancelled", "refused")])
    assert Message.objects.get().to == MAIL
    cancel_here({"1": 1}, minutes=2)
    assert (confirm(3), box.came[0]["To"]) == (1, "b@customers.example")
    note_failure(Notice.objects.get(), by(0))
    cancel_here({"1": 1}, minutes=4)
    assert (confirm(5), len(box.came), ReceiptDue.objects.count()) == (0, 1, 0)


def test_an_address_that_is_none_is_told_of_and_keeps_nothing_behind_it(box: Box) -> None:
    wait_for_lamps("A-1")
    wait_for_lamps("A-2")
    name_mail("A-2", "b@customers.example")
    Customer.objects.filter(email=MAIL).update(email="a\n@customers.example")
    drop("A-1", 1)
    drop("A-2", 1)
    assert (confirm(), kinds()) == (2, [("cancelled", "failed"), ("cancelled", "sent")])
    assert ("no mail can be written" in Message.objects.earliest("id").said, len(box.came)) == (True, 1)


@pytest.mark.parametrize(
    "rules", ["", '[sending]\nmode = "off"\n', '[sending]\nmode = "on"\nreceipts = []\n']
)
def test_where_the_house_says_so_none_is_written(box: Box, rules: str) -> None:
    open_house(rules)
    wait_for_lamps()
    cancel_here({"1": 1})
    assert (confirm(), kinds(), box.came) == (0, [], [])
    assert not will_get(order_of("A-1"), "cancelled", NOON)


def test_without_a_mail_server_or_an_address_and_of_orders_from_before_none_is_written() -> None:
    wait_for_lamps()
    cancel_here({"1": 1})
    assert confirm() == 0
    with override_settings(MAIL="smtp://127.0.0.1:1"):
        save_customers([CustomerFacts(MAIL, email="")], cause())
        cancel_here({"1": 1}, minutes=1)
        assert confirm(2) == 0
        save_customers([CustomerFacts(MAIL, email=MAIL)], cause())
        open_house(f"{RECEIPTS}since = {TODAY + timedelta(days=1)}\n")
        cancel_here({"1": 1}, minutes=3)
        assert confirm(4) == 0
    assert (kinds(), ReceiptDue.objects.count()) == ([], 0)


def test_what_happened_before_anybody_looked_has_none(box: Box) -> None:
    order_in("LAMP", 20, "PO-1")
    buy("A-1", ("LAMP", 3))
    go_to("A-1", "US", "OR")
    name_mail()
    drop("A-1", 1)
    assert (confirm(), kinds(), box.came) == (0, [], [])


def test_in_the_shadow_it_is_shown_and_nothing_leaves(box: Box) -> None:
    open_house('[sending]\nmode = "shadow"\n')
    wait_for_lamps()
    cancel_here({"1": 1})
    assert (confirm(), kinds(), box.came) == (1, [("cancelled", "shadow")], [])
    assert Entry.objects.filter(what="receipt.shadowed").count() == 1
    assert not will_get(order_of("A-1"), "cancelled", NOON)


def test_at_night_it_goes_and_while_all_is_stopped_it_waits(box: Box) -> None:
    open_house(f"{RECEIPTS}quiet_from = 00:00:00\nquiet_until = 23:59:00\n")
    wait_for_lamps()
    stop(by(0), stopped=True)
    cancel_here({"1": 1})
    assert (confirm(), kinds(), box.came) == (1, [("cancelled", "")], [])
    assert not will_get(order_of("A-1"), "cancelled", NOON)
    stop(by(0), stopped=False)
    assert (post(3 * DAY), kinds(), len(box.came)) == (1, [("cancelled", "sent")], 1)


def test_a_person_takes_a_receipt_back_and_it_is_not_written_again(box: Box) -> None:
    wait_for_lamps()
    cancel_here({"1": 1})
    note()
    write_receipts(lambda: NOON)
    take_back(Message.objects.get(), by(0))
    assert (confirm(1), kinds(), box.came) == (0, [("cancelled", "taken_back")], [])
    assert Entry.objects.filter(what="receipt.taken_back").count() == 1


def test_of_more_than_usual_the_rest_waits_for_a_person(box: Box) -> None:
    open_house(f"{RECEIPTS}receipts_each_day = 2\n")
    wait_for_lamps(units=9)
    for minutes in range(4):
        cancel_here({"1": 1}, minutes=minutes)
        note(minutes)
    assert will_get(order_of("A-1"), "cancelled", NOON)
    assert [write_receipts(lambda: NOON) for _ in range(2)] == [2, 0]
    assert set(ReceiptDue.objects.values_list("state", flat=True)) == {"kept"}
    assert not will_get(order_of("A-1"), "cancelled", NOON)
    cancel_here({"1": 1}, minutes=DAY)
    assert confirm(DAY) == 1  # of another day; those of the day before wait
    entry = let_kept_go(by(0))
    assert entry is not None
    assert (entry.facts, let_kept_go(by(0))) == ({"receipts": 2}, None)
    assert (confirm(DAY + 1), len(box.came), ReceiptDue.objects.count()) == (2, 5, 0)


def test_what_was_kept_back_and_was_not_meant_is_dropped(box: Box) -> None:
    open_house(f"{RECEIPTS}receipts_each_day = 0\n")
    wait_for_lamps()
    drop("A-1", 1)
    assert confirm() == 0
    entry = drop_kept(by(0))
    assert entry is not None
    assert (entry.what, entry.facts, drop_kept(by(0))) == ("receipts.dropped", {"receipts": 1}, None)
    assert (confirm(2), kinds(), box.came) == (0, [], [])


def test_what_the_house_writes_no_more_is_dropped(box: Box) -> None:
    wait_for_lamps()
    drop("A-1", 1)
    note()
    open_house('[sending]\nmode = "on"\nreceipts = ["refunded"]\n')
    assert (confirm(), ReceiptDue.objects.count(), box.came) == (0, 0, [])


def test_a_cancellation_by_phone_of_what_is_packed_has_no_receipt_before_it_is_cancelled(box: Box) -> None:
    stock("LAMP", 3)
    wait_for_lamps()
    release("A-1")
    note_answer(line_of("A-1"), Said(NOON, "phone", "cancels", 3), by(0))
    assert (confirm(), box.came) == (0, [])


def test_a_worker_ends_after_a_while_and_goes_on() -> None:
    with override_settings(MAIL="smtp://127.0.0.1:1"):
        wait_for_lamps()
        for minutes in range(3):
            cancel_here({"1": 1}, minutes=minutes)
            look_out(lambda at=NOON + timedelta(minutes=minutes): at)  # type: ignore[misc]
        ticks = iter(range(100))
        clock = lambda: NOON + timedelta(seconds=next(ticks))  # noqa: E731
        assert write_receipts(clock, timedelta(seconds=2)) == 1
        assert write_receipts(lambda: NOON) == 2
