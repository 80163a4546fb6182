"""What the database itself refuses in the catalogue."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from backorder.catalog.models import Acceptance, ClosedDay, Component, Item, Location
from backorder.orders.services import Wanted
from backorder.orders.services import place as place_order
from tests.supply.shop import TODAY, cause, item, place

pytestmark = pytest.mark.django_db


def test_the_migrations_hold_all_that_the_models_say() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_a_location_is_not_inside_itself() -> None:
    region, shop = place("region"), place("shop")
    shop.parent = region
    shop.save()
    region.parent = shop
    with pytest.raises(IntegrityError, match="a location is inside itself"), transaction.atomic():
        region.save()
    region.parent = region
    with pytest.raises(IntegrityError, match="a location is inside itself"), transaction.atomic():
        region.save()
    assert Location.objects.get(code="shop").parent == Location.objects.get(code="region")


def test_a_kit_does_not_contain_itself_however_deep() -> None:
    Component.objects.create(kit=item("SET"), item=item("LAMP"), quantity=2)
    Component.objects.create(kit=item("LAMP"), item=item("BULB"), quantity=1)
    with pytest.raises(IntegrityError, match="a kit contains itself"), transaction.atomic():
        Component.objects.create(kit=item("BULB"), item=item("SET"), quantity=1)


def test_the_currency_of_an_item_stays_once_it_was_ordered_at_a_price() -> None:
    lamp = item()
    place_order("A-1", [Wanted("1", lamp, 1, TODAY, unit_price=0)], cause())
    Item.objects.update(currency="JPY")
    place_order("A-2", [Wanted("1", lamp, 1, TODAY, unit_price=1999)], cause())
    with (
        pytest.raises(IntegrityError, match="LAMP was sold in JPY: its currency stays"),
        transaction.atomic(),
    ):
        Item.objects.update(currency="EUR")
    Item.objects.update(currency="JPY", price=5)
    assert Item.objects.values_list("currency", "price").get() == ("JPY", 5)


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        ({"rule": "sometimes"}, "acceptance_rule"),
        ({"rule": "capped"}, "acceptance_cap"),
        ({"rule": "capped", "cap": -1}, "acceptance_cap"),
        ({"rule": "open", "cap": 3}, "acceptance_cap"),
        ({"rule": "inbound_only"}, "acceptance_horizon"),
        ({"rule": "open", "horizon_days": 3}, "acceptance_horizon"),
        ({"rule": "open", "longest_wait_days": -1}, "acceptance_wait"),
    ],
)
def test_a_rule_of_acceptance_is_whole(rule: dict[str, object], name: str) -> None:
    with pytest.raises(IntegrityError, match=name):
        Acceptance.objects.create(**rule)


def test_there_is_one_rule_for_each_item_channel_and_class() -> None:
    Acceptance.objects.create(rule="open")
    Acceptance.objects.create(rule="open", item=item())
    for fields in ({}, {"item": item()}):
        with pytest.raises(IntegrityError, match="acceptance_once"), transaction.atomic():
            Acceptance.objects.create(rule="none", **fields)


def test_a_day_is_closed_once() -> None:
    ClosedDay.objects.create(closed_on=TODAY)
    ClosedDay.objects.create(closed_on=TODAY, location=place())
    for where in (None, place()):
        with pytest.raises(IntegrityError, match="closed_day"), transaction.atomic():
            ClosedDay.objects.create(closed_on=TODAY, location=where)


@pytest.mark.parametrize("wrong", [{"sku": ""}, {"sku": "X", "price": -1}, {"sku": "X", "pack_size": 0}])
def test_an_item_has_a_sku_a_price_and_a_pack_size(wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match="item_"):
        Item.objects.create(**wrong)
