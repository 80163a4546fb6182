"""The page of the queue at 100,000 open lines: how long the server takes for it, sorted, filtered and searched in every way."""

from __future__ import annotations

from functools import partial
from itertools import product
from urllib.parse import urlencode

import numpy as np

from measure.clock import read_arguments, report, time_once
from measure.database import NOW, fill, open_database
from measure.facts import Size

REACH_MS = 150


def list_first() -> list[str]:
    """List the first pages that are asked for: every order both ways, filters, and searches."""
    from backorder.allocation.selectors.queue import SORTS  # noqa: PLC0415 - needs a database

    sorts = [f"?sort={sign}{name}" for name in SORTS for sign in ("", "-")]
    filters = ["?late=yes", "?short=yes", "?covered=on+hand", "?customer_class=contract&late=yes"]
    filters += ["?item=I-3", "?customer=C-7", "?channel=web", "?channel=web&sort=value"]
    searches = [f"?search={typed}" for typed in ("A-1", "I-2", "C-7", "garden", "ltd", "garden+7", "nothing")]
    return [*sorts, *filters, *searches]


def list_further(lines: int) -> list[str]:
    """List the page in the middle of all lines, in every order both ways."""
    from backorder.allocation.selectors.queue import SORTS, Asked, Order, read_queue  # noqa: PLC0415 - needs a database
    from backorder.console.queue_address import write_place  # noqa: PLC0415

    found = []
    for name, sign in product(SORTS, ("", "-")):
        last = read_queue(Asked(), Order(name, descending=bool(sign)), lines // 2)[-1]
        found.append(f"?{urlencode({'sort': sign + name, 'after': write_place(name, last)})}")
    return found


def main() -> None:
    """Measure the page and, beside it, its sums."""
    given = read_arguments(__doc__ or "", lines=100_000)
    with open_database():
        from django.conf import settings  # noqa: PLC0415 - needs a database
        from django.contrib.auth.models import User  # noqa: PLC0415
        from django.db import connection  # noqa: PLC0415
        from django.test import Client  # noqa: PLC0415

        from backorder.allocation.services import plan_all  # noqa: PLC0415
        from backorder.outbox.services import Cause  # noqa: PLC0415

        settings.SECRET_KEY, settings.ALLOWED_HOSTS = "bench", ["testserver"]
        fill(Size(given.lines, given.seed))
        plan_all(Cause("bench", NOW))
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        client = Client()
        client.force_login(User.objects.create(username="bench"))
        further = list_further(given.lines)
        for figure, place, pages in (
            ("queue_page", "/queue", [*list_first(), *further]),
            ("queue_sums", "/queue/totals", list_first()),
        ):
            addresses = [place + page for page in pages]
            for address in addresses:
                assert client.get(address).status_code == 200  # noqa: PLR2004 - fine
            times = [
                time_once(partial(client.get, address)) for address in addresses for _ in range(given.runs)
            ]
            middle, p95 = (1_000 * np.percentile(times, (50, 95))).tolist()
            reach = REACH_MS if figure == "queue_page" else None
            report(figure, reach, p95_ms=p95, middle_ms=middle, lines=given.lines)


if __name__ == "__main__":
    main()
