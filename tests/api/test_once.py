"""The same request twice: one change, the same answer."""

from __future__ import annotations

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.http import HttpResponse

from backorder.access.models import Key
from backorder.api.answers import Asked, answer_once, claim, make_and_keep
from backorder.api.models import Answer
from backorder.orders.models import Line, Order
from backorder.orders.services import Wanted, place
from backorder.outbox.models import Entry
from backorder.supply.models import InboundLine
from tests.api.client import Program, problem
from tests.supply.shop import NOON, cause, item, on_hand, on_the_way

ORDER = {"number": "A-1", "lines": [{"sku": "LAMP", "quantity": 2}]}


@pytest.mark.django_db
def test_the_same_request_is_answered_the_same_and_changes_once() -> None:
    item()
    program = Program()
    first = program.post("/orders", ORDER, name="once")
    entries = Entry.objects.count()
    again = program.post("/orders", b'{"lines":[{"quantity":2,"sku":"LAMP"}], "number":"A-1"}', name="once")
    assert (again.status_code, again.content, again["Location"]) == (201, first.content, "/api/v1/orders/A-1")
    assert ("Idempotent-Replayed" in first, again["Idempotent-Replayed"]) == (False, "true")
    assert (Order.objects.count(), Entry.objects.count()) == (1, entries)


@pytest.mark.django_db
def test_a_receipt_sent_twice_comes_in_once() -> None:
    on_the_way(100)
    program = Program()
    for _ in range(3):
        assert program.post("/inbound/PO-1/lines/1/receipts", {"quantity": 30}, name="r-1").status_code == 200
    assert (on_hand(), InboundLine.objects.get().remaining) == (30, 70)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/inbound/PO-1/lines/1/receipts", {"quantity": 31}),
        ("/inbound/PO-1/lines/1/cancellations", {"quantity": 30}),
    ],
)
def test_another_request_of_the_same_name_is_refused(path: str, body: dict[str, int]) -> None:
    on_the_way(100)
    program = Program()
    assert program.post("/inbound/PO-1/lines/1/receipts", {"quantity": 30}, name="r-1").status_code == 200
    told = problem(program.post(path, body, name="r-1"))
    assert (told["status"], told["type"]) == (422, "/api/v1/docs#other-request")
    assert (on_hand(), InboundLine.objects.get().remaining) == (30, 70)


@pytest.mark.django_db
def test_names_are_those_of_one_key() -> None:
    on_the_way(100)
    for _ in range(2):
        Program().post("/inbound/PO-1/lines/1/receipts", {"quantity": 30}, name="r-1")
    assert on_hand() == 60


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", "a b", "é", "x" * 201])
def test_a_change_needs_a_name_that_can_be_read(name: str) -> None:
    item()
    program = Program()
    headers = program.headers(**({"Idempotency_Key": name} if name else {}))
    answer = program.client.post(
        "/api/v1/orders", json.dumps(ORDER), content_type="application/json", headers=headers
    )
    told = problem(answer)  # type: ignore[arg-type]
    assert (told["status"], [fault["at"] for fault in told["errors"]]) == (400, ["Idempotency-Key"])
    assert Order.objects.count() == 0


@pytest.mark.django_db
def test_a_refusal_is_not_kept_so_that_the_request_may_be_tried_again() -> None:
    on_the_way(10)
    program = Program()
    missing = {"sku": "LAMP", "location": "main", "quantity": -5, "why": "broken"}
    assert program.post("/stock/adjustments", missing, name="m-1").status_code == 409
    assert Answer.objects.count() == 0
    program.change("/inbound/PO-1/lines/1/receipts", {"quantity": 10})
    assert program.post("/stock/adjustments", missing, name="m-1").status_code == 200
    assert program.post("/stock/adjustments", missing, name="m-1").status_code == 200
    assert on_hand() == 5


@pytest.mark.django_db
def test_a_name_is_free_again_after_14_days() -> None:
    on_the_way(100)
    program = Program()
    program.post("/inbound/PO-1/lines/1/receipts", {"quantity": 30}, name="r-1")
    program.post("/inbound/PO-1/lines/1/receipts", {"quantity": 1}, name="r-2")
    Answer.objects.filter(name="r-1").update(at=NOON - dt.timedelta(days=14))
    again = program.post("/inbound/PO-1/lines/1/receipts", {"quantity": 20}, name="r-1")
    assert (again.status_code, on_hand()) == (200, 51)
    Answer.objects.update(at=NOON - dt.timedelta(days=14))
    program.post("/inbound/PO-1/lines/1/receipts", {"quantity": 1}, name="r-3")
    assert [answer.name for answer in Answer.objects.all()] == ["r-3"]


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_fails_leaves_neither_change_nor_answer() -> None:
    Program()
    asked = Asked(Key.objects.get(), "n-1", b"x", NOON)

    def fail() -> HttpResponse:
        item("LAMP")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        answer_once(asked, partial(make_and_keep, fail))
    assert (Answer.objects.count(), Line.objects.count()) == (0, 0)
    assert answer_once(asked, partial(make_and_keep, lambda: HttpResponse(b"{}"))).content == b"{}"
    assert Answer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_request_that_is_being_answered_is_told_to_wait() -> None:
    on_the_way(100)
    program = Program()
    asked = Asked(Key.objects.get(), "r-1", b"x", NOON)

    def post() -> HttpResponse:
        try:
            return program.post("/inbound/PO-1/lines/1/receipts", {"quantity": 30}, name="r-1")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, claim(asked):
        told = problem(pool.submit(post).result())
    assert (told["status"], told["type"]) == (409, "/api/v1/docs#in-progress")
    assert on_hand() == 0
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(post).result().status_code == 200
    assert on_hand() == 30


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_change() -> None:
    on_the_way(100)
    program, count = Program(), 8
    barrier = Barrier(count)

    def post(_: int) -> HttpResponse:
        try:
            barrier.wait()
            return program.post("/inbound/PO-1/lines/1/receipts", {"quantity": 30}, name="r-1")
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        answers = list(pool.map(post, range(count)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    given = {answer.content for answer in answers if answer.status_code == 200}
    assert len(given) == 1
    waiting = {problem(answer)["type"] for answer in answers if answer.status_code == 409}
    assert waiting <= {"/api/v1/docs#in-progress"}
    assert (on_hand(), Answer.objects.count()) == (30, 1)


@pytest.mark.django_db(transaction=True)
def test_an_order_that_somebody_else_places_at_the_same_moment_is_refused() -> None:
    item("LAMP")
    program = Program()

    def post() -> HttpResponse:
        try:
            return program.post("/orders", ORDER)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            place("A-1", [Wanted("1", item("SHADE"), 1, NOON.date())], cause())
            answer = pool.submit(post)  # waits for the number, unless it comes later still
        told = problem(answer.result())
    assert (told["status"], told["type"]) == (409, "/api/v1/docs#refused")
    assert [line.item.sku for line in Line.objects.all()] == ["SHADE"]
