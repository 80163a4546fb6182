"""The journal: written with the change, and for good."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from backorder.outbox.models import Entry, Subject
from backorder.outbox.selectors import read_story
from backorder.outbox.services import Cause, write
from tests.supply.shop import NOON, cause

pytestmark = pytest.mark.django_db


def test_an_entry_says_who_when_why_and_what_led_to_it() -> None:
    first = write(
        cause("the truck came"), "inbound.received", [("item", "LAMP"), ("item", "LAMP")], {"quantity": 3}
    )
    second = write(Cause("system", NOON, caused_by=first), "plan.decided", [("item", "LAMP")])
    assert (first.who, first.at, first.why, first.facts) == ("anna", NOON, "the truck came", {"quantity": 3})
    assert second.caused_by == first
    assert list(read_story("item", "LAMP")) == [first, second]
    assert list(read_story("item", "SHADE")) == []


@pytest.mark.parametrize("model", [Entry, Subject])
def test_nobody_changes_or_removes_an_entry(model: type[Entry | Subject]) -> None:
    write(cause(), "stock.count", [("item", "LAMP")])
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        model.objects.update(**{"who": "bert"} if model is Entry else {"key": "SHADE"})
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        model.objects.all()._raw_delete("default")  # noqa: SLF001 - not row by row


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^2026-11-24 12:00:00 has no zone$"):
        Cause("anna", dt.datetime(2026, 11, 24, 12))  # noqa: DTZ001 - that is the fault


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"^an entry is written in the transaction of its change$"):
        write(cause(), "stock.count", [])
