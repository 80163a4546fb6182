"""What is interrupted. Each is one call of a service, as a way in makes it, or of a way in, in the shop of `test_killed.py`."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse
from django.test import Client, override_settings

from backorder.allocation import events
from backorder.care.charges.alone import take_what_is_due
from backorder.fulfilment import services
from backorder.fulfilment.models import Release
from backorder.orders.models import Order
from backorder.orders.services import Buyer, Wanted
from backorder.payments.sending import send_refunds
from backorder.supply.models import InboundLine
from tests.fulfilment.shop import PARCEL
from tests.payments.fake_stripe import KEY
from tests.simulation.operator import Operator
from tests.supply.shop import NOON, TODAY, cause, item, place


def operate(seed: str, step: str, now: str) -> None:
    """The random operator does a thing."""
    operator = Operator(int(seed), f"killed-{step}")
    operator.now = dt.datetime.fromisoformat(now)
    operator.step()


def order() -> None:
    """A customer orders a lamp, a shade and a kit, all at once."""
    wanted = [Wanted(str(row), item(sku), 2, TODAY) for row, sku in enumerate(("LAMP", "SHADE", "SET"), 1)]
    events.place_order("A-9", wanted, cause(), Buyer(ship_policy="complete"))


def order_by_http(secret: str) -> HttpResponse:
    """A program orders a lamp and a kit under an Idempotency-Key, as often as it hears no answer."""
    answer = Client(SERVER_NAME="localhost").post(
        "/api/v1/orders",
        {"number": "A-9", "lines": [{"sku": "LAMP", "quantity": 2}, {"sku": "SET", "quantity": 1}]},
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": "once"},
    )
    assert answer.status_code == 201, answer.content
    return answer  # type: ignore[return-value]


def receipt() -> None:
    """Seven lamps come in: two customers waited for them."""
    line = InboundLine.objects.select_related("location").get(order__number="PO-1")
    services.receive(line, 7, cause())


def slip() -> None:
    """The lamps come 20 days later."""
    line = InboundLine.objects.get(order__number="PO-1")
    events.expect(line, TODAY + dt.timedelta(days=20), "supplier", cause())


def ship() -> None:
    """A kit and a shade leave in one parcel."""
    parts = [
        (one, one.quantity_open)
        for one in Release.objects.filter(line__order__number="A-1", quantity_open__gt=0)
    ]
    services.ship(Order.objects.get(number="A-1"), parts, PARCEL, cause())


def release() -> None:
    """All that is ready at a place goes onto a pick list: two orders, one transaction."""
    services.release_ready(place(), cause())


def take_charge(url: str, days: str) -> None:
    """What is to be charged is asked for at a Stripe, so many days later, when what was asked for may be asked about again."""
    with override_settings(STRIPE_KEY=KEY, STRIPE_URL=url):
        take_what_is_due(lambda: NOON + dt.timedelta(days=1 + int(days)))


def send_back(url: str, days: str) -> None:
    """What is to go back is asked for at a Stripe, so many days later, when what was asked for may be asked about again."""
    with override_settings(STRIPE_KEY=KEY, STRIPE_URL=url):
        send_refunds(lambda: NOON + dt.timedelta(days=1 + int(days)))
