"""A person in the console: for admins alone, as a file, and erased once that is confirmed."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client

from backorder.allocation import events
from backorder.orders.customers import CustomerFacts, save_customers
from backorder.orders.models import Customer, Order
from backorder.outbox.models import Entry
from tests.allocation.shop import buy, line_of
from tests.supply.shop import cause

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def person() -> None:
    save_customers([CustomerFacts("C/1", "Zed Quill", "quill@customers.example")], cause())
    buy("A-1", ("LAMP", 2))
    Order.objects.update(customer=Customer.objects.get(), payment_state="unpaid")


def test_nobody_but_an_admin_sees_it(planner: Client, admin: Client) -> None:
    call = "/call?customer=C/1"
    assert "Export or erase this person" not in planner.get(call).content.decode()
    assert (planner.get("/persons/C/1").status_code, planner.post("/persons/export/C/1").status_code) == (
        403,
        403,
    )
    assert 'href="/persons/C/1"' in admin.get(call).content.decode()
    assert (admin.get("/persons/C/9").status_code, admin.get("/persons/export/C/1").status_code) == (404, 405)


def test_all_that_is_kept_is_given_as_a_file(admin: Client) -> None:
    answer = admin.post("/persons/export/C/1")
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        *("application/zip", 'attachment; filename="person.zip"'),
    )
    assert "person.json" in ZipFile(BytesIO(answer.content)).namelist()
    assert Entry.objects.get(what="person.exported").who == "admin"


def test_they_are_erased_once_nothing_stands_against_it_and_it_is_confirmed(admin: Client) -> None:
    page = admin.get("/persons/C/1").content.decode()
    assert ("order A-1 still waits: ship it, or cancel it" in page, "Erase</button>" in page) == (True, False)
    refused = admin.post("/persons/C/1", {"meant": "yes"})
    assert (refused.status_code, Customer.objects.get().name) == (422, "Zed Quill")
    events.cancel_line(line_of("A-1"), 2, cause())
    refused = admin.post("/persons/C/1", {"why": "asked"})
    assert (refused.status_code, "Tick that they are meant" in refused.content.decode()) == (422, True)
    assert Customer.objects.get().name == "Zed Quill"
    assert admin.post("/persons/C/1", {"meant": "yes", "why": "asked by mail"}).status_code == 302
    assert (Customer.objects.get().name, Customer.objects.get().email) == ("[erased]", "")
    entry = Entry.objects.get(what="person.erased")
    assert (entry.who, entry.why) == ("admin", "asked by mail")
    story = admin.get("/orders/A-1").content.decode()
    assert "erased a person: 1 order" in story
