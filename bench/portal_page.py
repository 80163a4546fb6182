"""The page that customers see of an order, and the same as data, in a shop of 1,000,000 orders: how long the server takes."""

from __future__ import annotations

import random
from datetime import timedelta
from functools import partial

import numpy as np

from measure.clock import read_arguments, report, time_once
from measure.database import NOW, copy_addresses, fill, open_database
from measure.facts import Size

REACH_MS = 50
ORDERS = 200
"""That are looked at, chosen by chance. Their customers were told of a day twice, and answered once."""
HOUSE = """
[seller]
place = "US-OR"

[letters]
name = "The lamp shop"
mail = "help@lamps.example"
"""


def talk(keys: list[int]) -> None:
    """Tell the customers of orders twice when their lines ship; after the first time they agree."""
    from backorder.care import telling  # noqa: PLC0415 - needs a database
    from backorder.orders.models import Order  # noqa: PLC0415
    from backorder.outbox.services import Cause  # noqa: PLC0415

    for order in Order.objects.filter(pk__in=keys).order_by("pk"):
        lines = list(order.lines.order_by("id"))
        for minutes, answers in ((0, True), (5, False)):
            at = NOW + timedelta(minutes=minutes)
            cause = Cause("service", at)
            day = NOW.date() + timedelta(days=20 + minutes)
            revised = [telling.Revised(line, day, frozenset(telling.CONTENT)) for line in lines]
            told = telling.Told(at, "mail", "Your order ships later than we said.\n" * 20)
            telling.note_notice(order, revised, told, cause)
            for line in lines if answers else ():
                telling.note_answer(line, telling.Said(at, "mail", "accepts"), cause)


def main() -> None:
    """Fill a shop, and look at orders of it."""
    given = read_arguments(__doc__ or "")
    with open_database():
        from django.conf import settings  # noqa: PLC0415 - needs a database
        from django.db import connection  # noqa: PLC0415
        from django.test import Client  # noqa: PLC0415

        from backorder.allocation.services import plan_all  # noqa: PLC0415
        from backorder.care.house import write_house  # noqa: PLC0415
        from backorder.care.links import sign  # noqa: PLC0415
        from backorder.orders.models import Order  # noqa: PLC0415
        from backorder.outbox.services import Cause  # noqa: PLC0415

        settings.SECRET_KEY, settings.ALLOWED_HOSTS = "bench", ["testserver"]
        write_house(HOUSE, Cause("bench", NOW))
        fill(Size(given.lines, given.seed, line_each=True))
        copy_addresses(given.lines)
        plan_all(Cause("bench", NOW))
        chance = random.Random(given.seed)  # noqa: S311 - which orders does not matter
        placed = list(Order.objects.filter(ordered_at__lt=NOW).order_by("pk").values_list("pk", flat=True))
        keys = chance.sample(placed, min(ORDERS, len(placed)))
        talk(keys)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        client = Client()
        links = [sign(order, NOW.date() + timedelta(days=90)) for order in Order.objects.filter(pk__in=keys)]
        for figure, ending in (("portal_page", ""), ("portal_record", ".json")):
            addresses = [f"/o/{link}{ending}" for link in links]
            for address in addresses:
                assert client.get(address).status_code == 200  # noqa: PLR2004 - fine
            times = [
                time_once(partial(client.get, address)) for _ in range(given.runs) for address in addresses
            ]
            middle, p95 = (1_000 * np.percentile(times, (50, 95))).tolist()
            report(figure, REACH_MS, p95_ms=p95, middle_ms=middle, orders=given.lines)


if __name__ == "__main__":
    main()
