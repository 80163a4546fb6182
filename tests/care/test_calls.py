"""Calls: what is said on the phone is what the letter says, and what the customer says to it counts as an answer does."""

from __future__ import annotations

import pytest

from backorder.care.callbacks import CallWanted, note_callback
from backorder.care.calls import note_call, note_missed_call
from backorder.care.house import read_house, write_house
from backorder.care.letters.script import say_call_back, write_script, write_told
from backorder.care.letters.writing import Own
from backorder.care.models import Answer, Callback, Notice
from backorder.care.post.lookout import look_out
from backorder.care.tasks import list_tasks
from backorder.orders.models import Cancellation, Customer
from backorder.orders.services import OrderError
from backorder.outbox.models import Entry
from tests.allocation.shop import line_of, order_in, stock
from tests.care.letters import HOUSE, by, shop, states, write
from tests.care.post import name_mail
from tests.care.test_clock import wait
from tests.fulfilment.shop import order_of, release
from tests.supply.shop import NOON, cause

__all__ = ["shop"]  # a fixture that each test uses
CANCEL = (
    "Cancel all of it or a part, at any time until it ships. "
    "You get back all that you paid for it, shipping included. If you cancel today, we send the money by 4 December 2026."
)
PHONED = HOUSE.replace('mail = "help@lamps', 'phone = "+1 503 555 0100"\nmail = "help@lamps')


def journal() -> list[tuple[str, dict[str, object]]]:
    """List what calls wrote."""
    what = ("call.", "notice.", "answer.", "callback.ended")
    rows = Entry.objects.order_by("id").values_list("what", "facts")
    return [(name, facts) for name, facts in rows if name.startswith(what)]


def test_the_script_says_what_the_letter_says_and_asks_for_nothing_in_writing() -> None:
    write_house(PHONED, cause())
    wait()
    name_mail()
    Customer.objects.update(name="Zed", email="")
    letter = write(own=Own("The oven broke.", "We mend it."))
    assert write_script(letter) == [
        "Good day, this is The lamp shop. Am I speaking with Zed?",
        "Thank you for your order A-1. Not all of it is here yet. This is how it stands on 24 November 2026.",
        ("2 × LAMP: we cannot name a day yet.",),
        "The oven broke.",
        "We mend it.",
        "You choose. It costs you nothing: tell me now, or later here: help@lamps.example, +1 503 555 0100",
        (
            "Wait, for all of it or for a part.",
            CANCEL,
        ),
        "If you say nothing:",
        next(said for said in letter.body if isinstance(said, tuple) and "we cancel it" in said[0]),
        "You hear from us again by 8 December 2026, also if nothing has changed by then.",
        "Questions: help@lamps.example, +1 503 555 0100",
    ]
    assert [said for said in write_script(letter) if said in letter.body] == [
        said for said in letter.body if said in write_script(letter)
    ]
    assert "write" not in write_told(letter)


def test_the_script_is_in_the_language_of_the_customer() -> None:
    write_house(PHONED, cause())
    wait(place=("DE", ""))
    letter = write()
    said = write_script(letter)
    assert said[0] == "Guten Tag, hier ist The lamp shop. Spreche ich mit A. Nother?"
    assert "Warten, auf alles oder auf einen Teil." in write_told(letter)
    assert "Schreiben Sie" not in write_told(letter)
    assert say_call_back(read_house(), letter.language) == (
        "Guten Tag, hier ist The lamp shop. Bitte rufen Sie uns zurück: +1 503 555 0100."
    )


def test_a_voicemail_is_told_no_more_than_who_called() -> None:
    assert say_call_back(read_house(), "en") == ""
    write_house(PHONED, cause())
    assert say_call_back(read_house(), "fr") == (
        "Bonjour, ici The lamp shop. Merci de nous rappeler : +1 503 555 0100."
    )


def test_a_yes_on_the_phone_is_an_answer_to_what_was_told() -> None:
    wait()
    letter = write()
    assert letter.revised[0].says >= {"silence_cancels", "open_wait"}
    note_call(letter, "yes", by(0))
    notice, answer = Notice.objects.latest("id"), Answer.objects.get()
    assert (notice.channel, notice.text) == ("phone", write_told(letter))
    assert (answer.kind, answer.quantity, answer.channel, answer.notice) == ("accepts", 2, "phone", notice)
    assert states() == [(2, "open_wait")]
    assert [name for name, _ in journal()] == ["call.answered", "notice.noted", "answer.noted"]
    assert journal()[0][1] == {"said": "yes"}


def test_a_yes_that_no_law_asks_for_is_noted_and_no_answer() -> None:
    wait()
    order_in("LAMP", 2, "PO-1")
    note_call(write(), "yes", by(0))
    assert (Notice.objects.count(), Answer.objects.count()) == (1, 0)
    assert [name for name, _ in journal()] == ["call.answered", "notice.noted"]


def test_a_no_on_the_phone_cancels_what_is_open_at_once() -> None:
    wait()
    note_call(write(), "no", by(0))
    answer = Answer.objects.get()
    assert (answer.kind, answer.quantity, answer.channel) == ("cancels", 2, "phone")
    assert (line_of("A-1").quantity_open, Cancellation.objects.get().quantity) == (0, 2)
    assert Notice.objects.get().channel == "phone"


def test_a_no_to_what_the_warehouse_has_is_refused_and_nothing_is_noted() -> None:
    wait()
    letter = write()
    stock("LAMP", 1)
    release("A-1")
    before = Entry.objects.count()
    with pytest.raises(OrderError, match="order A-1 line 1: 1 can be cancelled"):
        note_call(letter, "no", by(0))
    assert (Entry.objects.count(), Notice.objects.count(), Answer.objects.count()) == (before, 0, 0)


def test_who_thinks_about_it_was_told_and_a_wish_to_be_called_is_fulfilled() -> None:
    wait()
    note_callback(order_of("A-1"), CallWanted("+15415550100"), cause())
    note_call(write(), "thinks", by(0))
    callback = Callback.objects.get()
    assert (callback.state, callback.said) == ("done", "will think about it")
    assert (Notice.objects.count(), Answer.objects.count()) == (1, 0)
    look_out(lambda: NOON)
    assert list_tasks() == []


def test_the_same_letter_is_not_told_twice() -> None:
    wait()
    letter = write()
    note_call(letter, "thinks", by(0))
    with pytest.raises(OrderError, match="its customer was told something since"):
        note_call(letter, "no", by(0))
    assert (Notice.objects.count(), line_of("A-1").quantity_open) == (1, 2)


def test_a_call_that_reached_nobody_tells_nothing_and_says_how_it_ended() -> None:
    wait()
    look_out(lambda: NOON)
    for days, how in enumerate(("nobody", "voicemail", "wrong")):
        note_missed_call(order_of("A-1"), by(days), how)
    (task,) = list_tasks()
    assert (task.kind, task.missed, task.missed_at, task.missed_how) == ("phone", 3, by(2).at, "wrong")
    assert Notice.objects.count() == 0
    with pytest.raises(OrderError, match="how it ended"):
        note_missed_call(order_of("A-1"), by(2), "busy")
    with pytest.raises(OrderError, match="what was said"):
        note_call(write(), "maybe", by(0))
