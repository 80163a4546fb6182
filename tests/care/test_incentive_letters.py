"""A customer who is thanked hears of it once, in a letter of its own and on their page, in their language and as a fact."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backorder.care.house import read_incentive_as_it_was, write_house
from backorder.care.incentives.alone import give_alone
from backorder.care.letters.arrangement import PROMOTES
from backorder.care.models import HouseVersion, Message
from backorder.catalog.models import CustomerClass
from backorder.payments.means import Kept, note_card
from backorder.portal.sheet import write_sheet
from tests.allocation.shop import order_in, slip
from tests.care.paid import HOUSE, order, pay
from tests.care.post import Box, box, name_mail
from tests.care.receipts import confirm, note, plain
from tests.care.thanked import RULE, numbers
from tests.fulfilment.shop import order_of
from tests.supply.shop import NOON, cause

__all__ = ["box"]  # a fixture
pytestmark = pytest.mark.django_db
SENDS = 'languages_to = { DE = "de", FR = "fr", ES = "es" }\n\n[sending]\nmode = "on"\n'
LETTERS = HOUSE.replace('mail = "help@lamps.example"\n', f'mail = "help@lamps.example"\n{SENDS}')
(ONE,), (NONE,) = numbers(1, control=False), numbers(1, control=True)
WORDS = RULE.replace(
    "percent = 10\n",
    'amount = { EUR = "4.90" }\nwords = { en = "We pay the delivery.", de = "Wir zahlen den Versand." }\n',
)


def thank(country: str = "US", rule: str = RULE, *, by_card: bool = False) -> None:
    """Let two customers wait long, one of each group, and rules thank them."""
    CustomerClass.objects.get_or_create(code="trade")
    write_house(LETTERS + rule, cause())
    inbound = order_in("LAMP", 100, "PO-1")
    for number in (ONE, NONE):
        order(number, ("LAMP", 4, 10_00), country=country)
        name_mail(number)
        if by_card:
            note_card(order_of(number), Kept(f"pm_{number}", "cus_1", "Visa"), cause())
        else:
            pay(number, 40_00)
    slip(inbound, 22)
    note()
    assert give_alone(lambda: NOON + timedelta(minutes=1)) == 2


def told(number: str = ONE) -> list[str]:
    return list(write_sheet(order_of(number), NOON + timedelta(minutes=2)).thanks)


def test_who_is_thanked_gets_one_letter_of_its_own_and_nobody_else_any(box: Box) -> None:
    thank()
    assert (confirm(2), confirm(3)) == (1, 0)
    (mail,) = box.came
    assert mail["Subject"] == f"Your order {ONE}: thank you for waiting"
    assert plain(mail).split("\n\n")[1:-2] == [
        "You have waited long for your order. Thank you. For that:",
        "- You get 4.00 EUR back, the way that you paid.",
        "Nothing else changes by it: what you may choose stays the same, and if you cancel, your money still comes back.",
    ]
    assert Message.objects.get().kind == "thanked"


def test_its_page_says_it_beside_the_choices_and_that_of_the_control_group_does_not() -> None:
    thank()
    assert (told(), told(NONE)) == (["You get 4.00 EUR back, the way that you paid."], [])


def test_who_is_charged_at_shipment_hears_that_it_costs_less() -> None:
    thank(by_card=True)
    assert told() == ["Your order costs 4.00 EUR less."]


@pytest.mark.parametrize(
    ("country", "said"),
    [
        ("US", "We pay the delivery."),
        ("DE", "Wir zahlen den Versand."),
        ("FR", "We pay the delivery."),  # the first words that there are
    ],
)
def test_words_are_those_of_the_rule_in_the_customers_language_also_when_the_rule_is_gone(
    country: str, said: str
) -> None:
    thank(country, WORDS)
    write_house(LETTERS, cause())
    assert told() == [said]


def test_words_are_read_also_of_a_house_that_could_not_be_put_in_force_any_more() -> None:
    gone = HouseVersion(number=1, text=f"colour = 1\n{WORDS.replace('>=10', '>=soon')}")
    assert read_incentive_as_it_was(gone, "ten days").say("de") == "Wir zahlen den Versand."


@pytest.mark.parametrize("country", ["US", "DE", "FR", "ES"])
@pytest.mark.parametrize("by_card", [False, True])
def test_in_no_language_the_letter_promotes_anything(box: Box, country: str, *, by_card: bool) -> None:
    thank(country, by_card=by_card)
    assert confirm(2) == 1
    assert not PROMOTES.search(plain(box.came[0]))


def test_a_house_that_does_not_write_of_it_shows_it_on_the_page_alone(box: Box) -> None:
    thank(rule=RULE)
    write_house(LETTERS.replace('mode = "on"\n', 'mode = "on"\nreceipts = ["shipped"]\n', 1) + RULE, cause())
    assert (confirm(2), box.came, len(told())) == (0, [], 1)
