"""The worker: done once in effect, whatever is killed or lost, and ended cleanly."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from backorder.allocation.models import Run
from backorder.outbox.jobs import count_waiting_jobs, defer, find_failed_jobs
from backorder.outbox.models import Entry
from tests.allocation.shop import buy, order_in, stock
from tests.concurrency.interleaving import WAITS
from tests.worker.conftest import Worker

Start = Callable[[], Worker]


def has_passed() -> bool:
    return Entry.objects.filter(what="day.passed").exists()


@pytest.mark.django_db
def test_a_job_is_kept_with_the_change_that_wants_it_or_not_at_all() -> None:
    with transaction.atomic():
        assert defer("pass_day", timestamp=0) is not None
        transaction.set_rollback(True)
    assert count_waiting_jobs() == 0
    with transaction.atomic():
        assert defer("pass_day", once="day", timestamp=0) is not None
        assert defer("pass_day", once="day", timestamp=0) is None
        stock("LAMP", 1)
    assert (count_waiting_jobs(), ProcrastinateJob.objects.get().args) == (1, {"timestamp": 0})


@pytest.mark.django_db(transaction=True)
def test_a_job_outside_of_a_change_is_refused() -> None:
    with pytest.raises(RuntimeError, match="in the transaction of the change"):
        defer("pass_day", timestamp=0)


def test_a_worker_passes_the_day_and_ends_when_asked(start_worker: Start) -> None:
    order_in("LAMP", 4, "PO-1", days=1)
    buy("A-1", ("LAMP", 4))
    worker = start_worker()
    worker.wait_until(has_passed)
    assert worker.end(signal.SIGINT) == 0
    assert worker.said.read_text("utf-8").splitlines() == ["working; Ctrl-C ends", "ended"]
    assert Run.objects.filter(whole=True).count() == 1


def test_what_a_killed_worker_had_begun_is_done_once(start_worker: Start) -> None:
    stock("LAMP", 4)
    buy("A-1", ("LAMP", 4))
    worker = start_worker()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM catalog_item FOR UPDATE")
        worker.wait_until(is_waiting_for_a_lock)
        worker.end(signal.SIGKILL)
    assert not has_passed()
    assert ProcrastinateJob.objects.filter(task_name="pass_day", status="doing").count() == 1
    other = start_worker()
    other.wait_until(lambda: has_passed() and not count_waiting_jobs())
    assert other.end() == 0
    assert Entry.objects.filter(what="day.passed").count() == 1
    assert Run.objects.filter(whole=True).count() == 1
    assert find_failed_jobs() == []


def is_waiting_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITS)
        return cursor.fetchone() is not None


def test_a_worker_finds_a_lost_database_again(start_worker: Start) -> None:
    worker = start_worker()
    worker.wait_until(lambda: has_passed() and not count_waiting_jobs())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    with transaction.atomic():
        defer("drop_old_facts", timestamp=0)
    worker.wait_until(lambda: not count_waiting_jobs())
    assert worker.end() == 0
    assert find_failed_jobs() == []


def test_a_job_that_cannot_be_done_is_found(start_worker: Start) -> None:
    with transaction.atomic():
        defer("fly_to_the_moon", seats=2)
    worker = start_worker()
    worker.wait_until(find_failed_jobs)
    assert worker.end() == 0
    failed = find_failed_jobs()
    assert [(job.task_name, job.args) for job in failed] == [("fly_to_the_moon", {"seats": 2})]
    assert "fly_to_the_moon" in worker.said.read_text("utf-8")


def test_what_a_killed_worker_had_begun_holds_up_nobody_though_it_waits_once_more(
    start_worker: Start,
) -> None:
    stock("LAMP", 4)
    buy("A-1", ("LAMP", 4))
    worker = start_worker()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM catalog_item FOR UPDATE")
        worker.wait_until(is_waiting_for_a_lock)
        worker.end(signal.SIGKILL)
    begun = ProcrastinateJob.objects.get(task_name="pass_day", status="doing")
    with transaction.atomic():
        assert defer("pass_day", once="pass_day", timestamp=begun.args["timestamp"]) is not None
    with connection.cursor() as cursor:  # the machine is away for a minute, and comes back
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
    other = start_worker()
    other.wait_until(lambda: has_passed() and not count_waiting_jobs())
    assert other.end() == 0
    assert Entry.objects.filter(what="day.passed").count() == 1
