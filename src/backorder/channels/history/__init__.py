"""An invented shop with six months behind it: what it sells, to whom, how its days went, and all of that as rows."""

from __future__ import annotations

from datetime import date, datetime
from random import Random

from backorder.allocation.models import Standing
from backorder.allocation.services import plan_all
from backorder.channels.history.catalogue import SOURCES, list_goods
from backorder.channels.history.days import Shop
from backorder.channels.history.people import invent_people
from backorder.channels.history.rows import write_past
from backorder.outbox.services import Cause

CUSTOMERS = 400


def write_history(today: date, seed: int, at: datetime) -> list[str]:
    """Write six months until the evening before `today` into an empty database, and decide; tells what there is."""
    chance = Random(seed)  # noqa: S311 - the same shop each time
    goods, people = list_goods(), invent_people(chance, CUSTOMERS)
    past = Shop(goods, len(people), today, chance).live()
    write_past(past, goods, people)
    plan_all(Cause("demo", at, "the first plan"))
    asks = [ask for sale in past.sales for ask in sale.asks]
    waited = sum(ask.promises[0][1] != sale.on for sale in past.sales for ask in sale.asks)
    late = sum(bool(one.news) for one in past.purchases)
    broken = sum(len(ask.promises) > 1 for ask in asks)
    return [
        f"{len(past.sales):,} orders with {len(asks):,} lines; {waited:,} lines had to wait, {broken:,} were told a later day",
        f"{len(past.purchases):,} purchases from {len(SOURCES)} suppliers, {late:,} of them late",
        f"{Standing.objects.count():,} lines wait now",
    ]
