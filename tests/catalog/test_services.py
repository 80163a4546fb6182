"""Saving the catalogue: created or replaced by code, one entry of the journal for what differs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backorder.catalog.models import Acceptance, ClosedDay, Component, Item, Location, Substitute, Supplier
from backorder.catalog.selectors import (
    list_acceptances,
    list_closed_days,
    list_components,
    list_items,
    list_locations,
    list_substitutes,
    list_suppliers,
)
from backorder.catalog.services import (
    AcceptanceFacts,
    CatalogError,
    ComponentFacts,
    ItemFacts,
    LocationFacts,
    Saved,
    SubstituteFacts,
    SupplierFacts,
    remove_acceptances,
    remove_closed_days,
    remove_components,
    remove_substitutes,
    save_acceptances,
    save_channels,
    save_closed_days,
    save_components,
    save_customer_classes,
    save_items,
    save_locations,
    save_substitutes,
    save_suppliers,
)
from backorder.orders.services import Wanted, place
from backorder.outbox.models import Entry, Subject
from tests.supply.shop import TODAY, cause

pytestmark = pytest.mark.django_db

LAMP = ItemFacts("LAMP", "Lamp", 1990)
DESK = ItemFacts("DESK", "Desk", 25000, "USD", 2)


def told(saved: Saved) -> tuple[str, dict[str, object], list[tuple[str, str]]]:
    assert saved.entry is not None
    subjects = Subject.objects.filter(entry=saved.entry).order_by("id").values_list("kind", "key")
    return saved.entry.what, saved.entry.facts, list(subjects)


def counts(saved: Saved) -> tuple[int, int, int, int]:
    return saved.new, saved.changed, saved.unchanged, saved.gone


def test_items_are_created_or_replaced_by_sku_and_the_journal_says_what_differs() -> None:
    saved = save_items([LAMP, DESK], cause())
    assert counts(saved) == (2, 0, 0, 0)
    assert told(saved) == ("item.saved", {"new": ["LAMP", "DESK"]}, [("item", "LAMP"), ("item", "DESK")])
    saved = save_items([LAMP, ItemFacts("DESK", "Desk", 24000, "USD", 2), ItemFacts("STOOL")], cause())
    assert counts(saved) == (1, 1, 1, 0)
    assert told(saved) == (
        "item.saved",
        {"new": ["STOOL"], "changed": {"DESK": {"price": [25000, 24000]}}},
        [("item", "STOOL"), ("item", "DESK")],
    )
    assert sorted(list_items()) == [
        ("DESK", "Desk", 24000, "USD", 2),
        ("LAMP", "Lamp", 1990, "EUR", 1),
        ("STOOL", "", 0, "EUR", 1),
    ]


def test_saving_what_is_so_already_writes_nothing() -> None:
    save_items([LAMP, DESK], cause())
    save_locations([LocationFacts("main", rank=1)], cause())
    save_acceptances([AcceptanceFacts("capped", "LAMP", cap=3)], cause())
    save_components([ComponentFacts("DESK", "LAMP", 1)], cause())
    before = Entry.objects.count()
    saved = [
        save_items([LAMP, DESK], cause()),
        save_locations([LocationFacts("main", rank=1)], cause()),
        save_acceptances([AcceptanceFacts("capped", "LAMP", cap=3)], cause()),
        save_components([ComponentFacts("DESK", "LAMP", 1)], cause()),
    ]
    assert saved == [Saved(None, unchanged=2), *[Saved(None, unchanged=1)] * 3]
    assert Entry.objects.count() == before


def test_two_locations_may_change_places() -> None:
    save_locations([LocationFacts("a", parent="b"), LocationFacts("b")], cause())
    saved = save_locations(
        [LocationFacts("b", parent="a"), LocationFacts("a", parent="c"), LocationFacts("c", "C")], cause()
    )
    assert told(saved)[1] == {
        "new": ["c"],
        "changed": {"b": {"parent": [None, "a"]}, "a": {"parent": ["b", "c"]}},
    }
    assert sorted(list_locations()) == [
        ("a", "", "c", None, True),
        ("b", "", "a", None, True),
        ("c", "C", "", None, True),
    ]


def test_a_circle_of_locations_or_kits_is_refused_and_nothing_changes() -> None:
    save_locations([LocationFacts("a", parent="b"), LocationFacts("b")], cause())
    save_items([LAMP, DESK], cause())
    save_components([ComponentFacts("DESK", "LAMP", 1)], cause())
    before = Entry.objects.count()
    with pytest.raises(CatalogError, match="a location would be inside itself; give it another parent"):
        save_locations([LocationFacts("b", parent="a"), LocationFacts("c")], cause())
    with pytest.raises(CatalogError, match="a kit would contain itself; take the component out of it first"):
        save_components([ComponentFacts("LAMP", "DESK", 1)], cause())
    assert (Entry.objects.count(), Location.objects.count(), Component.objects.count()) == (before, 2, 1)


def test_a_kit_holds_no_more_units_than_can_be_counted_on_all_levels() -> None:
    save_items([ItemFacts(sku) for sku in ("A", "B", "C", "D")], cause())
    save_components([ComponentFacts("A", "B", 1000), ComponentFacts("B", "C", 999)], cause())
    save_components([ComponentFacts("B", "D", 1)], cause())
    before = Entry.objects.count()
    message = "one A would hold 1,001,000 units, all levels down; a kit holds 1,000,000 or fewer"
    with pytest.raises(CatalogError, match=message):
        save_components([ComponentFacts("B", "D", 2)], cause())
    assert list(Component.objects.order_by("id").values_list("quantity", flat=True)) == [1000, 999, 1]
    assert Entry.objects.count() == before


def test_what_a_location_does_with_a_receipt_stays_where_nothing_is_said_of_it() -> None:
    save_locations([LocationFacts("main", releases_at_once=False), LocationFacts("shop")], cause())
    assert told(save_locations([LocationFacts("main", "Main"), LocationFacts("shop", "Shop")], cause()))[
        1
    ] == {"changed": {"main": {"name": ["", "Main"]}, "shop": {"name": ["", "Shop"]}}}
    known = dict(Location.objects.values_list("code", "releases_at_once"))
    assert known == {"main": False, "shop": True}


def test_what_ties_items_is_saved_and_removed_by_its_names() -> None:
    save_items([LAMP, DESK], cause())
    save_components([ComponentFacts("DESK", "LAMP", 1)], cause())
    save_substitutes([SubstituteFacts("LAMP", "DESK", "better", 500_000)], cause())
    assert told(save_components([ComponentFacts("DESK", "LAMP", 2)], cause())) == (
        "kit.saved",
        {"changed": {"DESK / LAMP": {"quantity": [1, 2]}}},
        [("item", "DESK"), ("item", "LAMP")],
    )
    assert list(list_components()) == [("DESK", "LAMP", 2)]
    assert list(list_substitutes()) == [("LAMP", "DESK", "better", 500_000)]
    assert remove_components([("LAMP", "DESK")], cause()) == Saved(None)
    assert counts(remove_components([("DESK", "LAMP")], cause())) == (0, 0, 0, 1)
    assert told(remove_substitutes([("LAMP", "DESK", "better")], cause())) == (
        "substitute.removed",
        {"gone": ["LAMP / DESK / better"]},
        [("item", "LAMP"), ("item", "DESK")],
    )
    assert (Component.objects.count(), Substitute.objects.count()) == (0, 0)


def test_days_are_closed_at_a_place_or_everywhere_and_opened_again() -> None:
    save_locations([LocationFacts("main")], cause())
    assert counts(save_closed_days([(TODAY, ""), (TODAY, "main")], cause())) == (2, 0, 0, 0)
    assert sorted(list_closed_days()) == [(TODAY, ""), (TODAY, "main")]
    assert counts(remove_closed_days([(TODAY, "")], cause())) == (0, 0, 0, 1)
    assert list(ClosedDay.objects.values_list("location__code")) == [("main",)]


def test_rules_of_acceptance_are_saved_for_what_they_name() -> None:
    save_items([LAMP], cause())
    save_channels(["shop"], cause())
    save_customer_classes(["retail"], cause())
    rules = [
        AcceptanceFacts("open"),
        AcceptanceFacts("inbound_only", "LAMP", "shop", "retail", horizon_days=30, longest_wait_days=60),
    ]
    assert told(save_acceptances(rules, cause())) == (
        "acceptance.saved",
        {"new": [" /  / ", "LAMP / shop / retail"]},
        [("item", "LAMP"), ("channel", "shop"), ("customer_class", "retail")],
    )
    assert counts(save_acceptances([AcceptanceFacts("none"), rules[1]], cause())) == (0, 1, 1, 0)
    assert sorted(list_acceptances()) == [
        ("", "", "", "none", None, None, None),
        ("LAMP", "shop", "retail", "inbound_only", None, 30, 60),
    ]
    assert counts(remove_acceptances([("", "", "")], cause())) == (0, 0, 0, 1)
    assert list(Acceptance.objects.values_list("rule")) == [("inbound_only",)]


def test_suppliers_are_saved_by_code() -> None:
    save_suppliers([SupplierFacts("oak", "Oak Ltd")], cause())
    assert counts(save_suppliers([SupplierFacts("oak", "Oak"), SupplierFacts("pine")], cause())) == (
        1,
        1,
        0,
        0,
    )
    assert sorted(list_suppliers()) == [("oak", "Oak"), ("pine", "")]


def test_an_item_keeps_its_currency_once_it_was_ordered_at_a_price() -> None:
    save_items([LAMP, DESK], cause())
    save_items([ItemFacts("LAMP", "Lamp", 1250, "JPY")], cause())
    place("A-1", [Wanted("1", Item.objects.get(sku="LAMP"), 1, TODAY)], cause())
    entries, items = Entry.objects.count(), list(list_items())
    message = "LAMP was sold in JPY: its currency stays; make another item to sell in EUR"
    with pytest.raises(CatalogError, match=message):
        save_items([ItemFacts("DESK", "Desk", 1), LAMP], cause())
    assert (Entry.objects.count(), list(list_items())) == (entries, items)
    save_items([ItemFacts("DESK", "Desk", 1), ItemFacts("LAMP", "Lamp", 1300, "JPY")], cause())
    assert sorted(list_items()) == [("DESK", "Desk", 1, "EUR", 1), ("LAMP", "Lamp", 1300, "JPY", 1)]


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: save_items([LAMP, LAMP], cause()), "item LAMP is named twice"),
        (lambda: save_items([ItemFacts("")], cause()), "an item has a sku"),
        (lambda: save_items([ItemFacts("A", price=-1)], cause()), "A: a price is not negative"),
        (lambda: save_items([ItemFacts("A", currency="eur")], cause()), "A: 'eur' is no currency; write one"),
        (
            lambda: save_items([ItemFacts("A", pack_size=0)], cause()),
            "A: a pack holds one unit or more, not 0",
        ),
        (lambda: save_locations([LocationFacts("")], cause()), "a location has a code"),
        (lambda: save_locations([LocationFacts("a", parent="x")], cause()), "there is no location 'x'"),
        (lambda: save_components([ComponentFacts("A", "B", 1)], cause()), "there is no item 'A'"),
        (lambda: save_components([ComponentFacts("A", "B", 0)], cause()), "A: 0 of B cannot be in a kit"),
        (
            lambda: save_substitutes([SubstituteFacts("A", "B", ratio=0)], cause()),
            "A: the ratio of B is above 0",
        ),
        (lambda: save_closed_days([(TODAY, "y")], cause()), "there is no location 'y'"),
        (lambda: save_channels([""], cause()), "a channel has a code"),
        (lambda: save_acceptances([AcceptanceFacts("capped")], cause()), "capped needs a cap"),
        (lambda: save_acceptances([AcceptanceFacts("open", cap=1)], cause()), "only capped has a cap"),
        (lambda: save_acceptances([AcceptanceFacts("maybe")], cause()), "'maybe' is none of none, capped"),
        (lambda: save_acceptances([AcceptanceFacts("capped", cap=-1)], cause()), "-1 is below 0"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(act: Callable[[], Saved], message: str) -> None:
    with pytest.raises(CatalogError, match=message):
        act()
    assert (Entry.objects.count(), Item.objects.count(), Location.objects.count()) == (0, 0, 0)


def test_500_items_take_as_many_queries_as_one() -> None:
    def count_queries(number: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            save_items([ItemFacts(f"{number}-{row}") for row in range(number)], cause())
            save_items([ItemFacts(f"{number}-{row}", "new") for row in range(number)], cause())
        return len(queries)

    assert count_queries(1) == count_queries(500)
    assert Supplier.objects.count() == 0
