"""What customers have in writing of a charge that failed is what is still to be paid of it when it is written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import override_settings

from backorder.care.house import write_house
from backorder.payments.charging import call_off, charge_again, charge_now, end_attempt
from backorder.payments.models import Charge
from tests.care.paid import cancel
from tests.care.post import Box, box, name_mail
from tests.care.receipts import confirm, note, plain
from tests.fulfilment.shop import order_of
from tests.payments.charged import hold, keep, ship, take, wanted
from tests.payments.fake_charges import Charges, invalid
from tests.payments.fake_stripe import Stripe
from tests.payments.test_charge_letters import DAY, SENDS
from tests.supply.shop import cause

__all__ = ["box"]  # a fixture
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _house(db: None) -> Iterator[None]:  # noqa: ARG001 - gives the database
    """Let the house tell of charges."""
    write_house(SENDS, cause())
    with override_settings(URL="https://lamps.example"):
        yield


def hold_and_decline(stripe: Stripe, held: int) -> None:
    """Hold so much of the 20.00 that an order costs, with a card beside it that declines."""
    wanted()
    hold(stripe, held, cost=20_00)
    keep(stripe, "card_declined")
    name_mail()
    note()


def subject_of_letter(box: Box) -> str:
    """Give the subject of the one letter that is written on the next day."""
    confirm(DAY + 1)
    (mail,) = box.came
    return str(mail["Subject"])


def test_a_charge_that_was_lowered_before_its_letter_was_written_is_told_as_it_is_now(
    box: Box, stripe: Stripe
) -> None:
    wanted()
    keep(stripe, "authentication_required")
    name_mail()
    note()
    charge_now(order_of("A-1"), 20_00, "EUR", cause("now"))
    take()
    cancel("A-1", 1)
    take(1.1)
    assert list(Charge.objects.order_by("id").values_list("amount", flat=True)) == [20_00, 15_00]
    for minute in (200, 201):
        confirm(DAY + minute)
    (mail,) = box.came
    assert mail["Subject"] == "Your order A-1: we could not take 15.00 EUR"
    assert "Your bank wants to ask you first: pay on the page of your order." in plain(mail)


def test_a_charge_of_which_nothing_is_owed_any_more_is_not_told(box: Box, stripe: Stripe) -> None:
    wanted()
    keep(stripe, "authentication_required")
    name_mail()
    note()
    charge_now(order_of("A-1"), 20_00, "EUR", cause("now"))
    take()
    cancel("A-1", 4)
    take(1.1)
    confirm(DAY + 200)
    assert box.came == []


def test_what_two_means_could_not_take_one_after_the_other_is_told_once(
    box: Box, stripe: Stripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise invalid(400, "charge_expired_for_capture", "The authorization has expired.")

    hold_and_decline(stripe, 20_00)
    ship()
    monkeypatch.setattr(Charges, "capture", refuse)
    take()
    assert subject_of_letter(box) == "Your order A-1: we could not take 20.00 EUR"


def test_of_what_was_taken_in_part_the_rest_is_told(box: Box, stripe: Stripe) -> None:
    hold_and_decline(stripe, 15_00)
    ship()
    take()
    assert subject_of_letter(box) == "Your order A-1: we could not take 5.00 EUR"


def test_what_fails_after_another_part_was_called_off_is_told(box: Box, stripe: Stripe) -> None:
    hold_and_decline(stripe, 12_00)
    charge = charge_now(order_of("A-1"), 20_00, "EUR", cause("now"))
    end_attempt(charge.attempts.get(kind="authorisation"), cause())
    call_off(charge, cause("it was paid at the door"))
    take()
    assert subject_of_letter(box) == "Your order A-1: we could not take 8.00 EUR"


def test_what_a_person_has_charged_again_by_then_is_not_told(box: Box, stripe: Stripe) -> None:
    wanted()
    keep(stripe, "card_declined")
    name_mail()
    note()
    charge = ship()
    take()
    keep(stripe, name="pm_2")
    assert charge is not None
    charge_again(Charge.objects.get(pk=charge.pk), cause(), by_link=False)
    confirm(DAY + 1)
    assert box.came == []


@pytest.mark.parametrize("says", ["authentication_required", "card_declined"])
@pytest.mark.parametrize(
    ("units", "subjects"), [(1, ["Your order A-1: we could not take 15.00 EUR"]), (4, [])]
)
def test_what_was_cancelled_since_is_not_asked_for_whatever_its_provider_knows(
    box: Box, stripe: Stripe, says: str, units: int, subjects: list[str]
) -> None:
    wanted()
    keep(stripe, says)
    name_mail()
    note()
    charge_now(order_of("A-1"), 20_00, "EUR", cause("now"))
    take()
    cancel("A-1", units)
    for minute in (200, 201):
        confirm(DAY + minute)
    assert [mail["Subject"] for mail in box.came] == subjects
