"""Law L8 with a warehouse: deciding only what a release, a shipment or units put back touch gives what deciding everything gives."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

import pytest
from django.db.models import QuerySet
from hypothesis.stateful import precondition, rule

from backorder.fulfilment.models import Release
from backorder.fulfilment.readiness import Scope
from backorder.fulfilment.refusal import FulfilmentError
from backorder.fulfilment.selectors import find_differences, find_touched_items
from backorder.fulfilment.services.handling import put_back
from backorder.fulfilment.services.release import hand_over_some
from backorder.fulfilment.services.shipping import send
from backorder.orders.models import Order
from tests.allocation.test_equal_to_full import NUMBER, Shop, choose, play
from tests.fulfilment.shop import PARCEL
from tests.searching import count_sequences
from tests.supply.shop import cause

pytestmark = pytest.mark.django_db

SEQUENCES = count_sequences(1, share=20)


def list_open() -> QuerySet[Release]:
    """List what the warehouse has."""
    return Release.objects.filter(quantity_open__gt=0).select_related("line__order")


class Warehouse(Shop):
    """The shop, and whoever packs."""

    refusals: ClassVar = (*Shop.refusals, FulfilmentError)
    find_differences = staticmethod(find_differences)

    @precondition(lambda _: Order.objects.exists())
    @rule(number=NUMBER)
    def release(self, number: int) -> None:
        """Units go to the warehouse."""
        order = choose(Order.objects, number)
        self.happen(find_touched_items([order.pk]), partial(hand_over_some, order, Scope(), cause()))

    @precondition(lambda _: list_open().exists())
    @rule(number=NUMBER)
    def put_back(self, number: int) -> None:
        """One of them comes back."""
        one = choose(list_open(), number)
        self.happen(find_touched_items([one.line.order_id]), partial(put_back, one, 1, cause()))

    @precondition(lambda _: list_open().exists())
    @rule(number=NUMBER)
    def ship(self, number: int) -> None:
        """All that the warehouse has of an order leaves."""
        order = choose(list_open(), number).line.order
        parts = [(one, one.quantity_open) for one in list_open().filter(line__order=order).order_by("pk")]
        self.happen(find_touched_items([order.pk]), partial(send, order, parts, PARCEL, cause()))


@pytest.mark.hypothesis
def test_every_act_of_the_warehouse_decided_alone_is_as_if_everything_were_decided_and_stands() -> None:
    play(Warehouse, SEQUENCES)
