"""Offers by a rule of the house, the letter that tells of one, and the money of what is taken instead."""

from __future__ import annotations

import itertools
import re
from datetime import timedelta

import pytest
from django.test import Client, override_settings

from backorder.allocation import events
from backorder.care.house import parse_house
from backorder.care.models import Answer, Message, Offer, OfferPlace
from backorder.care.offers.alone import offer_alone, stop
from backorder.care.offers.answering import take
from backorder.care.offers.outside import Outside, note_outside, remove_outside
from backorder.care.offers.rules import Offering
from backorder.care.refunds.owed import list_owed
from backorder.faults import FaultyInputError
from backorder.orders.clearance import set_payment_state
from backorder.orders.models import Line
from backorder.orders.services import OrderError
from backorder.outbox.models import Entry
from backorder.payments.models import Refund
from backorder.payments.services import Paid, note_payment
from backorder.supply.models import InboundLine
from tests.allocation.shop import buy, order_in, slip
from tests.architecture import tree
from tests.care.letters import by, go_to, shop
from tests.care.offering import free, have_desks, offer, price, stand_in, wait_for_lamp
from tests.care.post import Box, box, name_mail, open_house, post
from tests.fulfilment.shop import order_of
from tests.portal.pages import clock, press, read
from tests.supply.shop import NOON, TODAY, cause, item

__all__ = ["box", "clock", "shop"]  # fixtures
pytestmark = pytest.mark.django_db
RULES = '[sending]\nmode = "on"\n\n[offers]\nmode = "on"\n'

REFUNDS = '[refunds]\nmode = "on"\nsince = 2026-11-01\n\n'


def work(hours: float = 0) -> int:
    at = NOON + timedelta(hours=hours)
    with override_settings(URL="https://lamps.example"):
        return offer_alone(lambda: at)


def let_slip(number: str = "A-1") -> None:
    wait_for_lamp(number=number)
    go_to(number, "DE")
    name_mail(number)
    slip(InboundLine.objects.get(order__number=f"PO-{number}"), 30)


def test_a_line_that_slips_is_offered_something_once_and_a_letter_says_so(box: Box) -> None:
    open_house(RULES)
    wait_for_lamp()
    name_mail()
    have_desks()
    assert work() == 0  # it has not slipped
    slip(InboundLine.objects.get(), 30)
    go_to("A-1", "DE")
    assert (work(), work(), Offer.objects.get().entry.who) == (1, 0, "autopilot")
    post()
    (mail,) = box.came
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr] # a mail has one
    assert "Etwas anderes könnte früher abgehen" in mail["Subject"]
    assert "20,00 EUR weniger" in text
    assert "https://lamps.example/o/" in text
    assert (Message.objects.get().outcome, Answer.objects.count(), free()) == ("sent", 0, 0)
    assert Entry.objects.filter(what="offer.sent").count() == 1


def test_in_the_shadow_it_is_noted_once_and_nothing_is_kept(box: Box) -> None:  # noqa: ARG001 - is there
    open_house(RULES.replace('[offers]\nmode = "on"', '[offers]\nmode = "shadow"'))
    let_slip()
    have_desks()
    assert (work(), work(), Offer.objects.count(), free()) == (1, 0, 0, 2)
    assert Entry.objects.get(what="offer.shadowed").facts["sku"] == "DESK"


def test_rules_offer_no_more_than_a_day_allows_nothing_dearer_and_nothing_once_stopped(
    box: Box,  # noqa: ARG001 - is there
) -> None:
    open_house(RULES + 'price = "own"\neach_day = 1\n')
    let_slip()
    price("DESK", 6000)
    have_desks(4)
    assert work() == 0
    price("DESK", 4000)
    stop(cause(), stopped=True)
    assert work() == 0
    stop(cause(), stopped=False)
    let_slip("A-2")
    assert (work(), work(), Offer.objects.get().line.order.number) == (1, 0, "A-1")


def test_when_time_is_up_the_next_go_on_where_it_was_left(box: Box) -> None:  # noqa: ARG001 - is there
    open_house(RULES)
    for number in ("A-1", "A-2", "A-3"):
        wait_for_lamp(number=number)
        go_to(number, "DE")
        name_mail(number)
    for line in InboundLine.objects.order_by("id"):
        slip(line, 30)
    ticks = itertools.count()

    def hurry() -> list[str]:
        """Work until two lines were looked at, and name the place."""
        start = next(ticks)
        seconds = itertools.chain([0, 0, 0, 0, 0, 99], itertools.repeat(99))
        with override_settings(URL="https://lamps.example"):
            offer_alone(lambda: NOON + timedelta(minutes=start, seconds=next(seconds)))
        places = OfferPlace.objects.values_list("line", flat=True)
        return list(Line.objects.filter(pk__in=places).values_list("order__number", flat=True))

    assert [hurry(), hurry(), hurry()] == [
        ["A-2"],
        [],
        ["A-2"],
    ]  # nothing is free, and all have had their turn
    have_desks()
    assert hurry() == []
    assert Offer.objects.get().line.order.number == "A-3"


def test_an_offer_whose_letter_is_late_and_names_a_day_that_has_passed_is_overtaken(box: Box) -> None:
    open_house(RULES)
    let_slip()
    have_desks()
    assert work() == 1
    offer = Offer.objects.get()
    assert offer.entry.facts["ships_on"] == TODAY.isoformat()
    assert post(60 * 24 * 2) == 0  # the mail server was away for two days
    assert (box.came, Message.objects.get().outcome) == ([], "withdrawn")
    assert work(48) == 0
    offer.refresh_from_db()
    assert (offer.outcome, free()) == ("overtaken", 2)


def test_an_offer_that_was_told_in_time_is_not_overtaken_by_its_day(box: Box) -> None:
    open_house(RULES)
    let_slip()
    have_desks()
    work()
    post()
    work(48)
    assert (len(box.came), Offer.objects.get().outcome) == (1, "")


def test_who_cannot_be_written_to_is_offered_nothing_without_a_person() -> None:
    open_house(RULES)
    let_slip()
    have_desks()
    assert (work(), Offer.objects.count()) == (0, 0)


def test_the_rules_of_the_guide_can_be_put_in_force() -> None:
    page = (tree.ROOT / "docs" / "howto" / "offer-another-item.md").read_text("utf-8")
    (text,) = re.findall(r"^```toml\n(.+?)^```", page, re.DOTALL | re.MULTILINE)
    assert parse_house(text).offers == Offering(mode="on", kinds=("successor", "equivalent"))


@pytest.mark.parametrize(
    ("rules", "fault"),
    [
        ('mode = "maybe"', "offers.mode"),
        ('price = "free"', "offers.price"),
        ("hours = 337", "name 336 at most"),
        ("hours = 0", "offers.hours"),
        ("after_days = 0", "offers.after_days"),
        ("days = 1", "offers.days"),
    ],
)
def test_what_the_rules_cannot_mean_is_refused(rules: str, fault: str) -> None:
    with pytest.raises(FaultyInputError, match=fault):
        parse_house(f"[offers]\n{rules}\n")


def pay(amount: int) -> None:
    note_payment(order_of("A-1"), Paid("by_hand", amount, "EUR", NOON, "T-1", "bank transfer"), cause())
    set_payment_state(order_of("A-1"), "paid", cause())


@pytest.mark.parametrize(("paid", "back"), [(10_000, 2_000), (11_000, 2_200), (9_000, 1_800)])
def test_what_was_paid_too_much_is_owed_with_its_share_of_shipping_and_of_discounts(
    paid: int, back: int
) -> None:
    open_house(REFUNDS)
    wait_for_lamp()
    have_desks()
    pay(paid)
    take(offer(), by(0))
    (owed,) = list_owed(NOON)
    assert (owed.amount, owed.units) == (back, 2)


def test_where_it_costs_as_much_nothing_is_owed_and_nobody_has_to_decide() -> None:
    open_house(REFUNDS + '[offers]\nprice = "agreed"\n')
    wait_for_lamp()
    have_desks()
    pay(10_000)
    take(offer(), by(0))
    assert (list_owed(NOON), Refund.objects.get().amount) == ([], 0)


def test_the_page_takes_it_or_says_no_and_others_cannot(client: Client) -> None:
    wait_for_lamp()
    go_to("A-1", "IE")
    have_desks()
    made = offer()
    page = read(client)
    assert "You could have this instead" in page
    assert "It costs 80.00 EUR: 20.00 EUR less than what you ordered." in page
    assert press(client, "/take", offer="x")[0] == 409
    assert press(client, "/take", offer=made.pk + 1)[0] == 409
    status, page = press(client, "/take", offer=made.pk)
    assert (status, "You took 2 × DESK instead of 2 × LAMP." in page) == (302, True)
    assert press(client, "/no-thanks", offer=made.pk)[0] == 409
    assert client.get(f"/o/{'x' * 20}/take").status_code == 404


def test_a_no_on_the_page_keeps_the_order_as_it_is(client: Client) -> None:
    wait_for_lamp()
    go_to("A-1", "IE")
    have_desks()
    status, page = press(client, "/no-thanks", offer=offer().pk)
    assert (status, "You did not want DESK instead." in page, free()) == (302, True, 2)
    assert order_of("A-1").lines.count() == 1


def sold(**change: object) -> Outside:
    said = {
        "kind": "second_hand",
        "url": "https://others.example/1",
        "title": "A used lamp",
        "seen_on": TODAY,
        "price": 900,
    }
    return Outside(item(), **(said | change))  # type: ignore[arg-type] # as named


def test_what_others_sell_is_shown_as_not_ours_replaced_and_removed(client: Client) -> None:
    wait_for_lamp()
    go_to("A-1", "IE")
    note_outside(sold(), cause())
    assert note_outside(sold(), cause()) is None
    made = note_outside(sold(price=800), cause())
    page = read(client)
    assert "Not sold by us" in page
    assert (
        '<a href="https://others.example/1" rel="nofollow noopener noreferrer external">A used lamp</a>'
        in page
    )
    assert ("8.00 EUR" in page, "9.00 EUR" in page) == (True, False)
    assert made is not None
    assert remove_outside(made, cause()) is not None
    assert (remove_outside(made, cause()), "Not sold by us" in read(client)) == (None, False)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"url": "javascript:alert(1)"}, "no address that can be linked"),
        ({"url": "https://user:word@others.example"}, "no address that can be linked"),
        ({"url": 'https://others.example/"'}, "no address that can be linked"),
        ({"kind": "gift"}, "no kind of outside offer"),
        ({"title": " "}, "name a title"),
        ({"price": -1}, "no price"),
        ({"currency": "eur"}, "no currency"),
        ({"seen_on": TODAY + timedelta(days=1)}, "still to come"),
        ({"until": TODAY - timedelta(days=1)}, "is before"),
    ],
)
def test_what_others_cannot_mean_is_refused(change: dict[str, object], why: str) -> None:
    with pytest.raises(OrderError, match=why):
        note_outside(sold(**change), cause())


def test_an_order_of_a_substitute_of_two_kinds_is_offered_the_cheaper_first() -> None:
    wait_for_lamp()
    price("OLD", 3000)
    stand_in("OLD", "refurbished")
    have_desks()
    order_in("OLD", 1, "PO-O")
    events.adjust((item("OLD"), order_in("OLD", 1, "PO-P").location, "sellable"), 2, "return", cause())
    buy("B-1", ("DESK", 1))
    assert offer().item.sku == "OLD"
