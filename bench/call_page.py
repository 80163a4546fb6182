"""Whoever calls a shop of 1,000,000 orders: how long one box takes to find them, by order, name, phone or e-mail, and to show them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlencode

import numpy as np

from measure.clock import read_arguments, report, time_once
from measure.database import NOW, ORDERS_EACH, copy_addresses, fill, open_database
from measure.facts import Size

REACH_MS = 1_000
CALLS = 20
"""Of each kind."""
STRANGERS = 4
"""One order in so many names no customer: it is found by whom it goes to."""


def list_calls(orders: int, chance: random.Random) -> Iterator[tuple[str, str]]:
    """List what people type, and of which kind it is; rare words and such that a tenth of all have."""
    people = orders // ORDERS_EACH
    for _ in range(CALLS):
        order, person = chance.randrange(orders), chance.randrange(people)
        yield "order", f"A-{order}"
        yield "order_begun", f"A-{order}"[:5]
        yield "mail", f"C{person}@Customers.Example"
        yield "phone", f"(503) {person:07}"
        yield "code", f"C-{person}"
        yield "name", f"{person} ltd"
        yield "name_of_many", chance.choice(("garden", "lamps ltd", "b", "ada", "hill", "ltd"))
        yield "stranger", str(order // STRANGERS * STRANGERS)
        yield "nobody", f"nobody {order}"


def main() -> None:
    """Fill a shop, and find people in it."""
    given = read_arguments(__doc__ or "")
    with open_database():
        from django.conf import settings  # noqa: PLC0415 - needs a database
        from django.contrib.auth.models import User  # noqa: PLC0415
        from django.db import connection  # noqa: PLC0415
        from django.db.models import F  # noqa: PLC0415
        from django.db.models.functions import Mod  # noqa: PLC0415
        from django.test import Client  # noqa: PLC0415

        from backorder.allocation.services import plan_all  # noqa: PLC0415
        from backorder.orders.models import Order  # noqa: PLC0415
        from backorder.outbox.services import Cause  # noqa: PLC0415

        settings.SECRET_KEY, settings.ALLOWED_HOSTS = "bench", ["testserver"]
        fill(Size(given.lines, given.seed, line_each=True))
        copy_addresses(given.lines)
        Order.objects.alias(rest=Mod(F("pk"), STRANGERS)).filter(rest=1).update(customer=None)
        plan_all(Cause("bench", NOW))
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        client = Client()
        client.force_login(User.objects.create(username="bench"))
        times: dict[str, list[float]] = {}
        for kind, text in list_calls(given.lines, random.Random(given.seed)):  # noqa: S311 - who calls does not matter
            call = partial(client.get, f"/call?{urlencode({'find': text})}")
            assert call().status_code == 200  # noqa: PLR2004 - fine
            times.setdefault(kind, []).extend(time_once(call) for _ in range(given.runs))
        everything = [seconds for kind in times.values() for seconds in kind]
        middle, p95 = (1_000 * np.percentile(everything, (50, 95))).tolist()
        each = {f"{kind}_p95_ms": 1_000 * float(np.percentile(found, 95)) for kind, found in times.items()}
        report("call_page", REACH_MS, p95_ms=p95, middle_ms=middle, orders=given.lines, **each)


if __name__ == "__main__":
    main()
