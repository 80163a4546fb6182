"""Sending one message for each of many promises that changed ÷ the same messages over one bare SMTP connection, in turn."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import re
import smtplib
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

from measure.clock import read_arguments, report, time_once
from measure.database import NOW, copy_rows, open_database

NAME = re.compile(rb"^Message-ID: (\S+)", re.MULTILINE)
FIRST, LATER = 20, 40
"""Days until the delivery comes, as it was promised and as it slipped."""
HOUSE = """
[seller]
place = "US-OR"

[letters]
name = "The lamp shop"
mail = "help@lamps.example"

[sending]
mode = "on"
wait_minutes = 0
alone = {{ later = {messages} }}
"""
PATIENCE = timedelta(hours=1)
WRITTEN, SENT = NOW + timedelta(minutes=10), NOW + timedelta(minutes=40)
"""When what there is to tell is written, after all was looked at; and sent, after all was written."""
Columns = dict[str, Sequence[object]]


class Server:
    """A mail server in a process of its own, which shares no time of ours."""

    def __init__(self) -> None:
        """Start it."""
        self.pipe, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
        self.process.start()
        self.port: int = self.pipe.recv()

    def take_names(self) -> list[bytes]:
        """Give the names of the messages that came since this was asked last."""
        self.pipe.send("names")
        names: list[bytes] = self.pipe.recv()
        return names


class Box:
    """Takes every message, and keeps its name."""

    def __init__(self) -> None:
        """Begin without one."""
        self.names: list[bytes] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802, ANN401 - as aiosmtpd calls it
        """Take a message."""
        found = NAME.search(envelope.content)
        self.names.append(found[1] if found else b"")
        return "250 OK"


def serve(pipe: Connection) -> None:
    """Take mail, and tell the names of what came whenever somebody asks."""
    asyncio.run(take_mail(pipe))


async def take_mail(pipe: Connection) -> None:
    """Take mail until nobody asks any more."""
    from aiosmtpd.smtp import SMTP  # noqa: PLC0415 - in the process of the server only

    box, loop, over = Box(), asyncio.get_running_loop(), asyncio.Event()

    def answer() -> None:
        try:
            pipe.recv()
        except EOFError:
            over.set()
            return
        pipe.send(box.names)
        box.names = []

    server = await loop.create_server(lambda: SMTP(box), "127.0.0.1", 0)
    loop.add_reader(pipe.fileno(), answer)
    pipe.send(server.sockets[0].getsockname()[1])
    await over.wait()


def open_shop(orders: int) -> None:
    """Let customers wait for one item, each told by when it comes; then its delivery slips."""
    from backorder.allocation import events  # noqa: PLC0415 - needs a database
    from backorder.allocation.services import plan_all  # noqa: PLC0415
    from backorder.care.house import write_house  # noqa: PLC0415
    from backorder.catalog.models import Item, Location  # noqa: PLC0415
    from backorder.orders.models import Customer, Disclosure, Line, Order  # noqa: PLC0415
    from backorder.outbox.models import Entry  # noqa: PLC0415
    from backorder.outbox.services import Cause  # noqa: PLC0415
    from backorder.supply.models import InboundLine, InboundOrder  # noqa: PLC0415

    cause, day, rows = Cause("bench", NOW - timedelta(hours=1)), NOW.date(), range(orders)
    write_house(HOUSE.format(messages=orders), cause)
    item, place = Item.objects.create(sku="LAMP"), Location.objects.create(code="main")
    people: Columns = {"code": [f"C-{row}" for row in rows], "name": [f"Customer {row}" for row in rows]}
    copy_rows(Customer, people | {"email": [f"c{row}@customers.example" for row in rows]})
    kept: Columns = {"ordered_at": [cause.at] * orders, "ordered_on": [day] * orders}
    copy_rows(
        Order, kept | {"number": [f"A-{row}" for row in rows], "customer_id": [row + 1 for row in rows]}
    )
    lines: Columns = {
        "order_id": [row + 1 for row in rows],
        "number": ["1"] * orders,
        "item_id": [item.pk] * orders,
    }
    copy_rows(Line, lines | {"quantity_ordered": [1] * orders, "requested_on": [day] * orders})
    coming = InboundLine.objects.create(
        order=InboundOrder.objects.create(number="P-1", placed_on=day),
        number="1",
        item=item,
        location=place,
        quantity_ordered=orders,
        expected_on=day + timedelta(days=FIRST),
    )
    plan_all(cause)
    told: Columns = {
        "line_id": [row + 1 for row in rows],
        "quantity_now": [0] * orders,
        "shown": [True] * orders,
    }
    told |= {"quantity_later": [1] * orders, "promised_on": [coming.expected_on] * orders}
    copy_rows(
        Disclosure, told | {"at": [cause.at] * orders, "entry_id": [Entry.objects.earliest("id").pk] * orders}
    )
    events.expect(coming, day + timedelta(days=LATER), "supplier", cause)


def wait_in_parts(parts: int) -> list[list[tuple[str, str, bytes]]]:
    """Let messages go in parts, each a minute after the one before; gives of each who sends what to whom, as it will be sent."""
    from backorder.care.models import Message  # noqa: PLC0415 - needs a database

    messages = list(Message.objects.order_by("id"))
    found = []
    for part in range(parts):
        mine = messages[part::parts]
        at = SENT + timedelta(minutes=part)
        Message.objects.filter(pk__in=[each.pk for each in mine]).update(try_at=at)
        found.append([("help@lamps.example", each.to, bytes(each.mail)) for each in mine])
    return found


def send_bare(port: int, messages: list[tuple[str, str, bytes]]) -> None:
    """Send messages over one connection."""
    with smtplib.SMTP("127.0.0.1", port) as server:
        for sender, to, message in messages:
            server.sendmail(sender, [to], message)


def start_clock(at: datetime) -> Callable[[], datetime]:
    """Give a clock that shows an instant now, and goes."""
    began = time.perf_counter()
    return lambda: at + timedelta(seconds=time.perf_counter() - began)


def measure(orders: int, runs: int, server: Server) -> None:
    """Look who must be told, write it, and send it in parts, each after the same by a bare connection."""
    from backorder.care.models import Message, Notice  # noqa: PLC0415 - needs a database
    from backorder.care.post.alone import send_alone  # noqa: PLC0415
    from backorder.care.post.lookout import look_out  # noqa: PLC0415
    from backorder.care.post.sending import send_messages  # noqa: PLC0415

    open_shop(orders)
    looking = time_once(lambda: look_out(start_clock(NOW), PATIENCE))
    writing = time_once(lambda: send_alone(start_clock(WRITTEN), PATIENCE))
    parts = wait_in_parts(runs)
    gc.freeze()  # as the worker does
    rounds, came = list[tuple[float, float]](), Counter[bytes]()
    for number, part in enumerate(parts):
        bare = time_once(partial(send_bare, server.port, part))
        server.take_names()
        clock = start_clock(SENT + timedelta(minutes=number))
        ours = time_once(partial(send_messages, clock, PATIENCE))
        came.update(server.take_names())
        rounds.append((ours / len(part), bare / len(part)))
    seconds, bare = (statistics.median(column) for column in zip(*rounds, strict=True))
    report(
        "send_messages",
        0.5,
        ratio=bare / seconds,
        messages=orders,
        lost=orders - min(len(came), Notice.objects.count(), Message.objects.filter(outcome="sent").count()),
        doubled=came.total() - len(came),
        per_second=1 / seconds,
        bare_per_second=1 / bare,
        looking_seconds_each=looking / orders,
        writing_seconds_each=writing / orders,
    )


def main() -> None:
    """Measure in a shop with so many orders."""
    given = read_arguments(__doc__ or "", lines=2_000)
    server = Server()
    os.environ["BACKORDER_MAIL"] = f"smtp://127.0.0.1:{server.port}"
    with open_database():
        measure(given.lines, given.runs, server)


if __name__ == "__main__":
    main()
