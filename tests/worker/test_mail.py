"""Messages to customers: each goes once, whatever is killed while it goes."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from backorder.allocation import events
from backorder.care.house import write_house
from backorder.care.models import Draft, Message, Notice, NoticeLine
from backorder.care.post.sending import FEW
from backorder.orders.models import Customer
from backorder.orders.services import Buyer, Wanted
from backorder.outbox.services import Cause
from backorder.supply.models import InboundLine
from backorder.supply.services import Expected
from tests.care.letters import HOUSE
from tests.care.post import Box, serve_mail
from tests.supply.shop import item, place
from tests.worker.conftest import Worker

Start = Callable[..., Worker]
ORDERS = 60
SENDING = '[sending]\nmode = "on"\nwait_minutes = 0\nalone = { opening = 1000 }\n'


def open_waiting_shop(orders: int = ORDERS) -> Cause:
    """Let so many customers wait for a lamp that is not there, since an hour; gives who let them."""
    cause = Cause("anna", timezone.now() - timedelta(hours=1))
    write_house(HOUSE.replace('business_classes = ["trade"]', "") + SENDING, cause)
    for number in range(orders):
        buyer = Customer.objects.create(code=f"C-{number}", email=f"c{number}@customers.example")
        wanted = [Wanted("1", item("LAMP"), 1, cause.day)]
        events.place_order(f"A-{number}", wanted, cause, Buyer(buyer))
    return cause


def retry_now() -> None:
    """Let what was begun be tried again at once: nobody waits five minutes for a test."""
    Message.objects.filter(outcome="").update(try_at=timezone.now())


def all_are_told(orders: int = ORDERS) -> bool:
    return Notice.objects.count() == orders


def check_each_once(box: Box, again: int, orders: int = ORDERS) -> None:
    """Each order has one message with one name and one notice; at most so many came twice, with the same name."""
    names = Counter(box.names)
    assert len(names) == orders == Message.objects.filter(outcome="sent").count()
    assert {str(mail["To"]) for mail in box.came} == {
        f"c{number}@customers.example" for number in range(orders)
    }
    assert sum(names.values()) - orders <= again
    assert Notice.objects.values("order").distinct().count() == Notice.objects.count() == orders
    assert not Message.objects.filter(outcome="").exists()


def test_a_worker_that_is_killed_after_a_server_took_a_message_doubles_and_loses_none(
    start_worker: Start,
) -> None:
    open_waiting_shop()
    box, workers = Box(), list[Worker]()

    def kill_now_and_then() -> None:
        time.sleep(0.02)  # each message is marked before the next: no real server is faster
        if len(box.came) in (10, 30):
            workers[-1].process.kill()

    box.after = kill_now_and_then
    with serve_mail(box) as url:
        for killed in (10, 30):
            workers.append(start_worker(BACKORDER_MAIL=url))
            workers[-1].process.wait(120)
            assert len(box.came) == killed
            retry_now()
        workers.append(start_worker(BACKORDER_MAIL=url))
        workers[-1].wait_until(all_are_told)
    check_each_once(box, again=2)
    assert max(Counter(box.names).values()) <= 2


def test_a_mail_server_that_goes_in_the_middle_loses_no_message(start_worker: Start) -> None:
    open_waiting_shop()
    box = Box()
    with serve_mail(box) as url:
        worker = start_worker(BACKORDER_MAIL=url)
        worker.wait_until(lambda: len(box.came) >= 20)
    retry_now()
    with serve_mail(box, int(url.rpartition(":")[2])):
        worker.wait_until(lambda: Notice.objects.count() >= ORDERS - 1)
        Message.objects.filter(outcome="").update(
            try_at=timezone.now()
        )  # nobody waits five minutes for a test
        worker.wait_until(all_are_told)
    check_each_once(box, again=1)
    assert Draft.objects.exclude(order__in=Notice.objects.values("order")).count() == 0


def test_many_promises_that_slip_twice_are_one_message_each_whatever_is_killed(start_worker: Start) -> None:
    orders = 300
    cause = open_waiting_shop(orders)
    coming = Expected("1", item("LAMP"), place("main"), orders, cause.day + timedelta(days=20))
    events.place_inbound("PO-1", [coming], cause)
    for days in (30, 45):
        events.expect(InboundLine.objects.get(), cause.day + timedelta(days=days), "supplier", cause)
    box, workers = Box(), list[Worker]()

    def kill_once() -> None:
        if len(box.came) == 70:
            workers[-1].process.kill()

    box.after = kill_once
    with serve_mail(box) as url:
        workers.append(start_worker(BACKORDER_MAIL=url))
        workers[-1].process.wait(120)
        retry_now()
        workers.append(start_worker(BACKORDER_MAIL=url))
        workers[-1].wait_until(lambda: len(box.came) >= 200)
    retry_now()
    with serve_mail(box, int(url.rpartition(":")[2])):
        workers.append(start_worker(BACKORDER_MAIL=url))
        while not all_are_told(orders):
            retry_now()
            time.sleep(0.5)
    check_each_once(box, again=FEW + 1, orders=orders)
    told = set(NoticeLine.objects.values_list("revised_on", flat=True))
    assert told == {cause.day + timedelta(days=45)}
