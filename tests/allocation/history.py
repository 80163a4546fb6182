"""Short histories of a small shop, drawn as a list of events."""

from __future__ import annotations

import datetime as dt
from functools import partial

from hypothesis import strategies as st

from backorder.allocation.services import Named
from backorder.orders.models import Line
from backorder.orders.selectors import find_touched_items
from backorder.orders.services import Buyer, Wanted, cancel, place
from backorder.supply.models import SELLABLE, InboundLine
from backorder.supply.services import cancel_rest, count, expect, receive
from tests.allocation.shop import Change
from tests.supply.shop import TODAY, cause, item, on_the_way
from tests.supply.shop import place as location

SKUS = ("LAMP", "SHADE", "BULB", "SET")
UNITS = st.integers(1, 6)
SKU = st.sampled_from(SKUS)
DAYS = st.integers(0, 12)
EVENT = st.one_of(
    st.tuples(
        st.just("buy"),
        st.lists(st.tuples(SKU, UNITS), min_size=1, max_size=3),
        st.sampled_from(["as_ready", "complete", "complete", "line_complete"]),
        DAYS,
    ),
    st.tuples(st.just("count"), SKU, st.integers(0, 9), st.just(0)),
    st.tuples(st.just("order in"), SKU, UNITS, DAYS),
    st.tuples(st.just("receive"), st.integers(0, 9), UNITS, st.just(0)),
    st.tuples(st.just("short"), st.integers(0, 9), UNITS, st.just(0)),
    st.tuples(st.just("slip"), st.integers(0, 9), st.just(0), DAYS),
    st.tuples(st.just("cancel"), st.integers(0, 9), UNITS, st.just(0)),
)
Event = tuple[str, object, object, int]


def find_change(number: int, event: tuple[object, ...]) -> tuple[Named, Change] | None:
    """Name what an event touches, and the change; None if there is nothing that it could be about."""
    what, about, units, days = event
    day = TODAY + dt.timedelta(days=int(str(days)))
    if what == "buy":
        assert isinstance(about, list)
        lines = [Wanted(str(row), item(sku), many, day) for row, (sku, many) in enumerate(about, 1)]
        order = partial(place, f"A-{number}", lines, cause(), Buyer(ship_policy=str(units)))
        return (lambda: {line.item.pk for line in lines}), order
    if what == "count":
        assert isinstance(about, str)
        assert isinstance(units, int)
        found = partial(count, (item(about), location(), SELLABLE), units, cause("monday"))
        return (lambda: {item(about).pk}), found
    if what == "order in":
        assert isinstance(about, str)
        assert isinstance(units, int)
        line = on_the_way(units, about, "main", f"PO-{number}")
        return (lambda: {line.item_id}), partial(expect, line, day, "supplier", cause())
    assert isinstance(about, int)
    assert isinstance(units, int)
    if what == "cancel":
        wanted = list(Line.objects.select_related("order").order_by("id"))
        if not wanted:
            return None
        chosen = wanted[about % len(wanted)]
        return partial(find_touched_items, chosen), partial(cancel, chosen, units, cause())
    coming = list(InboundLine.objects.order_by("id"))
    if not coming:
        return None
    line = coming[about % len(coming)]
    changes: dict[str, Change] = {
        "receive": partial(receive, line, units, cause()),
        "short": partial(cancel_rest, line, units, cause()),
        "slip": partial(expect, line, day, "supplier", cause()),
    }
    return (lambda: {line.item_id}), changes[str(what)]
