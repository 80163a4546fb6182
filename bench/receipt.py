"""One receipt of an item with 1,000 open lines: in a shop a hundred times as large ÷ in the small one, in turn."""

from __future__ import annotations

import multiprocessing
from functools import partial
from multiprocessing.connection import Connection

from measure.clock import read_arguments, report, time_in_turn, time_once
from measure.database import NOW, copy_rows, fill, open_database
from measure.facts import Size

TIMES_LARGER = 100
WAITING = 1_000
RECEIPTS = 30
AT_ONCE = 600
"""Units of the delivery that comes last: for 300 lines, which all go onto a pick list."""


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


def open_shop(lines: int, seed: int, complete: float, bench: Connection) -> None:
    """Make a shop, and take units in each time one is asked to; says at the end how many lines the last decision is about."""
    with open_database():
        from django.db import connection  # noqa: PLC0415 - needs a database

        from backorder.allocation.models import Run  # noqa: PLC0415
        from backorder.allocation.services import plan_all  # noqa: PLC0415
        from backorder.fulfilment.services import receive  # noqa: PLC0415
        from backorder.outbox.services import Cause  # noqa: PLC0415
        from backorder.supply.models import InboundLine  # noqa: PLC0415

        fill(Size(lines, seed, complete_orders=complete))
        add_hot_item(min(WAITING, lines), complete)
        cause = Cause("bench", NOW)
        plan_all(cause)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        coming = InboundLine.objects.select_related("location").get(order__number="HOT")
        bench.send("open")
        while units := bench.recv():
            receive(coming, units, cause)
            bench.send("received")
        bench.send(Run.objects.latest("id").lines)


class Shop:
    """A shop in a process and on a server of its own."""

    def __init__(self, lines: int, seed: int, complete: float) -> None:
        """Begin to make it."""
        spawn = multiprocessing.get_context("spawn")  # a process that ends is seen by the others
        self.pipe, theirs = spawn.Pipe()
        self.process = spawn.Process(target=open_shop, args=(lines, seed, complete, theirs))
        self.process.start()
        theirs.close()

    def receive(self, units: int = 1) -> None:
        """Take units in, and hand over what somebody waits for."""
        self.pipe.send(units)
        self.pipe.recv()

    def close(self) -> int:
        """Close it; gives how many lines the last decision was about."""
        self.pipe.send(0)  # that is all
        decided = int(self.pipe.recv())
        self.process.join()
        return decided


def main() -> None:
    """Receive in a small shop and in a large one in turn; without complete orders, and with one order in twenty complete."""
    given = read_arguments(__doc__ or "")
    for complete in (0.0, 0.05):
        sizes = (given.lines // TIMES_LARGER, given.lines)
        shops = [Shop(lines, given.seed, complete) for lines in sizes]
        for shop in shops:
            shop.pipe.recv()
        small, large = time_in_turn((shops[0].receive, shops[1].receive), RECEIPTS)
        much, more = (time_once(partial(shop.receive, AT_ONCE)) for shop in shops)
        of_small, of_large = (shop.close() for shop in shops)
        report(
            "receipt",
            1.2,
            complete_orders=complete,
            ratio=large / small,
            lines=given.lines,
            small_seconds=small,
            large_seconds=large,
            small_seconds_of_many=much,
            large_seconds_of_many=more,
            small_decided=of_small,
            large_decided=of_large,
        )


if __name__ == "__main__":
    main()
