"""Placing orders over HTTP: eight clients at once, each order of two lines, in a shop of 100,000 open lines."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np

from measure.clock import read_arguments, report
from measure.database import NOW, fill, open_database
from measure.facts import Size

CLIENTS = 8
ORDERS = 40
"""Of each client."""


def order(client: httpx.Client, chance: random.Random, number: str, items: int) -> float:
    """Place one order; gives the seconds until it is answered."""
    lines = [{"sku": f"I-{item}", "quantity": 1} for item in chance.sample(range(items), 2)]
    began = time.perf_counter()
    answer = client.post(
        "/api/v1/orders", json={"number": number, "lines": lines}, headers={"Idempotency-Key": number}
    )
    seconds = time.perf_counter() - began
    answer.raise_for_status()
    return seconds


def shop(base: str, secret: str, name: str, items: int, orders: int) -> list[float]:
    """Place orders one after another; the first does not count."""
    chance = random.Random(name)  # noqa: S311 - which items does not matter
    headers = {"Authorization": f"Bearer {secret}"}
    with httpx.Client(base_url=base, headers=headers, timeout=60) as client:
        return [order(client, chance, f"{name}-{number}", items) for number in range(orders + 1)][1:]


def main() -> None:
    """Fill a shop, serve it, and let the clients order."""
    given = read_arguments(__doc__ or "", lines=100_000)
    size = Size(given.lines, given.seed)
    with open_database():
        from django.db import connection  # noqa: PLC0415 - needs a database

        from backorder.access.services import add_key  # noqa: PLC0415
        from backorder.allocation.services import plan_all  # noqa: PLC0415
        from backorder.outbox.services import Cause  # noqa: PLC0415

        fill(size)
        cause = Cause("bench", NOW)
        plan_all(cause)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        _, secret = add_key("bench", ["orders:write"], cause)
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            port = trial.getsockname()[1]
        served = subprocess.Popen(
            [sys.executable, "-m", "backorder", "serve", "--port", str(port)],
            env={**os.environ, "BACKORDER_SECRET_KEY": "of the bench " * 5},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert served.stdout is not None
            served.stdout.readline()  # it listens
            times: list[float] = []
            base = f"http://127.0.0.1:{port}"
            each = min(ORDERS, given.lines // 100)
            began = time.perf_counter()
            with ThreadPoolExecutor(CLIENTS) as pool:
                for found in pool.map(
                    lambda client: shop(base, secret, f"client-{client}", size.item_count, each),
                    range(CLIENTS),
                ):
                    times += found
            seconds = time.perf_counter() - began
        finally:
            served.send_signal(signal.SIGINT)
            served.wait(60)
        middle, p95 = (1_000 * np.percentile(times, (50, 95))).tolist()
        report(
            "order_api",
            None,
            p95_ms=p95,
            middle_ms=middle,
            lines=given.lines,
            orders_per_second=len(times) / seconds,
        )


if __name__ == "__main__":
    main()
