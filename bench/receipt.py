"""One receipt of an item with 1,000 open lines: in a shop a hundred times as large ÷ in the small one."""

from __future__ import annotations

import statistics

from measure.clock import read_arguments, report, time_once
from measure.database import NOW, copy_rows, empty, fill, open_database
from measure.facts import Size

TIMES_LARGER = 100
WAITING = 1_000
RECEIPTS = 30


def add_hot_item(waiting: int, complete: float) -> None:
    """Add an item of which so many lines wait for an inbound line; a share of the orders have a second line and ship together."""
    from backorder.catalog.models import Item, Location  # noqa: PLC0415 - needs a database
    from backorder.orders.models import Line, Order  # noqa: PLC0415
    from backorder.supply.models import InboundLine, InboundOrder  # noqa: PLC0415

    others = list(Item.objects.values_list("id", flat=True))
    item, place = Item.objects.create(sku="HOT"), Location.objects.latest("id")
    together = round(waiting * complete)
    first = Order.objects.order_by("-id").values_list("id", flat=True)[0] + 1
    copy_rows(
        Order,
        {
            "number": [f"HOT-{row}" for row in range(waiting)],
            "ordered_at": [NOW] * waiting,
            "ordered_on": [NOW.date()] * waiting,
            "ship_policy": ["complete" if row < together else "as_ready" for row in range(waiting)],
        },
    )
    rows = [(first + row, "1", item.pk) for row in range(waiting)]
    rows += [(first + row, "2", others[row * 7 % len(others)]) for row in range(together)]
    orders, numbers, items = (list(column) for column in zip(*rows, strict=True))
    columns: dict[str, list[object]] = {"order_id": orders, "number": numbers, "item_id": items}
    columns |= {"quantity_ordered": [2] * len(rows), "requested_on": [NOW.date()] * len(rows)}
    copy_rows(Line, columns)
    InboundLine.objects.create(
        order=InboundOrder.objects.create(number="HOT", placed_on=NOW.date()),
        number="1",
        item=item,
        location=place,
        quantity_ordered=waiting,
        expected_on=NOW.date(),
    )


def measure(lines: int, seed: int, complete: float) -> tuple[float, int]:
    """Take units in, one at a time; gives the seconds of the middle one and how many lines the decision is about."""
    from django.db import connection  # noqa: PLC0415 - needs a database

    from backorder.allocation import events  # noqa: PLC0415
    from backorder.allocation.models import Run  # noqa: PLC0415
    from backorder.allocation.services import plan_all  # noqa: PLC0415
    from backorder.outbox.services import Cause  # noqa: PLC0415
    from backorder.supply.models import InboundLine  # noqa: PLC0415

    empty()
    fill(Size(lines, seed, complete_orders=complete))
    add_hot_item(min(WAITING, lines), complete)
    cause = Cause("bench", NOW)
    plan_all(cause)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    coming = InboundLine.objects.get(order__number="HOT")
    seconds = [time_once(lambda: events.receive(coming, 1, cause)) for _ in range(RECEIPTS)]
    return statistics.median(seconds), Run.objects.latest("id").lines


def main() -> None:
    """Measure the small shop, then the large one; without complete orders, and with one order in twenty complete."""
    given = read_arguments(__doc__ or "")
    with open_database():
        for complete in (0.0, 0.05):
            small, of_small = measure(given.lines // TIMES_LARGER, given.seed, complete)
            large, of_large = measure(given.lines, given.seed, complete)
            report(
                "receipt",
                1.2,
                complete_orders=complete,
                ratio=large / small,
                lines=given.lines,
                small_seconds=small,
                large_seconds=large,
                small_decided=of_small,
                large_decided=of_large,
            )


if __name__ == "__main__":
    main()
