"""Law L8 with a warehouse: deciding only what a release, a shipment or units put back touch gives what deciding everything gives."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from backorder.allocation.services import decide_after
from backorder.allocation.snapshot import read_facts
from backorder.catalog.models import Component
from backorder.engine.allocation import Policy, allocate
from backorder.fulfilment.models import Release
from backorder.fulfilment.readiness import Scope, choose_units
from backorder.fulfilment.refusal import FulfilmentError
from backorder.fulfilment.selectors import find_differences, find_touched_items
from backorder.fulfilment.services.handling import put_back
from backorder.fulfilment.services.release import Lists, hand_over
from backorder.fulfilment.services.shipping import send
from backorder.orders.models import Order
from backorder.orders.services import OrderError
from backorder.outbox.models import Entry
from backorder.supply.services import SupplyError
from tests.allocation.shop import Change
from tests.allocation.test_equal_to_full import EVENT, SKUS, find_change, list_plan, list_rows
from tests.fulfilment.shop import PARCEL
from tests.searching import IN_DATABASE
from tests.supply.shop import TODAY, cause, item

pytestmark = pytest.mark.django_db

AT = st.integers(0, 9)
WAREHOUSE = st.tuples(st.sampled_from(["release", "release", "ship", "put back"]), AT)


def find_act(what: str, at: int) -> tuple[set[int], Change] | None:
    """Name what an act of the warehouse touches, and the change; None if there is nothing that it could be about."""
    if what == "release":
        orders = list(Order.objects.order_by("pk"))
        if not orders:
            return None
        order = orders[at % len(orders)]

        def hand() -> Entry:
            return hand_over(choose_units(order, Scope()), {}, Lists(), cause())

        return find_touched_items(order), hand
    releases = list(Release.objects.filter(quantity_open__gt=0).select_related("line__order").order_by("pk"))
    if not releases:
        return None
    one = releases[at % len(releases)]
    touched = find_touched_items(one.line.order)
    if what == "put back":
        return touched, partial(put_back, one, 1, cause())
    beside = [other for other in releases if other.line.order_id == one.line.order_id]
    parts = [(other, other.quantity_open) for other in beside]
    return touched, partial(send, one.line.order, parts, PARCEL, cause())


@pytest.mark.hypothesis
@IN_DATABASE
@given(st.booleans(), st.lists(EVENT | WAREHOUSE, min_size=2, max_size=10))
def test_every_act_of_the_warehouse_decided_alone_is_as_if_everything_were_decided(
    kits: bool,  # noqa: FBT001 - drawn
    events: list[tuple[object, ...]],
) -> None:
    with transaction.atomic():
        every = {item(sku).pk for sku in SKUS}
        if kits:
            Component.objects.create(kit=item("SET"), item=item("BULB"), quantity=2)
        for number, event in enumerate(events):
            what, at = event[0], event[1]
            found = (
                find_act(str(what), at)
                if len(event) == 2 and isinstance(at, int)
                else find_change(number, event)
            )
            if found is None:
                continue
            touched, change = found
            expected = None
            try:
                with transaction.atomic():
                    if change() is not None:
                        facts = read_facts(every, TODAY, Policy())
                        expected = list_plan(facts, allocate(facts.snapshot, Policy()))
                    transaction.set_rollback(True)
            except (SupplyError, OrderError, FulfilmentError):
                continue
            decided = decide_after(touched, change)
            assert (decided is None) == (expected is None)
            assert expected is None or list_rows() == expected
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert find_differences() == []
        transaction.set_rollback(True)
