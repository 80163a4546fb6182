"""What is sold when nothing is there: shown on the page of an item in words, and set, changed and dropped by a form."""

from __future__ import annotations

import pytest
from django.test import Client

from backorder.allocation.acceptance.rules import list_rules
from backorder.catalog.models import Acceptance, Channel
from backorder.console.journal import say_entry
from backorder.orders.models import Line
from backorder.outbox.models import Entry
from tests.console.shop import buy_as, open_shop
from tests.console.test_orders import read_text
from tests.supply.shop import item

RULE = {
    "of": "item",
    "channel": "",
    "customer_class": "",
    "rule": "none",
    "cap": "",
    "horizon_days": "",
    "longest_wait_days": "",
    "why": "season",
}
"""What the form asks for beside what a test is about."""


def read_card(client: Client, sku: str = "LAMP") -> str:
    """Read what the page of an item says of what is sold."""
    said = read_text(client, f"/items/{sku}")
    return said.partition("What is sold when nothing is there ")[2].partition(" What is free when")[0]


def list_written() -> list[tuple[object, ...]]:
    """List the rules, each with what it is for."""
    named = ("item__sku", "channel__code", "customer_class__code")
    return list(
        Acceptance.objects.order_by("pk").values_list(
            *named, "rule", "cap", "horizon_days", "longest_wait_days"
        )
    )


def test_without_a_rule_all_is_sold_and_the_page_says_so(planner: Client) -> None:
    open_shop()
    assert read_card(planner) == "Set a rule Every order : all that is asked for: no rule is set."


def test_a_rule_is_set_changed_and_dropped_and_holds_for_what_is_ordered_next(planner: Client) -> None:
    open_shop()
    answer = planner.post("/acceptance/LAMP", {**RULE, "rule": "capped", "cap": "26"})
    assert answer.headers["Location"] == "/items/LAMP"
    assert list_written() == [("LAMP", None, None, "capped", 26, None, None)]
    assert (
        "This item : what is free on hand, and up to 26 units that may wait. Change the rule for This item"
        in read_card(planner)
    )
    assert buy_as("C-1", "A-7", "LAMP", 3).quantity_open == 1
    page = planner.get("/acceptance/LAMP").content.decode()
    assert '<option value="capped" selected>' in page
    assert 'name="cap" value="26"' in page
    planner.post("/acceptance/LAMP", {**RULE, "rule": "open", "cap": "26", "longest_wait_days": "1"})
    assert list_written() == [("LAMP", None, None, "open", None, None, 1)]
    assert "This item : all that is asked for; nobody waits longer than 1 day." in read_card(planner)
    planner.post("/acceptance/LAMP", {**RULE, "rule": "no_rule"})
    assert list_written() == []
    assert [
        say_entry(entry) for entry in Entry.objects.filter(what__startswith="acceptance").order_by("pk")
    ] == [
        "set how much is sold when nothing is there: LAMP",
        "set how much is sold when nothing is there: LAMP",
        "dropped the rule of how much is sold when nothing is there: LAMP",
    ]
    assert Entry.objects.filter(what="acceptance.removed").get().why == "season"


def test_rules_are_listed_in_the_order_in_which_they_are_asked(planner: Client) -> None:
    open_shop()
    Channel.objects.create(code="phone")
    every = {**RULE, "of": "all"}
    for typed in (
        {**every, "rule": "none", "customer_class": "contract"},
        {**every, "rule": "inbound_only", "horizon_days": "14", "channel": "shop"},
        {**RULE, "rule": "capped", "cap": "1", "channel": "phone", "customer_class": "contract"},
        {**RULE, "rule": "open", "channel": "shop"},
    ):
        assert planner.post("/acceptance/LAMP", typed).status_code == 302
    sold = "Set a rule"
    for rule in (
        "This item, through phone, for class contract : what is free on hand, and up to 1 unit that may wait.",
        "This item, through shop : all that is asked for.",
        "Every item, through shop : what is free on hand, and what comes within 14 days.",
        "Every item, for class contract : what is free on hand, and no more.",
    ):
        scope = rule.partition(" :")[0]
        sold += f" {rule} Change the rule for {scope}"
    sold += " Every other order : all that is asked for: no rule is set. The first that fits an order counts."
    assert read_card(planner) == sold
    link = "/acceptance/LAMP?of=all&amp;channel=&amp;customer_class=contract"
    assert f'href="{link}"' in planner.get("/items/LAMP").content.decode()
    page = planner.get(link.replace("&amp;", "&")).content.decode()
    for chosen in ("all", "contract", "none"):
        assert f'<option value="{chosen}" selected>' in page
    assert "set how much is sold when nothing is there: every item, for class contract" in say_entry(
        Entry.objects.filter(what="acceptance.saved").earliest("pk")
    )


def test_the_rule_that_is_listed_first_for_an_order_is_the_one_that_holds(planner: Client) -> None:
    open_shop()
    planner.post("/acceptance/TENT", {**RULE, "of": "all", "rule": "open"})
    planner.post(
        "/acceptance/TENT", {**RULE, "rule": "none", "channel": "shop", "customer_class": "contract"}
    )
    assert [rule.rule for rule in list_rules(item("TENT").pk)] == ["none", "open"]
    with pytest.raises(Line.DoesNotExist):
        buy_as("C-1", "A-8", "TENT", 1)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"rule": "capped"}, "Say how many."),
        ({"rule": "inbound_only", "cap": "3"}, "Say how many."),
        ({"rule": "capped", "cap": "-1"}, "greater than or equal to 0"),
        ({"rule": "open", "longest_wait_days": "-1"}, "greater than or equal to 0"),
        ({"rule": "some"}, "Select a valid choice"),
        ({"channel": "mars"}, "Select a valid choice"),
        ({"why": ""}, "This field is required."),
    ],
)
def test_a_rule_that_cannot_be_is_told_where_it_stands_and_changes_nothing(
    planner: Client, typed: dict[str, str], said: str
) -> None:
    open_shop()
    before = Entry.objects.count()
    assert said in planner.post("/acceptance/LAMP", {**RULE, **typed}).content.decode()
    assert (list_written(), Entry.objects.count()) == ([], before)


def test_a_rule_that_is_not_there_cannot_be_dropped_and_one_is_not_set_twice(planner: Client) -> None:
    open_shop()
    for rule in ("no_rule", "none"):
        planner.post("/acceptance/LAMP", {**RULE, "rule": rule})
    before = Entry.objects.count()
    said = planner.post("/acceptance/LAMP", RULE, follow=True).content.decode()
    assert "Nothing changed: it was so already." in said
    assert (len(list_written()), Entry.objects.count()) == (1, before)


def test_who_may_not_change_policies_sees_the_rules_and_sets_none(reader: Client) -> None:
    open_shop()
    Acceptance.objects.create(item=item("LAMP"), rule="none")
    assert read_card(reader) == "This item : what is free on hand, and no more."
    assert reader.get("/acceptance/LAMP").status_code == 403
    assert reader.post("/acceptance/LAMP", {**RULE, "rule": "open"}).status_code == 403
    assert list_written() == [("LAMP", None, None, "none", None, None, None)]


def test_an_item_that_nobody_knows_has_no_rules(planner: Client) -> None:
    assert planner.get("/acceptance/NONE").status_code == 404
