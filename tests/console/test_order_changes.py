"""Changes of an order and its lines on their pages: seen first, then done, and not over the head of others."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from backorder.allocation import events
from backorder.allocation.acceptance.gate import REASONS
from backorder.allocation.acceptance.taking import Hold
from backorder.catalog.models import Acceptance
from backorder.console.refusals import WORDS
from backorder.fulfilment import services as floor
from backorder.orders.models import Address, Line, Order
from backorder.orders.services import Wanted
from backorder.outbox.models import Entry
from tests.allocation.shop import stock
from tests.console.shop import open_shop
from tests.console.test_orders import read_text
from tests.supply.shop import NOON, TODAY, cause, item

HERE = {
    "name": "North Lane Camping",
    "street": "North Lane 4",
    "postcode": "",
    "city": "Haven",
    "country": "ie",
    "why": "moved",
}


def line_of(order: str) -> Line:
    return Line.objects.select_related("order").get(order__number=order, number="1")


def read_hidden(page: str) -> dict[str, str]:
    """Read what a page keeps for the next step: how far it knows the journal, and what was looked at."""
    return dict(re.findall(r'name="(seen|opened)" value="([^"]+)"', page))


REST = {"minimum_quantity": "1", "location": "", "commitment": "soft"}
"""What forms of a line ask for beside what a test is about; forms of an order ask for none of it."""


def look(client: Client, address: str, typed: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Open a page, fill it in and look at what it would do; gives what is said, and what the page keeps."""
    kept = read_hidden(client.get(address).content.decode())
    page = client.post(address, {**REST, **typed, **kept, "preview": ""}).content.decode()
    said = " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())
    return said, read_hidden(page)


def save(client: Client, address: str, typed: dict[str, str], kept: dict[str, str]) -> str:
    """Save what was looked at; gives what the page says then."""
    answer = client.post(address, {**REST, **typed, **kept, "save": ""}, follow=True)
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode().partition("<main")[2]).split())


def test_fewer_units_and_another_day_are_shown_first_and_then_saved(planner: Client) -> None:
    open_shop()
    line, before = line_of("A-2"), Entry.objects.count()
    address = f"/lines/{line.pk}/amend"
    typed = {"quantity": "4", "requested_on": "2026-12-10", "needed_by": "2026-12-24", "why": "fewer guests"}
    said, kept = look(planner, address, typed)
    assert "A-2 line 1, this order LAMP C-2 12 by 4 Dec 2026, some from 24 Nov 2026 4 by" in said
    assert "A-3 line 1 LAMP C-3" in said
    assert Entry.objects.count() == before
    said = save(planner, address, typed, kept)
    assert "Saved. 2 lines change" in said
    line.refresh_from_db()
    assert (line.quantity_ordered, line.quantity_cancelled, line.quantity_open) == (12, 8, 4)
    assert (str(line.requested_on), str(line.needed_by)) == ("2026-12-10", "2026-12-24")
    assert Entry.objects.filter(what="line.amended").get().why == "fewer guests"
    assert "of no use after 24 Dec 2026" in said


def test_a_line_comes_from_another_place_in_larger_parts_and_is_kept(planner: Client) -> None:
    open_shop()
    line = line_of("A-2")
    address = f"/lines/{line.pk}/amend"
    typed = {
        "quantity": "12",
        "requested_on": str(line.requested_on),
        "needed_by": "",
        "minimum_quantity": "6",
        "location": "main",
        "commitment": "reserved",
        "why": "one pallet",
    }
    assert '<option value="" selected>wherever it is</option>' in planner.get(address).content.decode()
    _, kept = look(planner, address, typed)
    said = save(planner, address, typed, kept)
    assert (
        "changed line 1: its place from none to main, how it keeps its units from move as its rank says to are kept, and it may "
        "gain others, the smallest shipment from 1 to 6." in said
    )
    line.refresh_from_db()
    assert line.location is not None
    assert (line.location.code, line.minimum_quantity, line.commitment) == ("main", 6, "reserved")


def test_a_line_is_added_after_showing_when_it_would_ship_and_whom_it_costs(planner: Client) -> None:
    open_shop()
    assert "/order-changes/add/A-2" in planner.get("/orders/A-2").content.decode()
    typed = {
        "sku": "LAMP",
        "quantity": "3",
        "requested_on": "2026-12-01",
        "needed_by": "",
        "why": "one more room",
    }
    said, kept = look(planner, "/order-changes/add/A-2", typed)
    assert "Of the units that are added: 3 wait until 4 Dec 2026." in said
    assert (
        "A-3 line 1 LAMP C-3 10 by 4 Dec 2026, 5 without supply 7 by 4 Dec 2026, 8 without supply worse"
        in said
    )
    assert not Line.objects.filter(order__number="A-2", number="2").exists()
    save(planner, "/order-changes/add/A-2", typed, kept)
    added = Line.objects.get(order__number="A-2", number="2")
    assert (added.item.sku, added.quantity_open, str(added.requested_on)) == ("LAMP", 3, "2026-12-01")
    assert Entry.objects.filter(what="line.added").get().why == "one more room"


def test_a_hold_that_is_changed_keeps_what_was_asked_for_once_it_is_confirmed(planner: Client) -> None:
    open_shop()
    wanted = [Wanted("1", item("BULB"), 2, TODAY, commitment="firm")]
    stock("BULB", 5)
    events.hold("H-1", wanted, Hold(NOON + dt.timedelta(days=1)), cause())
    page = planner.get(f"/lines/{line_of('H-1').pk}/amend").content.decode()
    assert '<option value="firm" selected>' in page


def test_a_line_of_an_item_that_nobody_knows_is_not_added(planner: Client) -> None:
    open_shop()
    typed = {"sku": "LANP", "quantity": "3", "requested_on": "2026-12-01", "needed_by": "", "why": "x"}
    said, kept = look(planner, "/order-changes/add/A-2", typed)
    assert "There is no item LANP. Nothing was changed." in said
    assert "seen" not in kept


def test_more_units_go_through_the_gate_and_what_is_refused_is_told_with_its_reason(planner: Client) -> None:
    open_shop()
    Acceptance.objects.create(item=item("LAMP"), rule="capped", cap=30)
    line = line_of("A-2")
    address = f"/lines/{line.pk}/amend"
    typed = {"quantity": "22", "requested_on": str(line.requested_on), "needed_by": "", "why": "more guests"}
    said, kept = look(planner, address, typed)
    assert "5 units of LAMP are refused: no more may wait for this item." in said
    assert "Of the units that are added: 5 wait" in said
    said = save(planner, address, typed, kept)
    line.refresh_from_db()
    assert line.quantity_open == 17
    assert "5 units of LAMP are refused: no more may wait for this item." in said


def test_what_is_refused_altogether_cannot_be_saved(planner: Client) -> None:
    open_shop()
    Acceptance.objects.create(item=item("LAMP"), rule="none")
    line = line_of("A-2")
    typed = {"quantity": "13", "requested_on": str(line.requested_on), "needed_by": "", "why": "x"}
    said, kept = look(planner, f"/lines/{line.pk}/amend", typed)
    assert "Nothing would change: all of it is refused." in said
    assert "only what is on hand is sold, and no more is free" in said
    assert "seen" not in kept
    line.refresh_from_db()
    assert line.quantity_open == 12


def test_a_line_that_is_wanted_as_it_is_cannot_be_saved(planner: Client) -> None:
    open_shop()
    line = line_of("A-2")
    typed = {"quantity": "12", "requested_on": str(line.requested_on), "needed_by": "", "why": "x"}
    said, kept = look(planner, f"/lines/{line.pk}/amend", typed)
    assert "Nothing would change: it is so already." in said
    assert "seen" not in kept


def test_sets_and_shipments_are_shown_and_changed(planner: Client) -> None:
    open_shop()
    order = Order.objects.get(number="A-2")
    stay = {"quantity": "12", "requested_on": str(line_of("A-2").requested_on), "needed_by": ""}
    said, kept = look(
        planner, f"/lines/{line_of('A-2').pk}/amend", {**stay, "ship_set": "fair", "why": "one box"}
    )
    save(planner, f"/lines/{line_of('A-2').pk}/amend", {**stay, "ship_set": "fair", "why": "one box"}, kept)
    page = read_text(planner, "/orders/A-2")
    assert "Ships whole (set fair)" in page
    assert "changed line 1: the set that it ships in from none to fair" in page
    events.add_line(
        order, Wanted("2", item("LAMP"), 1, line_of("A-2").requested_on, ship_set="fair"), cause()
    )
    assert "Ships together with line 2 (set fair)" in read_text(planner, "/orders/A-2")
    assert "Shipments at most" not in read_text(planner, "/orders/A-2")
    typed = {"priority": "100", "ship_policy": "as_ready", "most_shipments": "3", "why": "freight"}
    said, kept = look(planner, "/order-changes/amend/A-2", typed)
    save(planner, "/order-changes/amend/A-2", typed, kept)
    page = read_text(planner, "/orders/A-2")
    assert "Shipments at most 3; 3 are left" in page
    assert "changed shipments at most from none to 3" in page
    events.amend_order(order, {"most_shipments": 1}, cause())
    page = read_text(planner, "/orders/A-2")
    assert "Shipments at most 1; 1 is left, and takes all that is open" in page
    assert "set fair" not in page.partition("Story")[0]
    said, _ = look(planner, "/order-changes/amend/A-2", {**typed, "most_shipments": "0"})
    assert "greater than or equal to 1" in said


def test_priority_and_shipping_are_shown_first_and_then_saved(planner: Client) -> None:
    open_shop()
    typed = {"priority": "1", "ship_policy": "line_complete", "why": "fair is on Friday"}
    said, kept = look(planner, "/order-changes/amend/A-2", typed)
    assert "2 lines would change: 1 for the better, 1 for the worse." in said
    assert "12 by 4 Dec 2026, some from 24 Nov 2026 12 by 4 Dec 2026 worse" in said
    assert "A-3 line 1 LAMP C-3 10 by 4 Dec 2026, 5 without supply 10 by 24 Nov 2026" in said
    assert "Saved. 2 lines change: 1 for the better, 1 for the worse." in save(
        planner, "/order-changes/amend/A-2", typed, kept
    )
    order = Order.objects.get(number="A-2")
    assert (order.priority, order.ship_policy) == (1, "line_complete")
    assert (
        "changed priority from 100 to 1, how it ships from each line as soon as it can to each line as a whole"
        in read_text(planner, "/orders/A-2")
    )


def test_a_whole_order_is_cancelled_after_showing_who_gains(planner: Client) -> None:
    open_shop()
    typed = {"by": "seller", "why": "closed down"}
    said, kept = look(planner, "/order-changes/cancel/A-2", typed)
    assert "Still to be shipped: 12 of LAMP (line 1)." in said
    assert "A-3 line 1 LAMP C-3" in said
    assert line_of("A-2").quantity_open == 12
    save(planner, "/order-changes/cancel/A-2", typed, kept)
    assert line_of("A-2").quantity_open == 0
    page = planner.get("/orders/A-2").content.decode()
    assert "Cancel order" not in page
    assert "cancelled 12 units, all that was open: these units will never be sent" in page
    assert "Nothing of it is open." in read_text(planner, "/order-changes/cancel/A-2")


def test_what_the_warehouse_has_is_put_back_before_an_order_is_cancelled(planner: Client) -> None:
    open_shop()
    floor.release_order(Order.objects.get(number="A-1"), cause())
    before = Entry.objects.count()
    page = planner.post(
        "/order-changes/cancel/A-1", {"by": "buyer", "why": "x", "preview": ""}
    ).content.decode()
    assert "Order A-1 line 1: 6 of 6 open units are released to the warehouse; take them back first." in page
    assert "The warehouse has 6 of them; they must be put back first." in page
    assert "6 are with the warehouse." in read_text(planner, "/orders/A-1")
    assert Entry.objects.count() == before


def test_an_address_is_changed_at_once_and_the_story_does_not_repeat_it(planner: Client) -> None:
    open_shop()
    answer = planner.post("/order-changes/address/A-2", HERE)
    assert answer.headers["Location"] == "/orders/A-2"
    assert Address.objects.get().country == "IE"
    said = read_text(planner, "/orders/A-2")
    assert "North Lane Camping, North Lane 4, Haven, IE" in said
    assert "changed where it goes: name, street, city, country" in said
    page = planner.get("/order-changes/address/A-2").content.decode()
    assert 'value="North Lane 4"' in page
    page = planner.post("/order-changes/address/A-2", {**HERE, "country": "1E"}).content.decode()
    assert "&#x27;1E&#x27; is no country code; name two capital letters, as DE. Nothing was changed." in page
    assert Address.objects.get().country == "IE"


@pytest.mark.parametrize("look_again", [True, False])
def test_what_others_did_meanwhile_is_told_and_nothing_is_saved_over_it(
    planner: Client,
    look_again: bool,  # noqa: FBT001 - a case
) -> None:
    open_shop()
    line = line_of("A-2")
    address = f"/lines/{line.pk}/amend"
    typed = {**REST, "quantity": "10", "requested_on": "2026-11-29", "needed_by": "", "why": "fewer guests"}
    kept = read_hidden(planner.get(address).content.decode())
    if look_again:
        events.cancel_line(line, 5, cause("called"))
        _, kept = "", {**kept}
        page = planner.post(address, {**typed, **kept, "preview": ""}).content.decode()
    else:
        page = planner.post(address, {**typed, **kept, "preview": ""}).content.decode()
        kept = read_hidden(page)
        events.cancel_line(line, 5, cause("called"))
        page = planner.post(address, {**typed, **kept, "save": ""}).content.decode()
    assert "This changed while the page was open" in page
    assert "24 Nov 2026, 12:00: anna cancelled 5 units of line 1 (called)." in page
    line.refresh_from_db()
    assert line.quantity_open == 7
    assert not Entry.objects.filter(what="line.amended").exists()
    answer = planner.post(address, {**typed, **read_hidden(page), "save": ""})
    assert answer.status_code == 302
    line.refresh_from_db()
    assert line.quantity_open == 10


def test_an_address_is_not_written_over_that_of_others(planner: Client) -> None:
    open_shop()
    kept = read_hidden(planner.get("/order-changes/address/A-2").content.decode())
    planner.post("/order-changes/address/A-2", {**HERE, "street": "South Lane 1"})
    page = planner.post("/order-changes/address/A-2", {**HERE, **kept}).content.decode()
    assert "planner changed where it goes: name, street, city, country (moved)." in page
    assert Address.objects.get().street == "South Lane 1"


@pytest.mark.parametrize(
    ("address", "typed", "said"),
    [
        ("/lines/{}/amend", {"quantity": "0", "requested_on": "2026-12-01", "why": "x"}, "greater than or equal to 1"),
        ("/lines/{}/amend", {"quantity": "5", "requested_on": "soon", "why": "x"}, "Enter a valid date."),
        ("/lines/{}/amend", {"quantity": "5", "requested_on": "2350-01-01", "why": "x"}, "not between 1900-01-01"),
        ("/order-changes/amend/A-2", {"priority": "high", "ship_policy": "complete", "why": "x"}, "whole number"),
        ("/order-changes/amend/A-2", {"priority": "1", "ship_policy": "fast", "why": "x"}, "Select a valid choice"),
        ("/order-changes/cancel/A-2", {"why": ""}, "This field is required."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_where_it_stands_and_changes_nothing(
    planner: Client, address: str, typed: dict[str, str], said: str
) -> None:
    open_shop()
    before = Entry.objects.count()
    page = planner.post(address.format(line_of("A-2").pk), {**REST, **typed, "preview": ""}).content.decode()
    assert said in page
    assert Entry.objects.count() == before


@pytest.mark.parametrize(
    "address",
    [
        *("/lines/{}/amend", "/lines/{}/consent"),
        *(f"/order-changes/{what}/A-2" for what in ("amend", "cancel", "confirm", "payment")),
    ],
)
def test_who_only_reads_changes_no_order(reader: Client, address: str) -> None:
    open_shop()
    before = Entry.objects.count()
    place = address.format(line_of("A-2").pk)
    assert reader.get(place).status_code == reader.post(place, {"why": "x"}).status_code == 403
    page = reader.get("/orders/A-2").content.decode()
    for word in ("Change order", ">Address<", ">Payment<", "Cancel order", ">Change<", ">Consent<"):
        assert word not in page
    assert Entry.objects.count() == before


@pytest.mark.parametrize(
    "address",
    ["/lines/0/amend", "/lines/1/nonsense", "/order-changes/amend/A-99", "/order-changes/payment/A-99"],
)
def test_what_is_not_there_is_told(planner: Client, address: str) -> None:
    assert planner.get(address).status_code == 404
    assert planner.get("/order-changes/nonsense/A-1").status_code == 404


def test_every_reason_of_a_refusal_has_words() -> None:
    assert WORDS.keys() == set(REASONS)
