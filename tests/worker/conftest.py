"""A worker in a process of its own, on the database of the tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection

PATIENCE_SECONDS = 120
"""So long a test waits for what must come; a test that fails takes this long, one that passes does not."""


@dataclass
class Worker:
    """A running worker, and what it says."""

    process: subprocess.Popen[bytes]
    said: Path

    def wait_until(self, is_so: Callable[[], object]) -> None:
        """Wait until something is so. Fails if that does not come, or the worker ends first."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            assert time.monotonic() < end, self.said.read_text("utf-8")
            assert self.process.poll() is None, self.said.read_text("utf-8")
            time.sleep(0.05)

    def begin(self) -> None:
        """Wait until it works."""
        self.wait_until(lambda: "working" in self.said.read_text("utf-8"))

    def end(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end; gives its exit code."""
        self.process.send_signal(sign)
        return self.process.wait(PATIENCE_SECONDS)


@pytest.fixture
def start_worker(tmp_path: Path, transactional_db: None) -> Iterator[Callable[..., Worker]]:  # noqa: ARG001 - the worker sees what is kept only
    """Give what starts a worker; whatever runs at the end of the test is killed."""
    workers: list[Worker] = []
    with connection.cursor() as cursor:  # Django empties its own tables only
        cursor.execute(
            "TRUNCATE procrastinate_jobs, procrastinate_periodic_defers, procrastinate_workers CASCADE"
        )

    def start(**more: str) -> Worker:
        settings = connection.settings_dict
        url = f"postgresql://{settings['USER']}@/{settings['NAME']}?host={settings['HOST']}"
        said = tmp_path / f"worker-{len(workers)}.txt"
        with said.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "backorder", "worker"],
                env={**os.environ, "DATABASE_URL": url, **more},
                stdout=out,
                stderr=out,
            )
        workers.append(Worker(process, said))
        return workers[-1]

    yield start
    for worker in workers:
        worker.process.kill()
        worker.process.wait()
