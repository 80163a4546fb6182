"""A number that whoever sends texts calls wrong gets nothing more: a mail tells, or a person."""

from __future__ import annotations

import pytest

from backorder.care.copies.text_wishes import find_wrong_number, note_text_wish
from backorder.care.models import TextWish
from backorder.care.tasks import list_tasks
from backorder.care.telling import note_failure
from backorder.orders.models import Customer
from backorder.outbox.models import Entry
from tests.allocation.shop import order_in, slip
from tests.care.fake_taker import Taker
from tests.care.letters import by, shop
from tests.care.post import MAIL, Box, box
from tests.care.test_drafts import wait
from tests.care.test_texts import DAY, PHONE, agree, carry, ends, taker, tell
from tests.supply.shop import cause

__all__ = ["box", "shop", "taker"]  # fixtures
pytestmark = pytest.mark.django_db
WRONG = '{"code": "40", "message": "Invalid phone number"}'


def test_a_number_that_is_wrong_gets_nothing_more_until_its_customer_agrees_again(
    box: Box, taker: Taker
) -> None:
    inbound = order_in("LAMP", 5, "PO-1", days=45)
    wait()
    agree()
    tell()
    taker.answers, taker.says = [400], WRONG
    assert [carry(minutes) for minutes in (2, 10, 60)] == [0, 0, 0]
    assert ends()[0][:3] == ("text", False, "refused")
    assert Entry.objects.filter(what="text.refused").count() == 1
    assert find_wrong_number(Customer.objects.get(code=MAIL)) == PHONE
    slip(inbound, 60)
    tell(70)
    assert (carry(72), len(ends()), taker.came, len(box.came)) == (0, 1, [], 2)  # the mail went
    note_text_wish(Customer.objects.get(code=MAIL), PHONE, "phone", by(2))
    assert find_wrong_number(Customer.objects.get(code=MAIL)) == ""
    slip(inbound, 90)
    tell(3 * DAY)
    assert (carry(3 * DAY + 2), taker.paths) == (1, ["/+15035550199"])


def test_where_the_number_is_wrong_and_the_mail_came_back_a_person_tells(box: Box, taker: Taker) -> None:  # noqa: ARG001 - takes it
    order_in("LAMP", 5, "PO-1", days=45)
    wait()
    agree()
    message = tell()
    taker.answers, taker.says = [400], WRONG
    carry()
    note_failure(message.notice, cause())
    assert (carry(3), len(ends())) == (0, 1)
    (task,) = list_tasks("phone")
    assert (task.order.number, task.about) == ("A-1", "+1 503 555 0199")


def test_what_nobody_says_of_the_number_is_tried_again(box: Box, taker: Taker) -> None:  # noqa: ARG001 - takes it
    order_in("LAMP", 5, "PO-1", days=45)
    wait()
    agree()
    tell()
    taker.answers, taker.says = [400], "no credit left"
    assert [carry(minutes) for minutes in (2, 10)] == [0, 1]
    assert find_wrong_number(Customer.objects.get(code=MAIL)) == ""


@pytest.mark.parametrize(
    "says",
    [
        """{"code": 21212, "message": "The 'From' number +15550100 is not a valid phone number, shortcode, or ID."}""",
        '{"error": "sender: invalid number", "number": "+15035550199"}',
    ],
)
def test_where_the_number_that_texts_come_from_is_wrong_nobody_loses_theirs(
    box: Box, taker: Taker, says: str
) -> None:
    order_in("LAMP", 5, "PO-1", days=45)
    wait()
    agree()
    tell()
    taker.answers, taker.says = [400], says
    assert [carry(minutes) for minutes in (2, 10)] == [0, 1]
    assert (find_wrong_number(Customer.objects.get(code=MAIL)), len(box.came)) == ("", 1)


def test_who_takes_back_a_number_that_is_wrong_is_heard(box: Box, taker: Taker) -> None:  # noqa: ARG001 - takes it
    order_in("LAMP", 5, "PO-1", days=45)
    wait()
    agree()
    tell()
    taker.answers, taker.says = [400], WRONG
    carry()
    agree("")
    assert list(TextWish.objects.order_by("id").values_list("phone", flat=True)) == [PHONE, ""]
    assert find_wrong_number(Customer.objects.get(code=MAIL)) == ""
