"""Work that is put off: written in the transaction of the change that wants it, so that it is done if that is kept, and only then.

Names are those of the tasks in `worker`. A job may be done again after a crash, so what it does has effect once.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

JOBS = JobManager(DjangoConnector())
"""Always on Django's own connection: a worker's app has another one, outside of the transaction."""
Argument = str | int | bool | None


def defer(
    name: str, *, once: str | None = None, at: datetime | None = None, **arguments: Argument
) -> int | None:
    """Put a job off until this transaction is kept; gives its id.

    `once` names work of which no second is needed while one waits: then None is given. `at`: not before.
    """
    if not transaction.get_connection().in_atomic_block:
        message = "a job is put off in the transaction of the change that wants it"
        raise RuntimeError(message)
    deferrer = configure_task(name=name, job_manager=JOBS, queueing_lock=once, schedule_at=at)
    try:
        with transaction.atomic():
            return deferrer.defer(**arguments)
    except AlreadyEnqueued:
        return None


def find_failed_jobs() -> list[ProcrastinateJob]:
    """List the jobs that were tried as often as they may be and failed, the last first."""
    return list(ProcrastinateJob.objects.filter(status="failed").order_by("-id"))


def count_waiting_jobs() -> int:
    """Count the jobs that wait or are being done."""
    return ProcrastinateJob.objects.filter(status__in=("todo", "doing")).count()
