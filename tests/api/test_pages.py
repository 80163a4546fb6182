"""Lists: every row once, whatever is added meanwhile, and as many queries for one row as for many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backorder.allocation import events
from backorder.allocation.models import Simulation
from backorder.allocation.policies import Draft
from backorder.allocation.publishing import publish_policy
from backorder.allocation.simulations import simulate
from backorder.allocation.taking import Hold
from backorder.api.application import api
from backorder.catalog.models import (
    Acceptance,
    Channel,
    ClosedDay,
    Component,
    CustomerClass,
    Substitute,
    Supplier,
)
from backorder.fulfilment import services as fulfilment
from backorder.fulfilment.models import PickList
from backorder.orders.models import Customer
from backorder.orders.services import Wanted
from backorder.supply.models import SELLABLE
from backorder.supply.services import adjust, expect
from tests.allocation.shop import buy, line_of, order_in, slip, stock
from tests.api.client import Program
from tests.fulfilment.shop import order_of, release, ship
from tests.supply.shop import cause, item, place

pytestmark = pytest.mark.django_db


def read_all(
    program: Program, path: str, limit: int, meanwhile: Callable[[], Any] | None = None
) -> list[Any]:
    """Read every page of a list by its cursors."""
    rows: list[Any] = []
    after: dict[str, str] = {}
    while True:
        page = program.read(path, limit=limit, **after)
        rows += page["items"]
        if page["next"] is None:
            return rows
        after = {"after": page["next"]}
        if meanwhile:
            meanwhile()


def test_new_rows_move_no_page() -> None:
    program = Program()
    for number in range(7):
        buy(f"A-{number}", ("LAMP", 1))
    later = iter(range(7, 100))
    rows = read_all(program, "/orders", 2, lambda: buy(f"A-{next(later)}", ("LAMP", 1)))
    assert [row["number"] for row in rows] == [f"A-{number}" for number in range(6, -1, -1)]
    skus = iter(range(100))
    rows = read_all(program, "/items", 1, lambda: item(f"A{next(skus)}"))
    assert [row["sku"] for row in rows] == ["LAMP"]


def test_a_page_names_the_next_one_in_a_header_too() -> None:
    program = Program()
    for sku in ("A", "B", "C"):
        item(sku)
    first = program.get("/items", limit="2")
    assert first["Link"].startswith("</api/v1/items?limit=2&after=")
    assert first["Link"].endswith('>; rel="next"')
    path = first["Link"].removeprefix("</api/v1").partition(">")[0]
    last = program.get(path)
    assert [row["sku"] for row in last.json()["items"]] == ["C"]  # type: ignore[attr-defined]
    assert not last.has_header("Link")


def fill(rows: range) -> None:
    """Add some of everything that lists show."""
    Acceptance.objects.get_or_create(item=item("RARE"), rule=Acceptance.NONE)
    for row in rows:
        kind = CustomerClass.objects.create(code=f"class-{row}")
        channel = Channel.objects.create(code=f"channel-{row}")
        Acceptance.objects.create(item=item("SHADE"), channel=channel, rule=Acceptance.OPEN)
        kit, part = item(f"SET-{row}"), item("PART")
        Component.objects.create(kit=kit, item=part, quantity=1)
        place(f"shelf-{row}").__class__.objects.filter(code=f"shelf-{row}").update(parent=place("main"))
        Substitute.objects.create(item=item("LAMP"), substitute=part, kind=f"{row}")
        ClosedDay.objects.create(closed_on=dt.date(2027, 1, 1 + row), location=place())
        Supplier.objects.create(code=f"S-{row}")
        Customer.objects.create(code=f"C-{row}", customer_class=kind)
        adjust((item("LAMP"), place(f"shelf-{row}"), SELLABLE), 1, "return", cause())
        line = order_in("LAMP", 2, f"PO-{row}")
        buy(f"A-{row}", ("LAMP", 2), (f"SET-{row}", 1))
        slip(line, 20 + row)
        expect(line, line.expected_on, "mail", cause())
        send(f"F-{row}")
        buy(f"N-{row}", ("RARE", 1))
        day = cause().day
        until = Hold(cause().at + dt.timedelta(days=1), may_wait=True)
        events.hold(f"H-{row}", [Wanted("1", item("LAMP"), 1, day)], until, cause())
        publish_policy(Draft(f"# {row}\n"), cause())
        simulate(None, cause())


def send(number: str) -> None:
    """Ship an order and take a unit back; another of it is with the warehouse still, and is held back."""
    stock("SHADE", 3)
    buy(number, ("SHADE", 3))
    release(number)
    ship(number, 2)
    fulfilment.accept_return(line_of(number), 1, (place(), SELLABLE), cause())
    fulfilment.block(order_of(number), "address", cause())


LISTS = (
    *("/orders", "/customers", "/items", "/locations", "/suppliers", "/availability"),
    *("/stock/levels", "/stock/movements", "/inbound", "/journal"),
    *("/holds", "/refusals", "/releases", "/shipments", "/returns", "/blocks"),
    *("/substitutes", "/closed-days", "/acceptances", "/channels", "/customer-classes"),
    *("/policies", "/publications", "/runs", "/simulations"),
)
SINGLE = ("/policies/in-force", "/figures/dock-hours")
FILTERED = (
    "/orders?open=true&sku=LAMP",
    "/inbound?open=true&sku=LAMP",
    "/journal?kind=item&key=LAMP",
    "/stock/movements?sku=LAMP&kind=return",
    "/availability?location=main",
)


def count_queries(program: Program, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as context:
        answer = program.get(path)
    assert answer.status_code == 200, answer.content
    return len(context)


def test_a_list_takes_as_many_queries_for_many_rows_as_for_few() -> None:
    program = Program()
    program.read("/items")  # notes that the key was used today
    fill(range(2))
    paths = [
        *LISTS,
        *FILTERED,
        "/orders/A-0/story",
        "/orders/A-0/promises",
        "/inbound/PO-0/story",
        "/orders/A-0",
    ]
    paths += ["/items/SET-0", "/items/LAMP/availability", "/orders/A-0/disclosures", "/policies/in-force"]
    paths += ["/figures/dock-hours?since=2026-11-01&until=2026-12-01", "/orders/A-0/lines/1/explanation"]
    paths.append(f"/pick-lists/{PickList.objects.earliest('id').pk}")
    paths.append(f"/simulations/{Simulation.objects.earliest('id').pk}/lines")
    few = {path: count_queries(program, path) for path in paths}
    rows = {path: len(program.read(path, limit=200)["items"]) for path in LISTS}
    fill(range(2, 6))
    assert {path: count_queries(program, path) for path in paths} == few
    assert [path for path in LISTS if len(program.read(path, limit=200)["items"]) <= rows[path]] == []
    assert max(count for path, count in few.items() if "explanation" not in path) <= 8


def test_no_list_is_left_out_of_these_tests() -> None:
    paths = api.get_openapi_schema()["paths"]
    lists = {path for path, methods in paths.items() if "get" in methods and "{" not in path}
    assert {f"/api/v1{path}" for path in (*LISTS, *SINGLE)} == lists
