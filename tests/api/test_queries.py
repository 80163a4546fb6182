"""As many queries for one row as for many, whatever is read and whatever is written."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext, override_settings

from backorder.allocation import events
from backorder.allocation.acceptance.taking import Hold
from backorder.allocation.models import Publication, Run
from backorder.allocation.policies.publications import Draft
from backorder.allocation.what_if.publishing import publish_policy
from backorder.allocation.what_if.simulations import Otherwise, simulate
from backorder.care.clock.cancelling import find_overdue
from backorder.care.copies.text_wishes import note_text_wish
from backorder.care.house import read_house
from backorder.care.incentives.alone import give_alone
from backorder.care.models import Copy, Deadline, Message
from backorder.care.offers.finding import list_choices
from backorder.care.offers.making import read_line
from backorder.care.post.lookout import look_out
from backorder.care.post.messages import end_sent
from backorder.care.refunds.owed import list_owed
from backorder.catalog.models import Acceptance, Channel, ClosedDay, CustomerClass, Substitute, Supplier
from backorder.catalog.services import ComponentFacts, LocationFacts, save_components, save_locations
from backorder.fulfilment import services as fulfilment
from backorder.fulfilment.models import Block, PickList, Release, Shipment
from backorder.orders.models import Customer
from backorder.orders.services import ShipTo, Wanted
from backorder.outbox.services import Cause
from backorder.supply.models import SELLABLE, InboundLine
from backorder.supply.services import Expected, adjust, expect
from tests.allocation.shop import buy, line_of, slip, stock
from tests.api.care import (
    SERVER,
    charge,
    let_letter_go,
    let_reply_come,
    note_opinion,
    offer_instead,
    open_house,
    pay_back,
    put_on_list,
    read_mark,
    tell,
    want_call,
)
from tests.api.client import Program
from tests.api.forms import Endpoint, Known, list_endpoints
from tests.fulfilment.shop import order_of, release, releases_of, ship
from tests.supply.shop import NOON, TODAY, cause, item, place

pytestmark = pytest.mark.django_db
GET = [endpoint for endpoint in list_endpoints() if endpoint.method == "GET"]
LISTS = [endpoint for endpoint in GET if "/Page_" in str(endpoint.operation["responses"][200])]
FILTERED = (
    "/orders?open=true&sku=LAMP",
    "/inbound?open=true&sku=LAMP",
    "/journal?kind=item&key=LAMP",
    "/stock/movements?sku=LAMP&kind=return",
    "/availability?location=main",
    "/drafts?kind=opening&by_mail=false",
    "/messages?outcome=on_its_way",
    "/notices?order=X-1",
    "/feedback?sku=LAMP&moment=waiting&theme=waiting%200",
    *(f"/feedback-scores?by={by}" for by in ("supplier", "item", "cause", "theme")),
    "/waitlist?sku=WISHED-0&waits=true",
    "/thanks?order=X-1&rule=patience",
    "/offers?order=I-0&stands=true",
    "/outside-offers?sku=SCARCE-I-0",
    "/copies?order=X-1&way=text&outcome=on_its_way",
)


def add_some(row: int) -> dict[str, str | int]:
    """Add one of everything that can be read, each larger than the one before; gives what addresses name."""
    lines = row + 1
    kind = CustomerClass.objects.create(code=f"X-{row}")
    channel = Channel.objects.create(code=f"X-{row}")
    customer = Customer.objects.create(code=f"X-{row}", customer_class=kind)
    for number in range(lines):
        note_text_wish(customer, f"+1503555010{number}", "phone", cause())
    Supplier.objects.create(code=f"X-{row}")
    save_locations([LocationFacts("main"), LocationFacts(f"X-{row}", parent="main")], cause())
    Acceptance.objects.create(item=item("SHADE"), channel=channel, rule=Acceptance.OPEN)
    Acceptance.objects.get_or_create(item=item("RARE"), rule=Acceptance.NONE)
    kit = item(f"SET-{row}").sku
    parts = [item(f"PART-{part}").sku for part in range(lines)]
    save_components([ComponentFacts(kit, part, 1) for part in parts], cause())
    Substitute.objects.create(item=item("LAMP"), substitute=item("PART-0"), kind=f"{row}")
    ClosedDay.objects.create(closed_on=dt.date(2027, 1, 1 + row), location=place())
    adjust((item("LAMP"), place(f"X-{row}"), SELLABLE), 1, "return", cause())
    coming = order_in(f"X-{row}", lines)
    buy(f"X-{row}", *[("LAMP", 2)] * lines, (kit, 1))
    for step in range(lines):
        events.change_address(order_of(f"X-{row}"), ShipTo("Zed", f"{step} Long Lane", "Ulm", "DE"), cause())
        slip(coming, 20 + row + step)
    expect(coming, coming.expected_on, "mail", cause())
    send(f"F-{row}", lines)
    buy(f"N-{row}", *[("RARE", 1)] * lines)
    until = Hold(cause().at + dt.timedelta(days=1), may_wait=True)
    events.hold(f"H-{row}", [Wanted("1", item("LAMP"), 1, cause().day)], until, cause())
    open_house(f"# {row}\n")
    told = (
        pay_back(f"P-{row}", lines)
        | charge(f"Z-{row}", lines)
        | tell(f"X-{row}", lines)
        | {"message": let_letter_go(f"X-{row}").pk}
    )
    message = Message.objects.get(pk=told["message"])
    Copy.objects.create(
        message=message, way="text", to="+15035550100", text="x", entry=message.entry, try_at=NOON
    )
    told["feedback"] = note_opinion(f"X-{row}", lines).pk
    told["wish"] = put_on_list(f"X-{row}", f"WISHED-{row}").pk
    told |= want_call(f"X-{row}")
    give_alone(lambda: NOON)
    told |= offer_instead(f"I-{row}", lines)
    buy(f"D-{row}", ("LAMP", 1))
    look_out(lambda: NOON)
    told |= let_reply_come(int(told["message"]))
    asked = [
        Deadline(
            line=line_of(f"X-{each}"), kind="cancel", by=TODAY, should_by=TODAY, quantity=1, citations=["x"]
        )
        for each in range(row + 1)
    ]
    Deadline.objects.bulk_create(asked, ignore_conflicts=True)
    publish_policy(Draft(f"# {row}\n"), cause())
    simulation = simulate(Draft("handling_days = 3"), cause())
    names = {"sku": kit, "number": f"X-{row}", "line": "1", "code": f"X-{row}", "version": row + 1}
    kept = {"simulation": simulation, "run": Run.objects.latest("id"), "block": Block.objects.latest("id")}
    kept |= {"release": Release.objects.latest("id"), "pick_list": PickList.objects.latest("id")}
    kept |= {"shipment": Shipment.objects.latest("id"), "publication": Publication.objects.latest("id")}
    return {**names, **told, **{name: found.pk for name, found in kept.items()}}


def order_in(number: str, lines: int) -> InboundLine:
    """Put lamps on order, in so many lines; gives the first."""
    day = cause().day + dt.timedelta(days=10)
    wanted = [Expected(f"{line}", item("LAMP"), place(), 2, day) for line in range(1, lines + 1)]
    events.place_inbound(number, wanted, cause())
    return InboundLine.objects.get(order__number=number, number="1")


def send(number: str, lines: int) -> None:
    """Ship an order and take a unit back; another of it is with the warehouse still, and is held back."""
    stock("SHADE", 3 * lines)
    buy(number, *[("SHADE", 3)] * lines)
    release(number)
    ship(number)
    stock("SHADE", lines)
    buy(f"{number}-2", *[("SHADE", 1)] * lines)
    release(f"{number}-2")
    fulfilment.accept_return(line_of(number), 1, (place(), SELLABLE), cause())
    fulfilment.block(order_of(f"{number}-2"), "address", cause())


def count_reading(program: Program, path: str) -> int:
    with CaptureQueriesContext(connection) as context:
        answer = program.get(path)
    assert answer.status_code == 200, answer.content
    return len(context)


def test_reading_takes_as_many_queries_for_many_rows_as_for_few() -> None:
    program = Program()
    program.read("/items")  # notes that the key was used today

    def count_all(known: Known) -> dict[str, int]:
        counted = {endpoint.path: count_reading(program, endpoint.address(known)) for endpoint in GET}
        return counted | {path: count_reading(program, path) for path in FILTERED}

    def count_rows(known: Known) -> dict[str, int]:
        return {one.path: len(program.read(one.address(known), limit=200)["items"]) for one in LISTS}

    first, second = add_some(0), add_some(1)
    few, rows = count_all(second), count_rows(first)
    for row in range(2, 5):
        last = add_some(row)
    assert count_all(last) == few
    more = count_rows(last)
    assert [path for path, count in rows.items() if more[path] <= count] == []
    # these read all that decides about an item, or all that happened to the lines of an order
    asks_engine = (
        "explanation",
        "availability",
        "/law/",
        "/letters/",
        "/owed",
        "/choices",
        "/tasks",
    )  # tasks: two of each kind
    assert max(count for path, count in few.items() if not any(word in path for word in asks_engine)) <= 8


def open_wide(size: int) -> dict[str, str | int]:
    """Open a shop in which everything that is written to has so many rows; gives what addresses name."""
    for sku in ("SHADE", "SET", "RARE"):
        item(sku)
    save_components([ComponentFacts("SET", item(f"PART-{row}").sku, 1) for row in range(size)], cause())
    for row in range(size):
        stock(f"PART-{row}", 1)
    buy("K-1", ("SET", 1))
    release("K-1")
    stock("LAMP", size)
    buy("R-1", *[("LAMP", 1)] * size)
    release("R-1")
    stock("LAMP", size)
    buy("A-1", *[("LAMP", 1)] * size)
    buy("S-1", *[("LAMP", 1)] * size)
    fulfilment.block(order_of("S-1"), "address", cause())
    stock("LAMP", size)
    for row in range(size):
        buy(f"Q-{row}", ("LAMP", 1))
    order_in("A-1", size)
    for row in range(size):
        buy(f"W-{row}", ("LAMP", 2))
    until = Hold(cause().at + dt.timedelta(days=900), may_wait=True)
    events.hold(
        "H-1", [Wanted(f"{row}", item("LAMP"), 1, cause().day) for row in range(size)], until, cause()
    )
    for text in ("", "# 2\n"):
        publish_policy(Draft(text), cause())
    send("F-1", size)
    open_house()
    for number in ("L-1", "L-2", "L-3"):
        buy(number, *[("LAMP", 1)] * size)
    told = (
        pay_back("P-1", size)
        | charge("Z-1", size)
        | tell("L-1", size)
        | want_call("L-2")
        | {"message": let_letter_go("L-2").pk, "sent": let_letter_go("L-3").pk}
    )
    told |= let_reply_come(int(told["message"]))
    told |= offer_instead("I-1", size)
    told["feedback"] = note_opinion("L-1", size).pk
    for row in range(size):
        told["wish"] = put_on_list(f"T-{row}", "WISHED").pk
    Customer.objects.create(code="main", email="main@customers.example")
    sent = Message.objects.get(pk=told["sent"])
    sent.left_at = NOON
    end_sent([sent])
    wait_in_vain("V-1", size)
    changes = [Otherwise(line, None, 1) for line in InboundLine.objects.filter(order__number="A-1")]
    simulation = simulate(Draft("handling_days = 3"), cause(), changes)
    kept = {"simulation": simulation, "block": Block.objects.latest("id")}
    kept |= {"publication": Publication.objects.earliest("id")}
    names: dict[str, str | int] = {
        "sku": "SET",
        "component": "PART-0",
        "number": "A-1",
        "line": "1",
        "code": "main",
    }
    names["release"] = releases_of("R-1")[0].pk
    return {**names, **told, **{name: row.pk for name, row in kept.items()}}


def wait_in_vain(number: str, size: int) -> None:
    """Let somebody wait for so many lines, whom nobody told that they are late: a law wants them cancelled."""
    wanted = [Wanted(f"{row}", item("GIFT"), 1, TODAY) for row in range(size)]
    events.place_order(number, wanted, Cause("anna", NOON - dt.timedelta(days=40)))
    events.change_address(
        order_of(number), ShipTo("Zed", "1 Long Lane", "Austin", "US", region="TX"), cause()
    )


def ask_much(endpoint: Endpoint, known: Known, size: int) -> tuple[str, Any]:
    """Give an address and a body that is about so many rows."""
    rows = range(1, size + 1)
    match endpoint.name:
        case "receive_units":
            return endpoint.address(known), {"quantity": 2 * size}
        case "split_units":
            day = cause().day + dt.timedelta(days=20)
            parts = [{"quantity": 1, "expected_on": str(day + dt.timedelta(days=row))} for row in (1, 2)]
            return endpoint.address(known), {"parts": parts, "source": "mail"}
        case "ship_units":
            parts = [{"release": one.pk, "quantity": 1} for one in releases_of("R-1")]
            return "/orders/R-1/shipments", {"parts": parts}
        case "note_shortage":
            missing = [{"sku": f"PART-{row - 1}", "quantity": 1} for row in rows]
            body = {"quantity": 1, "why": "gone", "missing": missing}
            return f"/releases/{releases_of('K-1')[0].pk}/shortages", body
        case "return_units":
            return endpoint.address({**known, "number": "F-1"}), endpoint.body(known)
        case "simulate_plan":
            return endpoint.address(known), {
                "changes": [{"inbound": "A-1", "line": f"{row}", "remaining": 1} for row in rows]
            }
        case "publish_rules":
            return endpoint.address(known), {"text": "handling_days = 4\n"}
        case "count_stock":
            return endpoint.address(known), {**endpoint.body(known), "found": 100}
        case "publish_simulation":
            return endpoint.address(known), {"anew": True, "despite": "a test"}
        case "amend_order":
            return endpoint.address(known), {"priority": 5}
        case "amend_line":
            return endpoint.address(known), {"quantity": 3}
        case "confirm_hold":
            return endpoint.address({**known, "number": "H-1"}), {}
        case "let_letter_go":
            return endpoint.address(known), {"order": "L-1", "mark": read_mark("L-1")}
        case "record_letter":
            sent = {"order": "L-1", "mark": read_mark("L-1"), "at": NOON.isoformat(), "medium": "mail"}
            return "/recorded-letters", sent
        case "record_call":
            return "/calls", {"order": "L-1", "mark": read_mark("L-1"), "said": "thinks"}
        case "note_told":
            lines = [{"line": f"{row}", "on": "2027-01-04", "says": []} for row in rows]
            return endpoint.address(known), {**endpoint.body(known), "order": "L-1", "lines": lines}
        case "note_said":
            return endpoint.address(known), {**endpoint.body(known), "order": "L-1", "kind": "cancels"}
        case "cancel_overdue":
            overdue = find_overdue(order_of("V-1"), NOON)
            assert overdue is not None
            return endpoint.address(known), {"order": "V-1", "mark": overdue.mark}
        case "note_feedback":
            return endpoint.address(known), {**endpoint.body(known), "order": "L-3", "score": 3}
        case "give_thanks":
            return endpoint.address(known), {**endpoint.body(known), "order": "L-1"}
        case "let_back":
            (owed,) = list_owed(NOON, [order_of("P-1")])
            return endpoint.address(known), {"order": "P-1", "mark": owed.mark}
        case "make_offer":
            (choice,) = list_choices(read_line(line_of("I-1", f"{size + 1}")), read_house(), TODAY)
            return endpoint.address(known), {"order": "I-1", "line": f"{size + 1}", "choice": choice.name}
        case "answer_offer":
            return endpoint.address(known), {"answer": "decline"}
        case "charge_now":
            return endpoint.address(known), {**endpoint.body(known), "order": "Z-1", "amount": 1_00}
        case "note_message_failure":
            return endpoint.address({**known, "message": known["sent"]}), {}
    return endpoint.address(known), endpoint.body(known, size)


def count_writing(program: Program, endpoint: Endpoint, known: Known, size: int) -> tuple[int, int]:
    """Count the queries of a change; it is undone."""
    path, body = ask_much(endpoint, known, size)
    with transaction.atomic():
        with CaptureQueriesContext(connection) as context:
            answer = program.send(endpoint.method, path, body)
        transaction.set_rollback(True)
    return answer.status_code, len(context)


@override_settings(MAIL=SERVER, STRIPE_KEY="sk_test_of_a_shop")
def test_writing_takes_as_many_queries_for_many_rows_as_for_few() -> None:
    counted: list[dict[str, tuple[int, int]]] = []
    for size in (2, 6):
        with transaction.atomic():
            program = Program()
            program.read("/items")  # notes that the key was used today
            known = open_wide(size)
            counted.append(
                {
                    endpoint.name: count_writing(program, endpoint, known, size)
                    for endpoint in list_endpoints()
                    if endpoint.method != "GET"
                }
            )
            transaction.set_rollback(True)
    few, many = counted
    assert {name: status for name, (status, _) in many.items() if status not in {200, 201}} == {}
    grown = {name: many[name][1] - few[name][1] for name in few}
    assert {name: count for name, count in grown.items() if count} == {}
