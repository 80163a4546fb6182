"""A house that writes to its customers, in the shop of tests/api/shop.py."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import override_settings

from backorder.allocation import events
from backorder.care.callbacks import CallWanted, note_callback
from backorder.care.feedback.noting import Opinion, note_feedback, set_themes
from backorder.care.house import read_house, write_house
from backorder.care.letters.writing import write_letter
from backorder.care.models import Answer, Feedback, MailEvent, Message, Notice, Wish
from backorder.care.offers.finding import list_choices
from backorder.care.offers.making import Wish as Choose
from backorder.care.offers.making import make_offer, read_line
from backorder.care.offers.outside import Outside, note_outside
from backorder.care.post.messages import let_go
from backorder.care.telling import Revised, Said, Told, note_answer, note_notice
from backorder.care.waitlist.inviting import invite_waiting
from backorder.care.waitlist.wishes import Wished, join
from backorder.catalog.services import SubstituteFacts, save_substitutes
from backorder.orders.models import Cancellation, Customer, Order
from backorder.orders.services import ShipTo, Wanted
from backorder.payments.charging import charge_now
from backorder.payments.means import Kept, note_card
from backorder.payments.models import Refund
from backorder.payments.noting import Rules, note_outcome
from backorder.payments.providers import Outcome
from backorder.payments.services import Back, Paid, let_back, note_payment
from backorder.payments.transfers import note_returned
from backorder.supply.models import SELLABLE
from backorder.supply.services import adjust
from tests.allocation.shop import line_of
from tests.api.client import Program, in_days
from tests.api.test_gate import ADDRESS
from tests.fulfilment.shop import order_of
from tests.supply.shop import NOON, TODAY, cause, item, place

HOUSE = """
[seller]
place = "DE"

[letters]
name = "The lamp shop"
mail = "help@lamps.example"

[sending]
mode = "on"

[waitlist]
mode = "on"

[[incentives]]
name = "patience"
mode = "on"
amount = { EUR = "4.90" }
budget = { EUR = "9000.00" }
each_day = 1000
words = { en = "We pay the delivery." }

[refunds]
mode = "on"
since = 2026-11-01
"""
SERVER = "smtp://mail.lamps.example"
"""It is named, and nothing is sent."""


def open_house(more: str = "") -> None:
    """Put rules in force by which messages go out."""
    write_house(HOUSE + more, cause())


def tell(number: str, lines: int = 1) -> dict[str, str | int]:
    """Let the customer of an order be told something of so many lines, and agree; gives what addresses name."""
    order = order_of(number)
    revised = [
        Revised(line_of(number, f"{row}"), TODAY + timedelta(days=60), frozenset({"reason"}))
        for row in range(1, lines + 1)
    ]
    note_notice(order, revised, Told(NOON, "phone"), cause())
    note_answer(line_of(number), Said(NOON, "phone", "accepts", 1), cause())
    return {"notice": Notice.objects.latest("id").pk, "answer": Answer.objects.latest("id").pk}


def want_call(number: str) -> dict[str, str | int]:
    """Let the customer of an order want to be called; gives what addresses name."""
    return {"callback": note_callback(order_of(number), CallWanted("+49 731 5550100"), cause()).pk}


def pay_back(number: str, lines: int = 1) -> dict[str, str | int]:
    """Let money come in for an order and go back: owed, stuck, and to be sent by hand; gives what addresses name."""
    wanted = [Wanted(f"{row}", item("GIFT"), 4, TODAY, unit_price=1_00) for row in range(1, lines + 1)]
    events.place_order(number, wanted, cause())
    order = order_of(number)
    for row in range(lines):
        note_payment(order, Paid("by_hand", 4_00, "EUR", NOON, f"{number}-{row}", "bank transfer"), cause())
    stuck, waiting = (cancel_some(number, lines) for _ in range(2))
    for row in range(1, lines + 1):
        events.cancel_line(line_of(number, f"{row}"), 1, cause())
    for transfer in stuck.transfers.all():
        note_returned(transfer, "no such account", cause())
    return {"refund": stuck.pk, "transfer": waiting.transfers.latest("id").pk}


def cancel_some(number: str, lines: int) -> Refund:
    """Cancel a unit of each line, and let its price go back."""
    for row in range(1, lines + 1):
        events.cancel_line(line_of(number, f"{row}"), 1, cause())
    gone = Cancellation.objects.filter(line__order__number=number, refund_part=None)
    return let_back(order_of(number), Back(lines * 1_00, "EUR", list(gone)), cause())


def put_on_list(code: str, sku: str) -> Wish:
    """Put a customer on the list of an item, and another of whom one unit is kept."""
    found = []
    for name in (code, f"{code}-2"):
        customer, _ = Customer.objects.get_or_create(code=name)
        Customer.objects.filter(pk=customer.pk).update(email=f"{name}@customers.example")
        customer.refresh_from_db()
        found.append(join(Wished(item(sku), customer, 1), cause()))
    adjust((item(sku), place(), SELLABLE), 1, "return", cause())
    with override_settings(MAIL=SERVER, URL="https://lamps.example"):
        assert invite_waiting(lambda: NOON) == 1
    return found[0]


def offer_instead(number: str, lines: int = 1) -> dict[str, str | int]:
    """Offer something else for each of so many lines, nothing for one more, and note what others sell; gives what addresses name."""
    scarce, other = item(f"SCARCE-{number}"), item(f"OTHER-{number}")
    save_substitutes([SubstituteFacts(scarce.sku, other.sku, "equivalent")], cause())
    adjust((other, place(), SELLABLE), lines + 1, "return", cause())
    events.record_order(number, [Wanted(f"{row}", scarce, 1, TODAY) for row in range(1, lines + 2)], cause())
    for row in range(1, lines + 1):
        line = read_line(line_of(number, f"{row}"))
        (choice,) = list_choices(line, read_house(), TODAY)
        made = make_offer(line, Choose(choice.name, writes=False), cause())  # it is not over yet
        url = f"https://others.example/{row}"
        sold = note_outside(Outside(scarce, "marketplace", url, "Another", TODAY), cause())
    assert sold is not None
    return {"offer": made.pk, "outside_offer": sold.pk}


def note_opinion(number: str, lines: int = 1) -> Feedback:
    """Let the customer of an order say what they think, with a theme for each line."""
    made = note_feedback(order_of(number), Opinion(NOON, "phone", 2, "It took long."), cause())
    set_themes(made, [f"waiting {row}" for row in range(lines)], cause())
    return made


def let_letter_go(number: str) -> Message:
    """Let a letter to the customer of an order go."""
    customer, _ = Customer.objects.get_or_create(code="mail", defaults={"email": "zed@customers.example"})
    Order.objects.filter(number=number).update(customer=customer)
    events.change_address(order_of(number), ShipTo("Zed", "1 Long Lane", "Ulm", "DE"), cause())
    order = order_of(number)
    with override_settings(MAIL=SERVER):
        return let_go(order, write_letter(order, NOON).mark, cause())


def let_reply_come(message: int) -> dict[str, str | int]:
    """Let a customer answer a message; gives what addresses name."""
    said = {"sender": "zed@customers.example", "text": "Where is it?"}
    reply = MailEvent.objects.create(
        message_id=message, kind="reply", name=f"reply {message}", at=NOON, **said
    )
    return {"reply": reply.pk}


def read_mark(number: str) -> str:
    """Read the mark of the letter of an order as it is now, for a customer whom mail reaches."""
    Order.objects.filter(number=number).update(customer=Customer.objects.get(code="mail"))
    return write_letter(order_of(number), NOON).mark


@pytest.fixture
def program() -> Iterator[Program]:
    """Give a program, and a shop in Germany in which Zed waits for four lamps: two ship in 20 days, two in 60."""
    item(), place()
    program = Program()
    program.put("/house", {"text": HOUSE})
    program.put("/customers/C-1", {"name": "Zed", "email": "zed@customers.example"})
    for number, days in (("PO-1", 20), ("PO-2", 60)):
        line = {"sku": "LAMP", "location": "main", "quantity": 2, "expected_on": in_days(days)}
        program.change("/inbound", {"number": number, "lines": [line]}, status=201)
    body = {"number": "A/1", "lines": [{"sku": "LAMP", "quantity": 4}], "customer": "C-1", "ship_to": ADDRESS}
    program.change("/recorded-orders", body, status=201)
    with override_settings(MAIL=SERVER):
        yield program


def what_happened(program: Program) -> list[str]:
    return [entry["what"] for entry in program.read("/journal", kind="order", key="A/1")["items"]]


def charge(number: str, lines: int = 1) -> dict[str, str | int]:
    """Let an order be charged by a card: something failed, something is not asked for yet; gives what addresses name."""
    wanted = [Wanted(f"{row}", item("GIFT"), 4, TODAY, unit_price=1_00) for row in range(1, lines + 1)]
    events.place_order(number, wanted, cause())
    order = order_of(number)
    kept = note_card(order, Kept("pm_1", "cus_1", "Visa ending in 4242"), cause())
    assert kept is not None
    for _ in range(lines):
        failed, waiting = (charge_now(order, 1_00, "EUR", cause("asked for")) for _ in range(2))
        note_outcome(failed.attempts.get(), Outcome("failed", said="declined"), NOON, Rules())
    return {"charge": failed.pk, "attempt": waiting.attempts.get().pk, "held": kept.pk}
