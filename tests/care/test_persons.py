"""A person in one archive, and erased: no table holds them any more, and everything still adds up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import override_settings

from backorder.access.services import add_key
from backorder.allocation import events
from backorder.api.models import Answer as KeptAnswer
from backorder.care.callbacks import CallWanted, fulfil_callback, note_callback
from backorder.care.evidence.collect import collect
from backorder.care.evidence.write import write_data, write_page
from backorder.care.feedback.noting import Opinion, note_feedback
from backorder.care.letters.writing import write_letter
from backorder.care.models import Callback, Feedback, MailEvent, Message, Notice, ReceiptDue
from backorder.care.persons.erasing import erase
from backorder.care.persons.exporting import export
from backorder.care.persons.find import Asked, find_person
from backorder.care.post.lookout import look_out
from backorder.care.post.messages import let_go
from backorder.care.replies.arrivals import Arrived, note_arrival
from backorder.care.telling import Revised, Told, note_notice
from backorder.fulfilment.models import Block
from backorder.fulfilment.selectors import find_differences
from backorder.fulfilment.services.blocks import block, lift
from backorder.orders.customers import CustomerFacts, save_customers
from backorder.orders.models import Address, Customer, Order
from backorder.orders.services import OrderError, ShipTo
from backorder.outbox.models import ERASED, ERASED_BY, Entry, Subject
from backorder.outbox.services import Cause
from backorder.payments.models import Payment, Transfer
from backorder.payments.services import Back, Paid, go_on, let_back, note_payment
from backorder.payments.transfers import note_returned, note_sent
from tests.allocation.shop import buy, line_of, order_in, stock
from tests.care.letters import shop
from tests.care.post import SENDING, open_house
from tests.fulfilment.shop import order_of, release, ship
from tests.supply.shop import NOON, TODAY, cause

__all__ = ["shop"]  # a fixture that each test uses
pytestmark = pytest.mark.django_db
NAME, MAIL, PHONE, STREET, CARD = (
    *("Zacharias Quill", "quill@customers.example", "+15415550199", "77 Feather Row", "Visa ending in 7731"),
)
WORDS = ("zacharias", "quill", "5415550199", "77 feather", "featherton", "7731")
"""What is looked for afterwards, in small letters."""


SOUNDS_PERSONAL = {
    *("name", "email", "mail", "phone", "street", "city", "postcode", "to", "subject", "text", "page"),
    *("said", "label", "why", "note", "comment", "words", "body", "message", "sender", "reference", "reason"),
}
ERASED_HERE = {
    "orders_customer": {"name", "email", "phone"},
    "orders_address": {"name", "street", "city", "postcode"},
    "care_message": {"to", "subject", "text", "page", "mail", "said", "sender"},  # who sends is the shop
    "care_notice": {"text"},
    "care_draft": {"to"},
    "care_callback": {"phone", "text", "said"},
    "care_feedback": {"text"},
    "care_copy": {"to", "text", "said"},
    "care_textwish": {"phone"},
    "care_mailevent": {"name", "sender", "text"},  # the name is that of a mail
    "payments_means": {"label", "reference", "said"},
    "payments_attempt": {"reference", "said"},
    "payments_payment": {"label", "reference"},  # the reference stays: of the books
    "payments_transfer": {"label", "reference", "said"},
    "fulfilment_block": {"reason"},
    "outbox_entry": {"why"},
    "api_answer": {"name", "body"},  # the name is the program's own
}
STAYS = {
    "django_migrations": {"name"},
    "accounts_attempt": {"name"},  # numbers of orders, and users; what is theirs goes, see test_searches
    "access_key": {"name"},
    "auth_group": {"name"},
    "auth_permission": {"name"},
    "auth_user": {"email"},  # blank
    "catalog_item": {"name"},
    "catalog_location": {"name"},
    "catalog_supplier": {"name"},
    "allocation_promise": {"reason"},  # of a plan, by a code
    "allocation_simulatedline": {"reason"},
    "allocation_standing": {"reason"},
    "orders_refusal": {"reason"},
    "allocation_policyversion": {"text"},
    "allocation_simulation": {"text"},
    "care_houseversion": {"text"},
    "console_savedview": {"name"},  # those that ask for them go, see test_searches
    "console_uploadedfile": {"name"},  # gone after an hour
}


def list_columns() -> Iterator[tuple[str, str, str]]:
    """List every column of every table that can hold a text: table, column, and how it is read as one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' "
            "AND data_type IN ('text', 'character varying', 'character', 'json', 'jsonb', 'bytea', 'ARRAY')"
        )
        for table, column, kind in cursor.fetchall():
            read = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
            yield table, column, read


def search() -> set[tuple[str, str, str]]:
    """Search the whole database for what says who somebody is: table, column, word."""
    found = set()
    with connection.cursor() as cursor:
        for table, column, read in list_columns():
            for word in WORDS:
                cursor.execute(
                    f'SELECT 1 FROM "{table}" WHERE lower({read}) LIKE %s LIMIT 1',  # noqa: S608 - of the database
                    [f"%{word}%"],
                )
                if cursor.fetchone():
                    found.add((table, column, word))
    return found


def test_every_column_that_sounds_personal_is_erased_or_known_to_stay() -> None:
    """Whoever adds one says in erasing.py what becomes of it, and here."""
    found: dict[str, set[str]] = {}
    for table, column, _ in list_columns():
        if column in SOUNDS_PERSONAL:
            found.setdefault(table, set()).add(column)
    assert found == {**ERASED_HERE, **STAYS}


def live(code: str = "C-1") -> Order:
    """Let somebody do everything that a customer can: wait, be written to, phone, pay, get money back, and their parcel."""
    save_customers([CustomerFacts(code, NAME, MAIL, PHONE)], cause(f"{NAME} phoned"))
    open_house()
    order_in("LAMP", 9, "PO-1", days=65)
    buy("A-1", ("LAMP", 3))
    Order.objects.filter(number="A-1").update(customer=Customer.objects.get(code=code))
    order = order_of("A-1")
    events.change_address(order, ShipTo(NAME, STREET, "Featherton", "US", region="OR"), cause(f"for {NAME}"))
    with override_settings(MAIL="smtp://mail.lamps.example"):
        message = let_go(order, write_letter(order, NOON).mark, cause())
    Message.objects.filter(pk=message.pk).update(
        outcome="failed", ended_at=NOON, said=f"550 no mailbox {MAIL}"
    )
    told = [Revised(line_of("A-1"), TODAY + timedelta(days=65), frozenset())]
    note_notice(order, told, Told(NOON, "phone", f"{NAME} was told on {PHONE}"), cause())
    fulfil_callback(
        note_callback(order, CallWanted(PHONE, text=f"ask for {NAME}"), cause()), f"{NAME} is glad", cause()
    )
    note_payment(order, Paid("by_hand", 30_00, "EUR", NOON, "R-1", CARD), cause(f"{NAME} paid"))
    events.cancel_line(line_of("A-1"), 1, cause(f"{NAME} wants two"))
    gone = list(line_of("A-1").cancellations.all())
    refund = let_back(order, Back(10_00, "EUR", gone), cause())
    note_returned(refund.transfers.get(), f"no account of {NAME}", cause())
    again = let_back(order, Back(5_00, "EUR"), cause(f"goodwill for {NAME}"))
    note_sent(again.transfers.get(), NOON, cause(), "T-1", CARD)
    (instead,) = go_on(refund, cause(), by_hand=True)
    note_sent(instead, NOON, cause(), "T-2", CARD)
    stock("LAMP", 2)
    release("A-1")
    ship("A-1")
    note_arrival(message, Arrived("reply", "<x@mail.example>", MAIL, f"{NAME} asks"), NOON)
    note_feedback(order, Opinion(NOON, "phone", 2, f"{NAME} was not amused"), cause())
    block(order, f"{NAME} moves house", cause())
    lift(Block.objects.get(), cause())
    key, _ = add_key("web-shop", ["orders:read"], cause())
    KeptAnswer.objects.create(
        key=key, name="once", asked=b"x" * 32, at=NOON, status=200, body=f'{{"to": "{MAIL}"}}'.encode()
    )
    said = b'{"order": "A-1", "text": "Send it to 77 Feather Row"}'
    KeptAnswer.objects.create(key=key, name="twice", asked=b"x" * 32, at=NOON, status=200, body=said)
    KeptAnswer.objects.create(key=key, name="other", asked=b"x" * 32, at=NOON, status=200, body=b'["A-12"]')
    return order


def by(days: int = 1) -> Cause:
    return Cause("admin", NOON + timedelta(days=days), "as they asked")


def read_sums() -> list[tuple[object, ...]]:
    return [
        *Payment.objects.order_by("pk").values_list("amount", "refunded", "reference"),
        *Transfer.objects.order_by("pk").values_list("amount", "state", "reference"),
        *Entry.objects.exclude(what="person.erased").order_by("pk").values_list("pk", "at", "who", "what"),
    ]


@override_settings(MAIL="")
def test_afterwards_no_table_holds_them_and_everything_adds_up() -> None:
    order = live()
    assert len({table for table, _, _ in search()}) >= 9
    before = read_sums()
    entry = erase(Asked(code="C-1"), by())
    assert search() == set()
    assert (entry.what, entry.who, entry.why, entry.facts) == (
        "person.erased",
        "admin",
        "as they asked",
        {"orders": 1},
    )
    assert find_differences() == []
    assert read_sums() == before
    customer, address = Customer.objects.get(), Address.objects.get()
    assert (customer.code, customer.name, customer.email, customer.phone) == ("C-1", ERASED, "", "")
    assert (address.name, address.country, address.region) == (ERASED, "US", "OR")
    assert {Message.objects.get().text, Callback.objects.get().phone} == {ERASED}
    order = order_of("A-1")
    known = collect(order, NOON + timedelta(days=2))
    assert json.loads(write_data(known))["order"] == "A-1"
    assert ERASED in write_page(known)
    kept = {each.name: bytes(each.body) for each in KeptAnswer.objects.all()}
    assert kept.pop("other") == b'["A-12"]'
    assert kept == dict.fromkeys(("once", "twice"), b'{"erased": true}')
    assert find_person(Asked(code="C-1")).orders == [order]
    with pytest.raises(OrderError, match="nobody is known by the e-mail address"):
        erase(Asked(mail=MAIL), by())


@override_settings(MAIL="")
@pytest.mark.parametrize("why", [f"mail of Mr Quill, {MAIL}", "Quills Wunsch"])
def test_why_somebody_is_erased_does_not_say_who_they_are(why: str) -> None:
    live()
    entry = erase(Asked(code="C-1"), Cause("admin", NOON + timedelta(days=1), why))
    assert (search(), entry.why) == (set(), ERASED)


@override_settings(MAIL="smtp://mail.lamps.example")
def test_who_is_to_have_something_in_writing_is_not_erased_before() -> None:
    open_house(SENDING + 'receipts = ["cancelled"]\n')
    save_customers([CustomerFacts("C-1", NAME, MAIL, PHONE)], cause())
    look_out(lambda: NOON)
    buy("A-1", ("LAMP", 3))
    Order.objects.filter(number="A-1").update(customer=Customer.objects.get())
    events.cancel_line(line_of("A-1"), 3, cause())
    said = "a receipt about order A-1 is to be written"
    with pytest.raises(OrderError, match=said):
        erase(Asked(code="C-1"), by(0))
    look_out(lambda: NOON)
    assert ReceiptDue.objects.count() == 1
    with pytest.raises(OrderError, match=said):
        erase(Asked(code="C-1"), by(0))
    ReceiptDue.objects.all().delete()
    with pytest.raises(
        OrderError, match=r"yet: money is owed for order A-1: .* none does$"
    ):  # and that is all
        erase(Asked(code="C-1"), by(0))


def test_an_archive_names_nobody_who_was_saved_at_the_same_time() -> None:
    for name in ("Ann", "Anne"):
        others = CustomerFacts("ann@customers.example", name, "ann@customers.example", "")
        save_customers([CustomerFacts("C-1", NAME + name, MAIL, PHONE), others], cause())
    journal = ZipFile(BytesIO(export(Asked(code="C-1"), by()))).read("journal.json").decode()
    assert [each["facts"] for each in json.loads(journal)][:2] == [
        {"new": 2, "changed": {}},
        {"new": 0, "changed": {"C-1": ["name"]}},
    ]


def test_a_code_that_says_who_they_are_goes_too() -> None:
    live(code=MAIL)
    erase(Asked(mail=MAIL.upper()), by())
    assert search() == set()
    customer = Customer.objects.get()
    assert customer.code == f"erased-{customer.pk}"
    assert set(Subject.objects.filter(kind="customer").values_list("key", flat=True)) == {customer.code}


def test_who_still_waits_is_owed_or_written_to_is_not_erased_and_it_is_said_what_to_do() -> None:
    open_house()
    save_customers([CustomerFacts("C-1", NAME, MAIL, PHONE)], cause())
    buy("A-1", ("LAMP", 3))
    Order.objects.filter(number="A-1").update(customer=Customer.objects.get(), payment_state="paid")
    events.change_address(order_of("A-1"), ShipTo(NAME, STREET, "Featherton", "US", region="OR"), cause())
    note_payment(order_of("A-1"), Paid("by_hand", 30_00, "EUR", NOON, "R-1", CARD), cause())
    events.cancel_line(line_of("A-1"), 1, cause())
    callback = note_callback(order_of("A-1"), CallWanted(PHONE), cause())
    with override_settings(MAIL="smtp://mail.lamps.example"):
        let_go(order_of("A-1"), write_letter(order_of("A-1"), NOON).mark, cause())
    before = search(), Entry.objects.count()
    with pytest.raises(OrderError) as refused:
        erase(Asked(code="C-1"), by(0))
    assert str(refused.value) == (
        "the customer C-1 cannot be erased yet: order A-1 still waits: ship it, or cancel it; "
        "money is owed for order A-1: let it go back, or decide that none does; "
        "a message about order A-1 is on its way: wait, or take it back; "
        "the customer of order A-1 wants to be called: call, or take that back"
    )
    assert (search(), Entry.objects.count()) == before
    callback.refresh_from_db()
    assert callback.state == "open"


HELD = "Cannot (update|delete)|never becomes|never says|stays what it is"
MARKS: Sequence[Callable[[], object]] = (
    lambda: Notice.objects.update(text=ERASED),
    lambda: Message.objects.update(text=ERASED),
    lambda: Callback.objects.update(phone=ERASED),
    lambda: MailEvent.objects.update(text=ERASED),
    lambda: Feedback.objects.update(text=ERASED),
    lambda: Block.objects.update(reason=ERASED),
    lambda: Entry.objects.filter(what="order.blocked").update(facts={"reason": ERASED}),
    lambda: Entry.objects.update(why=ERASED),
    lambda: Subject.objects.filter(kind="customer").update(key="erased-1"),
    lambda: Transfer.objects.filter(state="failed").update(said=ERASED),
)
"""Each puts the mark where who erases somebody puts it."""
OTHERS: Sequence[Callable[[], object]] = (
    lambda: Notice.objects.update(text="something else"),
    lambda: Notice.objects.update(text=ERASED, told_at=NOON - timedelta(days=1)),
    lambda: Notice.objects.all().delete(),
    lambda: Message.objects.update(text="something else"),
    lambda: Message.objects.update(mail=b"something else"),
    lambda: Message.objects.update(news="something else"),
    lambda: MailEvent.objects.update(text="something else"),
    lambda: Feedback.objects.update(text="something else"),
    lambda: Block.objects.update(reason="something else"),
    lambda: Entry.objects.filter(what="order.blocked").update(facts={"reason": "something else"}),
    lambda: Entry.objects.filter(what="order.blocked").update(facts={"reason": ERASED, "more": 1}),
    lambda: Entry.objects.update(why="something else"),
    lambda: Entry.objects.update(who="somebody else"),
    lambda: Entry.objects.filter(what="order.placed").update(facts={}),
    lambda: Subject.objects.filter(kind="order").update(key="erased-1"),
    lambda: Callback.objects.update(state="open"),
    lambda: Transfer.objects.filter(state="failed").update(said="something else"),
    lambda: Transfer.objects.filter(state="failed").update(amount=1),
)
"""Each changes something else."""


def test_without_an_entry_that_erases_nobody_changes_what_is_kept() -> None:
    live()
    for number in ("", "0", str(Entry.objects.earliest("pk").pk)):  # of one that erases nobody
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, TRUE)", [ERASED_BY, number])
        for change in MARKS:
            with pytest.raises((ProgrammingError, IntegrityError), match=HELD), transaction.atomic():
                change()


def test_who_erases_puts_nothing_else_there() -> None:
    live()
    erase(Asked(code="C-1"), by())  # its setting holds until the transaction ends
    for change in MARKS:
        with transaction.atomic():
            change()
    for change in OTHERS:
        with pytest.raises((ProgrammingError, IntegrityError), match=HELD), transaction.atomic():
            change()


def test_an_archive_holds_all_that_is_kept_and_that_it_was_written_is_noted() -> None:
    live()
    packed = ZipFile(BytesIO(export(Asked(order="A-1"), by())))
    files = {name: packed.read(name).decode() for name in packed.namelist()}
    assert sorted(files) == sorted(
        [
            *(
                "READ-ME.txt",
                "answers.json",
                "feedback.json",
                "thanks.json",
                "waitlist.json",
                "journal.json",
                "messages/1.eml",
                "notices.json",
            ),
            *("orders/1.html", "orders/1.json", "person.json", "callbacks.json", "texts.json"),
        ]
    )
    (customer,) = json.loads(files["person.json"])["customers"]
    assert customer == {"code": "C-1", "name": NAME, "e-mail": MAIL, "phone": PHONE, "class": ""}
    assert json.loads(files["person.json"])["orders"][0]["goes_to"]["street"] == STREET
    assert json.loads(files["callbacks.json"])[0]["said"] == f"{NAME} is glad"
    assert f"{NAME} was told on {PHONE}" in [each["text"] for each in json.loads(files["notices.json"])]
    assert f"{NAME} paid" in [each["why"] for each in json.loads(files["journal.json"])]
    assert (CARD in files["orders/1.html"], f"To: {MAIL}" in files["messages/1.eml"]) == (True, True)
    entry = Entry.objects.latest("pk")
    assert (entry.what, entry.who) == ("person.exported", "admin")


def test_two_customers_of_one_address_are_one_person() -> None:
    save_customers([CustomerFacts("C-1", NAME, MAIL), CustomerFacts("C-2", NAME, MAIL.upper())], cause())
    buy("A-1", ("LAMP", 1))
    Order.objects.update(customer=Customer.objects.get(code="C-2"))
    for asked in (Asked(code="C-1"), Asked(mail=f" {MAIL} "), Asked(order="A-1")):
        found = find_person(asked)
        assert [each.code for each in found.customers] == ["C-1", "C-2"]
        assert [each.number for each in found.orders] == ["A-1"]
    for asked in (Asked(code="C-9"), Asked(mail="x@y.example"), Asked(order="A-9")):
        with pytest.raises(OrderError, match="nobody is known by"):
            find_person(asked)
