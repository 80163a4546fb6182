"""Many promises change in one run, and each customer hears of it once, whatever is killed while it is told.

Mail has one case that nobody can tell (RFC 1047): the server took a message, and whoever sent it, or the server, died
before that was heard or noted. Such a message is sent again under the same name, so that none is lost; here they are counted.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from django.db import connection, transaction
from django.utils import timezone

from backorder.allocation.services import decide_all, plan_all
from backorder.care.house import write_house
from backorder.care.models import Message, Notice, NoticeLine
from backorder.care.post.sending import FEW
from backorder.catalog.locks import lock_all_items
from backorder.catalog.models import Item, Location
from backorder.orders.models import Customer, Disclosure, Line, Order
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause
from backorder.supply import services as supply
from backorder.supply.models import InboundLine, InboundOrder
from tests.architecture import tree
from tests.crash.killing import name_database
from tests.simulation.broken import LawBrokenError

ITEMS, WORKERS = 5, 2
FIRST, LATER = timedelta(days=20), timedelta(days=40)
"""When the deliveries come, as was promised and as they slipped."""
HOUSE = """
[seller]
place = "US-OR"

[letters]
name = "The lamp shop"
mail = "help@lamps.example"

[sending]
mode = "on"
wait_minutes = 0
alone = {{ later = {orders} }}
"""
AT_ONCE = 2_000
STILL_SECONDS, PATIENCE_SECONDS = 3, 300
"""So long nothing comes before what waits for its next try is tried; and before somebody says that nothing comes any more."""
CRASHED = "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"


@dataclass(frozen=True)
class Slip:
    """What is asked for."""

    seed: int
    orders: int
    kills: int  # of workers, and as many of the mail server


@dataclass
class Post:
    """Workers and a mail server, each a process of its own."""

    folder: Path
    port: int
    server: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def file(self) -> Path:
        """Where the mail server writes what it took."""
        return self.folder / "came.txt"

    def list_came(self) -> list[tuple[str, str]]:
        """List what the server took: the name of each message, and to whom it goes."""
        told = self.file.read_text("utf-8").splitlines()
        return [(name, to) for name, _, to in (line.partition(" ") for line in told)]

    def count_came(self) -> int:
        """Count what the server took."""
        return self.file.read_bytes().count(b"\n")

    def start(self) -> None:
        """Start what does not run."""
        if self.server is None:
            command = [sys.executable, "-m", "tests.simulation.mail_server", str(self.port), str(self.file)]
            self.server = subprocess.Popen(command, cwd=tree.ROOT)
        address = {"DATABASE_URL": name_database(), "BACKORDER_MAIL": f"smtp://127.0.0.1:{self.port}"}
        while len(self.workers) < WORKERS:
            with (self.folder / "workers.txt").open("ab") as said:
                command = [sys.executable, "-m", "backorder", "worker"]
                process = subprocess.Popen(command, env={**os.environ, **address}, stdout=said, stderr=said)
            self.workers.append(process)

    def kill_server(self) -> None:
        """Kill the mail server."""
        if self.server is not None:
            self.server.kill()
            self.server.wait()
            self.server = None

    def kill_workers(self) -> None:
        """Kill all workers at once, and let the others know: nobody waits until their silence is noticed."""
        for worker in self.workers:
            worker.kill()
            worker.wait()
        self.workers.clear()
        with connection.cursor() as cursor:
            cursor.execute(CRASHED)


def open_shop(orders: int) -> date:
    """Let customers wait for a few items, each told by when they come; then all deliveries slip in one run. Gives the new day."""
    now = timezone.now() - timedelta(hours=1)
    cause = Cause("anna", now)
    write_house(HOUSE.format(orders=orders), cause)
    items = Item.objects.bulk_create(Item(sku=f"LAMP-{number}") for number in range(ITEMS))
    place = Location.objects.create(code="main")
    coming = InboundOrder.objects.create(number="PO-1", placed_on=cause.day)
    inbound = InboundLine.objects.bulk_create(
        InboundLine(
            order=coming,
            number=item.sku,
            item=item,
            location=place,
            quantity_ordered=orders,
            expected_on=cause.day + FIRST,
        )
        for item in items
    )
    lines = place_orders(orders, items, now, cause.day)
    plan_all(cause)
    entry = Entry.objects.earliest("id")
    told = [
        Disclosure(
            line=line,
            at=now,
            entry=entry,
            shown=True,
            quantity_now=0,
            quantity_later=1,
            promised_on=cause.day + FIRST,
        )
        for line in lines
    ]
    Disclosure.objects.bulk_create(told, batch_size=AT_ONCE)
    with transaction.atomic():
        locked = lock_all_items()
        news = supply.expect_many(dict.fromkeys(inbound, cause.day + LATER), "supplier", cause)
        decide_all(locked, news[-1])
    return cause.day + LATER


def place_orders(orders: int, items: list[Item], at: datetime, day: date) -> list[Line]:
    """Write orders of one unit each, as they were taken before."""
    people = [Customer(code=f"C-{row}", email=name_customer(row)) for row in range(orders)]
    Customer.objects.bulk_create(people, batch_size=AT_ONCE)
    placed = [
        Order(number=f"A-{row}", customer=buyer, ordered_at=at, ordered_on=day)
        for row, buyer in enumerate(people)
    ]
    Order.objects.bulk_create(placed, batch_size=AT_ONCE)
    lines = [
        Line(order=order, number="1", item=items[row % ITEMS], quantity_ordered=1, requested_on=day)
        for row, order in enumerate(placed)
    ]
    return Line.objects.bulk_create(lines, batch_size=AT_ONCE)


def name_customer(row: int) -> str:
    """Give the address of a customer."""
    return f"c{row}@customers.example"


def tell_all(slip: Slip, folder: Path) -> dict[str, int]:
    """Let promises slip, tell everybody, and kill on the way; gives what was counted. Raises LawBrokenError."""
    day = open_shop(slip.orders)
    changed = Line.objects.filter(promised_on=day).count()
    if changed != slip.orders:
        message = f"{changed:,} promises changed in one run, not {slip.orders:,}"
        raise LawBrokenError(message, slip.seed, 0)
    post = Post(folder, find_port())
    post.file.touch()
    try:
        work_through(slip, post)
    finally:
        post.kill_server()
        post.kill_workers()
    return look_at(slip, post, day)


def find_port() -> int:
    """Find a port that is free."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def work_through(slip: Slip, post: Post) -> None:
    """Run workers and mail server until all is told, and kill one or the other now and then. Raises LawBrokenError."""
    chance = Random(slip.seed)  # noqa: S311 - the same moments each time
    moments = plan_kills(slip)
    before, moved_at = -1, time.monotonic()
    while (noted := Notice.objects.count()) < slip.orders or moments:
        post.start()
        came = post.count_came()
        if moments and Message.objects.count() + came >= moments[0][0]:
            time.sleep(chance.random() / 20)
            _, kill = moments.pop(0)
            getattr(post, kill)()
            retry_now()
        if came + noted != before:
            before, moved_at = came + noted, time.monotonic()
        still = time.monotonic() - moved_at
        if still > STILL_SECONDS:
            retry_now()
        if still > PATIENCE_SECONDS:
            message = f"{noted:,} of {slip.orders:,} were told, and nothing comes any more"
            raise LawBrokenError(message, slip.seed, came)
        time.sleep(0.02)


def plan_kills(slip: Slip) -> list[tuple[int, str]]:
    """Say after how many messages, written or taken by the server, who is killed: the same for the same seed."""
    chance = Random(slip.seed)  # noqa: S311 - as above
    kills = ["kill_workers", "kill_server"] * slip.kills
    chance.shuffle(kills)
    return list(zip(sorted(chance.sample(range(2 * slip.orders - 1), len(kills))), kills, strict=True))


def retry_now() -> None:
    """Let what was begun be tried again at once: nobody waits five minutes here."""
    with transaction.atomic():
        waiting = Message.objects.filter(outcome="", try_at__gt=timezone.now())
        keys = list(waiting.select_for_update(skip_locked=True).values_list("pk", flat=True))
        Message.objects.filter(pk__in=keys).update(try_at=timezone.now())


def look_at(slip: Slip, post: Post, day: date) -> dict[str, int]:
    """Count what came. Raises LawBrokenError if a customer got no message or two different ones, or more came again than may."""
    came = post.list_came()
    names = Counter(name for name, _ in came)
    each = Counter(to for _, to in set(came))
    orders = slip.orders
    sent = Message.objects.filter(outcome="sent").count()
    heard = NoticeLine.objects.filter(revised_on=day).values("line").distinct().count()
    counted = {
        "orders": orders,
        "came": len(came),
        "lost": orders - len(each),
        "doubled": sum(number - 1 for number in each.values()),
        "again_with_the_same_name": len(came) - len(names),
        "killed": 2 * slip.kills,
    }
    most = slip.kills * (FEW + 2)
    right = (
        each == Counter(name_customer(row) for row in range(orders))
        and (Message.objects.count(), sent, Notice.objects.count(), heard) == (orders,) * 4
        and counted["again_with_the_same_name"] <= most
    )
    if not right:
        message = f"{counted}, {sent:,} noted as sent, {heard:,} notices of the day, again at most {most}"
        raise LawBrokenError(message, slip.seed, len(came))
    return counted
