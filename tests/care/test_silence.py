"""What letters say of silence and of days, held against what the clock says later."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from backorder.care.letters.pieces import LetterError
from backorder.care.letters.writing import Letter, note_letter
from backorder.orders.clearance import set_payment_state
from backorder.supply.models import InboundLine
from tests.allocation.shop import buy, order_in, slip, stock
from tests.care.letters import by, go_to, send, shop, states, write
from tests.fulfilment.shop import order_of, release
from tests.supply.shop import NOON, TODAY, cause

__all__ = ["shop"]  # a fixture that each test uses
pytestmark = pytest.mark.django_db
PLACES = [("US", "TX"), ("US", "CA"), ("US", "NY"), ("DE", ""), ("GB", ""), ("AU", ""), ("JP", "")]


@pytest.mark.parametrize("supply", [None, 0, 10, 40, 80])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("first", [None, 2, 33])
def test_what_a_letter_says_of_silence_is_what_comes_of_it(
    place: tuple[str, str], supply: int | None, first: int | None
) -> None:
    """One letter, or a second one after another without a day, and then nobody says or does anything."""
    buy("A-1", ("LAMP", 2))
    go_to("A-1", *place)
    day = 0
    if first is not None:
        send()
        day = first
    if supply is not None:
        order_in("LAMP", 2, "PO-1", days=supply)
        slip(InboundLine.objects.get(), max(supply, day))
    if {state for _, state in states(days=day)} == {"refund_due"}:
        with pytest.raises(LetterError, match="nothing of A-1 waits"):
            write(days=day)
        return
    letter = write(days=day, language="en")
    note_letter(letter, "mail", NOON + timedelta(days=day), by(day))
    check_silence(letter, day)


def check_silence(letter: Letter, day: int) -> None:
    """Hold what a letter says of silence against what the clock says on the day that it names, and on the day after."""
    until = re.search(r"you agree to wait until (\d+ \w+ \d+)", letter.text)
    by_day = re.search(r"(?:agreed to wait|shipped) by (\d+ \w+ \d+), and", letter.text)
    found = until or by_day
    if found is None:
        assert not any(state in ("asked", "late") for _, state in states(days=day))
        return
    last = (datetime.strptime(found[1], "%d %B %Y").date() - TODAY).days  # noqa: DTZ007 - a day has no zone
    assert "refund_due" not in {state for _, state in states(days=last)}
    assert {state for _, state in states(days=last + 1)} == {"refund_due"}


def test_goods_that_are_to_come_today_are_not_here() -> None:
    order_in("LAMP", 2, "PO-1", days=0)
    buy("A-1", ("LAMP", 2))
    go_to("A-1", "US")
    assert "\n\n- 2 × LAMP: ships on 24 November 2026.\n\n" in write().text


def test_goods_that_are_here_and_late_are_told_with_their_day() -> None:
    stock("LAMP", 2)
    buy("A-1", ("LAMP", 2))
    go_to("A-1", "DE")
    release("A-1")
    assert "\n\n- 2 × LAMP: here, and set aside for you.\n\n" in write(language="en").text
    letter = write(days=28, language="en")
    told = letter.text.split("\n\n")
    assert told[1:5] == [
        "This is how your order A-1 stands on 22 December 2026.",
        "- 2 × LAMP: ships on 22 December 2026 and is with you by 28 December 2026.",
        "The reason: it is here, and is still being made ready to leave.",
        "What we do: we make it ready, and it leaves on the day that stands here.",
    ]
    send(days=28)
    assert states(days=28) == [(2, "told")]


def test_who_may_end_the_contract_is_told_so_with_an_apology() -> None:
    order_in("LAMP", 2, "PO-1", days=80)
    buy("A-1", ("LAMP", 2))
    go_to("A-1", "AU")
    letter = write(days=51)
    assert letter.text.split("\n\n")[1].startswith("We are sorry: we have missed the day for your order A-1.")
    assert "End the contract now, for what is late: write “end”." in letter.text


def test_an_order_that_is_not_paid_gets_no_letter() -> None:
    buy("A-1", ("LAMP", 2))
    set_payment_state(order_of("A-1"), "unpaid", cause())
    with pytest.raises(LetterError, match="A-1 is not paid: nothing of it ships before"):
        write()


def test_a_line_of_very_many_units_is_written_at_once() -> None:
    stock("LAMP", 3)
    order_in("LAMP", 10**6, "PO-1", days=40)
    buy("A-1", ("LAMP", 10**6))
    go_to("A-1", "US")
    assert "- 999,997 × LAMP: ships on 3 January 2027." in write().text
