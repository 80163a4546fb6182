"""The rules by which money goes back are read, or refused with what is wrong; no rule stands that a served law forbids."""

from __future__ import annotations

import re
from datetime import date

import pytest

from backorder.care.house import parse_house
from backorder.care.refunds.rules import Refunds, choose_served, count_least_days
from backorder.engine.consent.pack import RefundRule
from backorder.faults import FaultyInputError
from backorder.law import list_packs
from tests.architecture import tree

LAWYER = "Have your lawyer check this."


def read(text: str) -> Refunds:
    return parse_house(f"[refunds]\n{text}").refunds


def faults(text: str) -> list[str]:
    with pytest.raises(FaultyInputError) as caught:
        read(text)
    return str(caught.value).splitlines()


def test_a_house_that_says_nothing_pays_nothing_back_from_here() -> None:
    assert read("") == Refunds()
    assert Refunds().mode == "off"


def test_every_rule_is_read() -> None:
    text = """
    mode = "shadow"
    since = 2026-11-24
    days = 3
    as = "money"
    keep_percent = 0
    business_keep_percent = 15
    serves = ["US", "DE"]
    alone_each_day = 7
    alone_up_to = { EUR = "100.00", JPY = "9000", KWD = "1.250" }
    """
    assert read(text) == Refunds(
        mode="shadow",
        since=date(2026, 11, 24),
        days=3,
        business_keep_percent=15,
        serves=("US", "DE"),
        alone_each_day=7,
        alone_up_to={"EUR": 100_00, "JPY": 9000, "KWD": 1250},
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'mode = "on"',
            "house.toml: refunds.since: is missing: name the day from which on cancellations are paid back from here",
        ),
        (
            'alone_up_to = { EUR = "1.005" }',
            "house.toml: refunds.alone_up_to.EUR: 1.005 EUR: EUR has 2 places",
        ),
        (
            'alone_up_to = { EUR = "much" }',
            "house.toml: refunds.alone_up_to.EUR: 'much' is no amount as \"100.00\"",
        ),
        (
            'alone_up_to = { EUR = "-1" }',
            "house.toml: refunds.alone_up_to.EUR: '-1' is no amount as \"100.00\"",
        ),
        ('alone_up_to = { euro = "1" }', "house.toml: refunds.alone_up_to.euro: is no currency as EUR"),
        ('serves = ["Germany"]', "house.toml: refunds.serves: 'Germany' is no country as US"),
        (
            "business_keep_percent = 101",
            "house.toml: refunds.business_keep_percent: 101 is more than all of it",
        ),
        ("keep = 1", "house.toml: refunds.keep: there is no such key"),
    ],
)
def test_what_is_wrong_is_named(text: str, said: str) -> None:
    assert faults(text)[0].startswith(said), faults(text)


def test_no_rule_stands_that_a_served_law_forbids() -> None:
    said = faults('days = 10\nkeep_percent = 10\nas = "credit"\nserves = ["US"]')
    federal = (
        f"United States: Mail, Internet, or Telephone Order Merchandise Rule (16 CFR 435.1(b); {LAWYER})"
    )
    assert f"house.toml: refunds.days: 10 days are too long: 9 at most in {federal}" in said
    assert f"house.toml: refunds.keep_percent: nothing may be kept: all of it goes back in {federal}" in said
    assert f"house.toml: refunds.as: credit is no money: it goes back as it was paid in {federal}" in said
    assert any("days: 10 days are too long: 7 at most in" in line and "California" in line for line in said)


def test_only_the_laws_of_served_countries_count() -> None:
    assert read('days = 14\nserves = ["DE"]').days == 14
    assert faults('days = 15\nserves = ["DE"]') == [
        (
            f"house.toml: refunds.days: 15 days are too long: 14 at most in European Union: delivery of goods to consumers "
            f"(Directive 2011/83/EU, Article 18(3); {LAWYER})"
        )
    ]
    assert {pack.name for pack in choose_served(list_packs(), ["DE"])} == {"eu"}
    assert {pack.name for pack in choose_served(list_packs(), ["US"])} == {"us-federal", "us-ca", "us-ny"}
    assert {pack.name for pack in choose_served(list_packs(), ["JP"])} == {"elsewhere"}
    assert {pack.name for pack in choose_served(list_packs(), [])} == {
        pack.name for pack in list_packs() if "consumer" in pack.buyers
    }


@pytest.mark.parametrize(
    ("working", "calendar", "days"), [(7, None, 9), (4, None, 4), (5, None, 7), (None, 14, 14), (7, 7, 7)]
)
def test_of_working_days_the_fewest_that_they_can_take_are_counted(
    working: int | None, calendar: int | None, days: int
) -> None:
    assert count_least_days(RefundRule(working, calendar)) == days


def test_the_rules_of_the_guide_can_be_put_in_force() -> None:
    page = (tree.ROOT / "docs" / "howto" / "pay-back.md").read_text("utf-8")
    (text,) = re.findall(r"^```toml\n(.+?)^```", page, re.DOTALL | re.MULTILINE)
    assert parse_house(text).refunds == Refunds(
        mode="on",
        since=date(2026, 11, 24),
        days=7,
        business_keep_percent=15,
        serves=("US", "DE"),
        alone_up_to={"EUR": 100_00, "USD": 100_00},
        alone_each_day=20,
    )
