"""What customers want: placing and cancelling."""

import pytest

from backorder.orders.models import Line, Order
from backorder.orders.selectors import find_touched_items
from backorder.orders.services import Buyer, OrderError, Wanted, cancel, place
from backorder.outbox.selectors import read_story
from tests.supply.shop import TODAY, cause, item

pytestmark = pytest.mark.django_db


def wanted(quantity: int = 3, sku: str = "LAMP", number: str = "1") -> Wanted:
    return Wanted(number, item(sku), quantity, TODAY)


def test_an_order_is_placed_with_its_price_and_told_in_its_story() -> None:
    item("LAMP")
    lamp = item("LAMP")
    lamp.price = 1999
    lamp.save()
    place("A-1", [Wanted("1", lamp, 3, TODAY)], cause("by phone"))
    line = Line.objects.get()
    assert (line.quantity_open, line.unit_price, line.order.ordered_on) == (3, 1999, TODAY)
    assert [(entry.what, entry.who, entry.why) for entry in read_story("order", "A-1")] == [
        ("order.placed", "anna", "by phone")
    ]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ([], "order A-2 has no line"),
        ([0], "order A-2 line 1: 0 units cannot be ordered; name 1 to 1,000,000,000"),
        ([-4], "order A-2 line 1: -4 units cannot be ordered; name 1 to 1,000,000,000"),
    ],
)
def test_an_order_of_nothing_is_refused(lines: list[int], text: str) -> None:
    with pytest.raises(OrderError) as error:
        place("A-2", [wanted(quantity) for quantity in lines], cause())
    assert str(error.value) == text
    assert not Order.objects.exists()


def test_an_order_number_is_used_once() -> None:
    place("A-1", [wanted()], cause())
    with pytest.raises(OrderError, match=r"^there is an order A-1 already$"):
        place("A-1", [wanted()], cause())


def test_a_part_of_a_line_is_cancelled_and_no_more_than_is_open() -> None:
    place("A-1", [wanted(5)], cause())
    line = Line.objects.get()
    cancel(line, 2, cause("too many"))
    line.refresh_from_db()
    assert (line.quantity_open, line.quantity_cancelled) == (3, 2)
    with pytest.raises(OrderError, match=r"^order A-1 line 1: 3 units are open, not 4$"):
        cancel(line, 4, cause())


def test_a_change_touches_all_items_of_an_order_that_ships_as_a_whole() -> None:
    both = [wanted(), wanted(1, "SHADE", "2")]
    place("A-1", both, cause(), Buyer(ship_policy="complete"))
    place("A-2", both, cause())
    touched = [find_touched_items(line) for line in Line.objects.order_by("order__number", "number")]
    lamp, shade = item("LAMP").pk, item("SHADE").pk
    assert touched == [{lamp, shade}, {lamp, shade}, {lamp}, {shade}]
