"""Keeps a worker running: through a lost database, and until it is asked to end."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from collections.abc import Callable
from datetime import timedelta

import psycopg
from django.utils import timezone
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status

HEARTBEAT_SECONDS = 2.0
DEAD_AFTER_SECONDS = 10.0
"""A worker that has not been heard of for so long is dead, and its jobs are done again."""
LOOK_SECONDS = 5.0
PAUSES = (1, 2, 4, 8, 15)
"""Seconds between attempts to find the database again; the last one from then on."""
GRACE_SECONDS = 30.0
"""So long a job that runs may go on when the worker is asked to end. What it has not kept by then is undone."""
LOST = (ConnectorException, psycopg.OperationalError)

Say = Callable[[str], None]


class Teller(logging.Handler):
    """Says in one line what the job library logs as an error, as a job that failed, and with what."""

    def __init__(self, say: Say) -> None:
        super().__init__(logging.ERROR)
        self.say = say

    def emit(self, record: logging.LogRecord) -> None:
        """Say it."""
        error = record.exc_info[1] if record.exc_info else None
        told = f": {type(error).__name__}: {error}" if error else ""
        self.say(" ".join(f"{record.getMessage()}{told}".split()))


def run_worker(say: Say) -> None:
    """Work until SIGINT or SIGTERM asks to end; the job that runs is finished first."""
    logger = logging.getLogger("procrastinate")
    logger.propagate = False
    logger.addHandler(Teller(say))
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)  # a lost database is told once, below
    gc.freeze()  # what is loaded stays: it is not searched for garbage each time many rows are read
    asyncio.run(work_until_asked(say))


async def work_until_asked(say: Say) -> None:
    """Run the worker, and run it again when the database was lost."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, ended.set)
    lost = 0
    while not ended.is_set():
        try:
            await work(ended, lambda: say("working; Ctrl-C ends"))
        except LOST as error:
            pause = PAUSES[min(lost, len(PAUSES) - 1)]
            lost += 1
            told = " ".join(str(error.__cause__ or error).split())
            say(f"the database is lost ({told}); trying again in {pause} s")
            await wait(ended, pause)
        else:
            lost = 0
            await wait(ended, PAUSES[0])
    say("ended")


async def work(ended: asyncio.Event, began: Callable[[], None]) -> None:
    """Work with one connection to the database. Raises one of LOST."""
    with app.replace_connector(DjangoConnector().get_worker_connector()) as worker_app:
        async with worker_app.open_async():
            await free_jobs_of_the_dead(worker_app)
            began()
            working = asyncio.create_task(
                worker_app.run_worker_async(
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=GRACE_SECONDS,
                    update_heartbeat_interval=HEARTBEAT_SECONDS,
                    stalled_worker_timeout=DEAD_AFTER_SECONDS,
                    fetch_job_polling_interval=LOOK_SECONDS,
                    delete_jobs="successful",
                )
            )
            looking = asyncio.create_task(keep_freeing(worker_app))
            asked = asyncio.create_task(ended.wait())
            try:
                done, _ = await asyncio.wait({working, looking, asked}, return_when=asyncio.FIRST_COMPLETED)
                for task in done - {asked}:
                    task.result()
            finally:
                for task in (looking, asked, working):
                    task.cancel()
                await asyncio.gather(working, looking, asked, return_exceptions=True)


async def keep_freeing(worker_app: App) -> None:
    """Look now and then for jobs whose worker is dead."""
    while True:
        await asyncio.sleep(DEAD_AFTER_SECONDS)
        await free_jobs_of_the_dead(worker_app)


async def free_jobs_of_the_dead(worker_app: App) -> list[Job]:
    """Let jobs be done again whose worker was killed while it did them; their transactions were undone with it.

    Where the same work waits once more, as work of which no second is needed may, that one does it, and the dead one's is dropped.
    """
    manager = worker_app.job_manager
    jobs = list(await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS))
    for job in jobs:
        try:
            await manager.retry_job(job, retry_at=timezone.now() - timedelta(seconds=1))
        except UniqueViolation:
            await manager.finish_job(job, Status.ABORTED, delete_job=True)
    return jobs


async def wait(ended: asyncio.Event, seconds: float) -> None:
    """Wait so long, or until asked to end."""
    try:
        await asyncio.wait_for(ended.wait(), seconds)
    except TimeoutError:
        return
