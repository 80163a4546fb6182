"""Shops side by side, each process with a database server of its own, which is killed now and then."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from queue import Empty

from backorder import postgres
from backorder.cli.database import open_or_begin
from backorder.postgres.running import find_postmaster
from tests.simulation.broken import LawBrokenError

MINUTE = 60
MESSAGES_A_KILL = 1_000
"""So many messages are told for each time that workers are killed, and the mail server."""
NO_DISK = ("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
"""Processes are killed, not the machine: what was written is there, whether or not it has come to the disk."""
CLEAR = """
SELECT 'TRUNCATE ' || string_agg(quote_ident(tablename), ', ') || ' RESTART IDENTITY CASCADE' FROM pg_tables
WHERE schemaname = 'public' AND tablename <> 'django_migrations'
"""


@dataclass(frozen=True)
class Soak:
    """What is asked for."""

    seed: int
    length: int
    life: int
    every: int
    jobs: int

    def list_shops(self) -> list[tuple[int, int]]:
        """List the seed and the steps of each shop."""
        starts = range(0, self.length, self.life)
        return [(self.seed + at, min(self.life, self.length - start)) for at, start in enumerate(starts)]


@dataclass(frozen=True)
class Desk:
    """What the processes share: shops to run, what came of each, and how many steps were made."""

    shops: Queue[tuple[int, int] | None]
    found: Queue[Counter[str] | LawBrokenError]
    steps: Synchronized[int]


def run_soak(soak: Soak) -> LawBrokenError | None:
    """Run shops until there are so many steps, tell each minute how far it is, and give what broke first."""
    spawn = multiprocessing.get_context("spawn")
    desk = Desk(spawn.Queue(), spawn.Queue(), spawn.Value("q", 0))
    shops = soak.list_shops()
    jobs = min(soak.jobs, len(shops))
    for shop in [*shops, *[None] * jobs]:
        desk.shops.put(shop)
    with open_folders(jobs) as folders:
        processes = [spawn.Process(target=work, args=(folder, soak.every, desk)) for folder in folders]
        for process in processes:
            process.start()
        try:
            return collect(desk, len(shops), processes)
        finally:
            for process in processes:
                process.terminate()
                process.join()


def collect(desk: Desk, shops: int, processes: Sequence[BaseProcess]) -> LawBrokenError | None:
    """Wait for so many shops, or for the first that is broken, which is given."""
    begin, done = time.monotonic(), Counter[str]()
    while shops:
        try:
            found = desk.found.get(timeout=MINUTE)
        except Empty:
            if any(process.exitcode for process in processes):
                message = "a process ended; its traceback is above"
                raise RuntimeError(message) from None
        else:
            if isinstance(found, LawBrokenError):
                return found
            shops, done = shops - 1, done + found
        tell(f"{desk.steps.value:,} steps", desk.steps.value, begin)
    print("done", dict(done.most_common()))  # noqa: T201 - what one runs it for
    return None


def work(data: Path, every: int, desk: Desk) -> None:
    """Run one shop after another over a server of this process."""
    open_server(data)
    from tests.crash.killing import start_program  # noqa: PLC0415 - needs the settings
    from tests.simulation.operator import Operator  # noqa: PLC0415
    from tests.simulation.shop import open_shop  # noqa: PLC0415

    def count() -> None:
        with desk.steps.get_lock():
            desk.steps.value += 1

    with start_program() as program:
        while shop := desk.shops.get():
            seed, length = shop
            clear()
            open_shop()
            operator = Operator(seed)
            operator.restart, operator.kill, operator.count = kill_server(data), program.run, count
            try:
                operator.run(length, every)
            except LawBrokenError as error:
                desk.found.put(error)
                return
            desk.found.put(operator.done)


def open_server(data: Path) -> None:
    """Start a server that does not wait for the disk."""
    open_or_begin(data)
    from django.db import connection  # noqa: PLC0415 - needs the settings

    for statement in NO_DISK:
        with connection.cursor() as cursor:
            cursor.execute(statement)


def kill_server(data: Path) -> Callable[[], None]:
    """Kill the server as if the machine had gone down, and start it again."""

    def kill() -> None:
        from django.db import connection  # noqa: PLC0415 - needs the settings

        running = find_postmaster(data)
        assert running is not None
        os.kill(running.pid, signal.SIGKILL)
        connection.close()
        postgres.start(data)

    return kill


def clear() -> None:
    """Empty every table."""
    from django.db import connection  # noqa: PLC0415 - needs the settings

    with connection.cursor() as cursor:
        cursor.execute(CLEAR)
        cursor.execute(cursor.fetchall()[0][0])


@contextmanager
def open_folders(count: int) -> Iterator[list[Path]]:
    """Make folders for servers; in the end stop them and remove all."""
    top = Path(tempfile.mkdtemp(prefix="backorder-simulation-"))
    top.chmod(0o755)  # root's server runs as another user, who must come to it
    folders = [top / str(number) for number in range(count)]
    try:
        yield folders
    finally:
        for folder in folders:
            if find_postmaster(folder) is not None:
                postgres.start(folder).stop()
        shutil.rmtree(top)


def run_writers(seed: int, writers: int, seconds: int) -> LawBrokenError | None:
    """Let many operators work in one shop for so long, and give what broke."""
    with open_folders(1) as (folder,):
        open_server(folder)
        from tests.simulation.many import run_side_by_side  # noqa: PLC0415 - needs the settings
        from tests.simulation.operator import Operator  # noqa: PLC0415
        from tests.simulation.shop import open_shop  # noqa: PLC0415

        open_shop()
        begin, auditor = time.monotonic(), Operator(seed, "auditor")
        try:
            for half, letter in enumerate("vw", 1):
                goes_on = partial(is_before, begin + half * seconds / 2)
                auditor.follow(run_side_by_side(seed + half, writers, goes_on, letter, auditor.now))
                auditor.check()  # the second time what the first half wrote must still be there
        except LawBrokenError as error:
            return error
        tell(f"{writers} writers, {auditor.number:,} steps", auditor.number, begin)
        print("done", dict(auditor.done.most_common()))  # noqa: T201 - what one runs it for
        print("refused", dict(auditor.refused.most_common()))  # noqa: T201 - as above
    return None


def run_messages(seed: int, messages: int) -> LawBrokenError | None:
    """Let so many promises change in one run, tell everybody while workers and mail server are killed, and give what broke."""
    with open_folders(1) as (folder,):
        open_server(folder)
        from tests.simulation.messages import Slip, tell_all  # noqa: PLC0415 - needs the settings

        begin = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="backorder-messages-") as said:
            try:
                counted = tell_all(Slip(seed, messages, max(1, messages // MESSAGES_A_KILL)), Path(said))
            except LawBrokenError as error:
                return error
        tell(f"{messages:,} promises told", messages, begin)
        print("done", counted)  # noqa: T201 - what one runs it for
    return None


def is_before(end: float, _operator: object) -> bool:
    """Tell whether it is not that late yet."""
    return time.monotonic() < end


def tell(what: str, steps: int, begin: float) -> None:
    """Tell how far it is."""
    rate = steps / (time.monotonic() - begin)
    print(f"{time.strftime('%H:%M:%S')} {what}, {rate:.1f} a second", flush=True)  # noqa: T201 - what one runs it for
