"""Orders of one item that come at once are taken in together: one decision, and each of them as if it had come alone."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse

from backorder.allocation import events
from backorder.allocation.acceptance.answer import Answer
from backorder.allocation.acceptance.taking import COUNTER
from backorder.allocation.acceptance.turns import Counter
from backorder.allocation.models import Run
from backorder.allocation.policies.publications import Draft
from backorder.allocation.selectors import find_differences
from backorder.allocation.services import Decision
from backorder.allocation.what_if.publishing import publish_policy
from backorder.api.models import Answer as Kept
from backorder.catalog.locks import lock_items
from backorder.catalog.models import Channel, Substitute
from backorder.console.journal import say_entry
from backorder.console.line_story import Turn as LineTurn
from backorder.console.line_story import say_causes
from backorder.orders.models import Disclosure, Line, Order, Refusal
from backorder.orders.services import Buyer, OrderError, Wanted
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause
from tests.allocation.shop import line_of, standing, stock
from tests.allocation.test_acceptance import ask, rule, split
from tests.api.client import Program, problem
from tests.concurrency.interleaving import run_and_close, somebody_waits
from tests.supply.shop import NOON, TODAY, cause, item

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = 30
FLOOR = '[[guarantee]]\nname = "web"\nwhere = { channel = ["web"] }\nfloor = 3\n'
END_WHO_WAITS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@contextmanager
def queue_up(*acts: Callable[[], object]) -> Iterator[list[Future[object]]]:
    """Let acts come one after another while the item is locked: the first waits for it, the others at the counter."""
    with ThreadPoolExecutor(len(acts)) as pool, transaction.atomic():
        lock_items([item().pk])
        futures = []
        for number, act in enumerate(acts):
            futures.append(pool.submit(run_and_close, act))
            wait_until(partial(stand_there, number + 1))
        wait_until(somebody_waits)
        yield futures


def wait_until(there: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not there():
        assert time.monotonic() < end
        time.sleep(0.002)


def stand_there(many: int) -> bool:
    with COUNTER.changed:
        return sum(map(len, COUNTER.waiting.values())) == many


def raised(futures: list[Future[object]]) -> list[str]:
    return [str(future.exception(SECONDS) or "") for future in futures]


def is_empty() -> bool:
    return (dict(COUNTER.waiting), COUNTER.busy) == ({}, set())


def test_those_who_wait_for_one_item_are_decided_on_once() -> None:
    stock("LAMP", 5)
    ask("A-0", ("LAMP", 1))
    runs = Run.objects.count()
    with queue_up(*(partial(ask, f"A-{number}", ("LAMP", number)) for number in (1, 2, 3))) as futures:
        assert Order.objects.count() == 1
    answers = [future.result(SECONDS) for future in futures]
    assert (Run.objects.count() - runs, Order.objects.count(), Disclosure.objects.count()) == (1, 4, 4)
    assert [standing(f"A-{number}")[:3] for number in range(4)] == [
        (1, 0, 0),
        (1, 0, 0),
        (2, 0, 0),
        (1, 0, 2),
    ]
    for number, answer in enumerate(answers, 1):
        assert isinstance(answer, Answer)
        assert isinstance(answer.decision, Decision)
        assert (answer.number, answer.decision.event.what) == (f"A-{number}", "order.placed")
        assert answer.decision.event.subjects.filter(kind="order", key=f"A-{number}").exists()
        assert [move.line for move in answer.decision.moves] == [
            Line.objects.get(order__number=f"A-{number}").pk
        ]
    assert [split(answer) for answer in answers] == [[(1, 0, 0, "")], [(2, 0, 0, "")], [(1, 2, 0, "")]]  # type: ignore[arg-type]
    decided = Entry.objects.filter(what="plan.decided").latest("pk")
    together = decided.caused_by
    assert together is not None
    assert (together.what, together.who, together.facts) == ("plan.shared", "anna", {"orders": 3})
    assert say_entry(together) == "decided at once on 3 orders that came together"
    assert sorted(together.subjects.filter(kind="order").values_list("key", flat=True)) == [
        "A-1",
        "A-2",
        "A-3",
    ]
    assert (find_differences(), is_empty()) == ([], True)


def test_each_stands_behind_those_before_it_and_what_is_refused_is_told_to_each() -> None:
    rule("none")
    stock("LAMP", 4)
    with queue_up(*(partial(ask, f"A-{number}", ("LAMP", 3)) for number in (1, 2, 3))) as futures:
        pass
    assert [split(future.result(SECONDS)) for future in futures] == [  # type: ignore[arg-type]
        [(3, 0, 0, "")],
        [(1, 0, 2, "NOT_ON_HAND")],
        [(0, 0, 3, "NOT_ON_HAND")],
    ]
    told = Refusal.objects.order_by("pk").values_list("order_number", "quantity", "entry__what")
    assert list(told) == [("A-3", 3, "order.refused"), ("A-2", 2, "order.placed")]
    assert find_differences() == []


def test_whose_number_is_taken_is_told_so_and_keeps_nobody_else() -> None:
    stock("LAMP", 9)
    ask("A-1", ("LAMP", 1))
    numbers = ["A-1", "A-2", "A-3", "A-3"]
    with queue_up(*(partial(ask, number, ("LAMP", 1)) for number in numbers)) as futures:
        pass
    assert sorted(raised(futures)) == [
        "",
        "",
        "there is an order A-1 already",
        "there is an order A-3 already",
    ]
    assert isinstance(futures[0].exception(), OrderError)
    assert sorted(Order.objects.values_list("number", flat=True)) == ["A-1", "A-2", "A-3"]
    assert (find_differences(), is_empty()) == ([], True)


@pytest.mark.parametrize("numbers", [["A-1", "A-1"], ["A-1", "A-2", "A-1"]])
def test_a_number_that_is_asked_twice_at_once_is_one_order_though_the_rest_is_refused(
    numbers: list[str],
) -> None:
    rule("none")
    stock("LAMP", 4)
    whole = Buyer(ship_policy="complete")
    with queue_up(*(partial(ask, number, ("LAMP", 3), buyer=whole) for number in numbers)) as futures:
        pass
    again = sorted(raised(futures[:1] + futures[-1:]))
    assert again in (["", "there is an order A-1 already"], ["", ""])  # "A-2" may have been faster
    assert Order.objects.count() == 1
    for number in Order.objects.values_list("number", flat=True):
        assert not Refusal.objects.filter(order_number=number).exists()
    assert (find_differences(), is_empty()) == ([], True)


def test_whom_the_database_turns_back_keeps_nobody_else() -> None:
    stock("LAMP", 9)

    def place(number: str) -> Answer:
        return events.buy(
            number, [Wanted("1", item(), 1, TODAY)], events.Purchase(cause(), Buyer(), then=wait_too_long)
        )

    def wait_too_long(answer: Answer) -> None:
        if answer.number == "A-2":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 10")
                cursor.execute("SELECT pg_sleep(9)")

    with queue_up(*(partial(place, f"A-{number}") for number in (1, 2, 3))) as futures:
        pass
    assert raised(futures) == ["", "canceling statement due to statement timeout", ""]
    assert sorted(Order.objects.values_list("number", flat=True)) == ["A-1", "A-3"]
    assert is_empty()


def test_who_was_moved_by_orders_that_came_together_is_told_by_which() -> None:
    stock("LAMP", 2)
    ask("B-1", ("LAMP", 2), buyer=Buyer(priority=50))
    rush = Buyer(priority=1)
    with queue_up(*(partial(ask, f"A-{number}", ("LAMP", 1), buyer=rush) for number in (1, 2))) as futures:
        pass
    assert raised(futures) == ["", ""]
    decided = Entry.objects.filter(what="plan.decided").latest("pk")
    turns = {line_of("B-1").pk: [LineTurn(decided)]}
    assert list(say_causes(turns, "B-1").values()) == [
        "anna decided at once on 2 orders that came together (order A-1, order A-2)"
    ]


def test_what_stands_in_for_it_is_told_to_each_as_if_it_had_come_alone() -> None:
    rule("none")
    stock("LAMP", 4)
    stock("BULB", 10)
    Substitute.objects.create(item=item(), substitute=item("BULB"), kind="equivalent")
    with queue_up(
        *(partial(ask, f"A-{number}", ("LAMP", units)) for number, units in ((1, 14), (2, 3)))
    ) as futures:
        pass
    told = [
        [(each.sku, each.quantity) for line in future.result(SECONDS).lines for each in line.alternatives]  # type: ignore[attr-defined]
        for future in futures
    ]
    assert told == [[("BULB", 10)], [("BULB", 3)]]


def test_a_floor_of_one_buyer_takes_nothing_from_another_who_came_before() -> None:
    rule("none")
    stock("LAMP", 4)
    publish_policy(Draft(FLOOR), cause())
    shop, web = (Buyer(channel=Channel.objects.create(code=code)) for code in ("shop", "web"))
    first = partial(ask, "A-1", ("LAMP", 4), buyer=shop)
    with queue_up(first, partial(ask, "A-2", ("LAMP", 3), buyer=web)) as futures:
        pass
    assert [split(future.result(SECONDS)) for future in futures] == [  # type: ignore[arg-type]
        [(4, 0, 0, "")],
        [(0, 0, 3, "NOT_ON_HAND")],
    ]
    assert (find_differences(), is_empty()) == ([], True)


def test_a_refused_number_that_is_taken_is_told_so_too() -> None:
    rule("none")
    stock("LAMP", 1)
    ask("A-1", ("LAMP", 1))
    with queue_up(*(partial(ask, number, ("LAMP", 1)) for number in ("A-1", "A-2"))) as futures:
        pass
    assert raised(futures) == ["there is an order A-1 already", ""]
    assert list(Refusal.objects.values_list("order_number", flat=True)) == ["A-2"]


def test_what_one_cannot_keep_undoes_nobody_elses_order() -> None:
    stock("LAMP", 9)

    def place(number: str, then: Callable[[Answer], object]) -> Answer:
        return events.buy(
            number, [Wanted("1", item(), 1, TODAY)], events.Purchase(cause(), Buyer(), then=then)
        )

    def fail(answer: Answer) -> None:
        raise RuntimeError(answer.number)

    kept: list[str] = []
    acts = [("A-1", lambda answer: kept.append(answer.number)), ("A-2", fail)]
    with queue_up(*(partial(place, number, then) for number, then in acts)) as futures:
        pass
    assert raised(futures) == ["", "A-2"]
    assert (kept[-1], list(Order.objects.values_list("number", flat=True))) == ("A-1", ["A-1"])


def test_whose_connection_is_lost_while_they_wait_leaves_the_turn_to_the_next() -> None:
    stock("LAMP", 9)
    with queue_up(*(partial(ask, f"A-{number}", ("LAMP", 1)) for number in (1, 2))) as futures:
        with connection.cursor() as cursor:
            cursor.execute(END_WHO_WAITS)
        assert isinstance(futures[0].exception(SECONDS), OperationalError)
    assert futures[1].exception(SECONDS) is None
    assert (list(Order.objects.values_list("number", flat=True)), is_empty()) == (["A-2"], True)


def test_where_the_database_is_lost_all_who_were_called_are_told_and_nothing_is_made_twice() -> None:
    stock("LAMP", 9)
    calls: list[str] = []

    def lose(answer: Answer) -> None:
        calls.append(answer.number)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    def place(number: str) -> Answer:
        return events.buy(
            number, [Wanted("1", item(), 1, TODAY)], events.Purchase(cause(), Buyer(), then=lose)
        )

    with queue_up(partial(place, "A-1"), partial(place, "A-2")) as futures:
        pass
    assert [type(future.exception(SECONDS)) for future in futures] == [OperationalError] * 2
    assert (calls, Order.objects.count(), is_empty()) == (["A-1"], 0, True)
    ask("A-1", ("LAMP", 1))
    assert standing("A-1")[:3] == (1, 0, 0)


def test_orders_of_two_days_are_not_decided_together() -> None:
    stock("LAMP", 9)
    later = Cause("anna", NOON.replace(day=NOON.day + 1))
    other = partial(events.place_order, "A-2", [Wanted("1", item(), 1, TODAY)], later)
    with queue_up(partial(ask, "A-1", ("LAMP", 1)), other) as futures:
        pass
    assert (raised(futures), Entry.objects.filter(what="plan.shared").count()) == (["", ""], 0)


def test_programs_that_order_at_once_are_each_answered_once() -> None:
    stock("LAMP", 9)
    program = Program()

    def post(number: str, name: str) -> HttpResponse:
        return program.post(
            "/orders", {"number": number, "lines": [{"sku": "LAMP", "quantity": 1}]}, name=name
        )

    with queue_up(*(partial(post, f"A-{number}", f"n-{number}") for number in (1, 2, 3))) as futures:
        assert problem(post("A-3", "n-3"))["type"] == "/api/v1/docs#in-progress"
    answers: list[HttpResponse] = [future.result(SECONDS) for future in futures]  # type: ignore[misc]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert [answer.json()["order"]["number"] for answer in answers] == ["A-1", "A-2", "A-3"]  # type: ignore[attr-defined]
    assert (Entry.objects.filter(what="plan.shared").count(), Kept.objects.count()) == (1, 3)
    for number, answer in enumerate(answers, 1):
        again = post(f"A-{number}", f"n-{number}")
        assert (again["Idempotent-Replayed"], again.content) == ("true", answer.content)
    assert Line.objects.count() == 3


def test_who_leads_gives_way_whatever_happens() -> None:
    counter: Counter[str, int, int] = Counter()

    def stop(gather: Callable[[], object]) -> list[int]:
        gather()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        counter.take_turn("key", 1, stop)
    with pytest.raises(ZeroDivisionError):
        counter.take_turn("key", 1, lambda _: [1 // 0])
    assert counter.take_turn("key", 1, lambda gather: [one + 1 for one in gather()]) == 2
    assert (dict(counter.waiting), counter.busy) == ({}, set())


def test_who_is_stopped_while_waiting_is_not_served() -> None:
    counter: Counter[str, int, int] = Counter()
    there, go, served = threading.Event(), threading.Event(), list[int]()

    def serve(gather: Callable[[], Sequence[int]]) -> list[int]:
        there.set()
        assert go.wait(SECONDS)
        served.extend(gather())
        return served

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, stop)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(counter.take_turn, "key", 1, serve)
        assert there.wait(SECONDS)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(KeyboardInterrupt):
            counter.take_turn("key", 2, serve)
        go.set()
        assert (first.result(SECONDS), served) == (1, [1])
    signal.signal(signal.SIGALRM, before)
    assert (dict(counter.waiting), counter.busy) == ({}, set())


def test_a_thousand_turns_of_sixteen_are_each_served_once() -> None:
    counter: Counter[int, int, int] = Counter()
    served: list[int] = []
    inside = threading.Semaphore(1)

    def serve(gather: Callable[[], object]) -> list[int]:
        assert inside.acquire(blocking=False)  # one at a time
        asked: list[int] = list(gather())  # type: ignore[call-overload]
        served.extend(asked)
        inside.release()
        if len(asked) > 1 and sum(asked) % 3 == 0:
            raise ValueError
        return [-one for one in asked]

    def alone_too(gather: Callable[[], object]) -> list[int]:
        asked: list[int] = list(gather())  # type: ignore[call-overload]
        return serve(lambda: asked) if len(asked) > 1 else [-one for one in asked]

    with ThreadPoolExecutor(16) as pool:
        numbers = list(range(1, 1_001))
        assert list(pool.map(lambda one: counter.take_turn(0, one, alone_too), numbers)) == [
            -one for one in numbers
        ]
    assert (dict(counter.waiting), counter.busy) == ({}, set())
