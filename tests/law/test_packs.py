"""The packs that come with the program, and what is said of one that is wrong."""

from __future__ import annotations

from datetime import date

import pytest

from backorder.engine.consent import Pack, find_last_express_day
from backorder.faults import FaultyInputError
from backorder.law import find_place, list_packs, read_pack

PACKS = {pack.name: pack for pack in list_packs()}
RIGHT = """
name = "x"
title = "X"
law = "Law of X"
version = 1
effective_on = 2020-01-01
regions = ["XX"]
caution = "Have your lawyer check this."
"""


def test_the_packs_that_come_with_the_program() -> None:
    assert sorted(PACKS) == ["au", "business", "elsewhere", "eu", "uk", "us-ca", "us-federal", "us-ny"]


@pytest.mark.parametrize("pack", list_packs(), ids=lambda pack: pack.name)
def test_each_pack_says_where_it_stands_and_asks_for_a_lawyer(pack: Pack) -> None:
    assert pack.caution == "Have your lawyer check this."
    assert pack.law
    assert pack.unverified
    assert pack.cite("refund")


def test_only_the_federal_rule_of_the_united_states_cancels_on_silence() -> None:
    cancels = {
        pack.name
        for pack in PACKS.values()
        for rule in (pack.near, pack.far, pack.renewed)
        if rule is not None and rule.silence == "cancels"
    }
    assert cancels == {"us-federal"}


def test_silence_consents_only_to_a_near_day_in_the_united_states() -> None:
    rules = {
        (pack.name, name)
        for pack in PACKS.values()
        for name in ("near", "far", "renewed")
        if consents(pack, name)
    }
    assert rules == {("us-federal", "near")}


def consents(pack: Pack, name: str) -> bool:
    rule = getattr(pack, name)
    return rule is not None and rule.silence == "consents"


def test_new_york_charges_express_only_for_what_ships_within_three_working_days() -> None:
    """Ordered on Wednesday; Thursday is Thanksgiving, so the third working day is Tuesday."""
    pack = PACKS["us-ny"]
    calendar = find_place(("America/New_York",) * 2, "US-NY", (pack,)).calendar(pack)
    assert find_last_express_day(pack, date(2026, 11, 25), calendar) == date(2026, 12, 1)
    assert find_last_express_day(PACKS["us-ca"], date(2026, 11, 25), calendar) is None


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ("more = ", "x.toml: is not TOML: Invalid value (at end of document)"),
        ("colour = 1", "x.toml: colour: there is no such key"),
        ("[clok]", "x.toml: clok: there is no such key; did you mean 'clock'?"),
        ("[clock]\ndays = -1", "x.toml: clock.days: -1 is not a whole number of at least 0"),
        (
            '[clock]\nmissed = "refunds"',
            "x.toml: clock.missed: 'refunds' is not one of refund, period, may_end; did you mean 'refund'?",
        ),
        (
            '[notice.near]\nmust_say = ["hello"]',
            "x.toml: notice.near.must_say: 'hello' is not one of day_or_none, specific_delay, ",
        ),
        ('[notice.near]\nsilence = "cancels"', "x.toml: x: says of no refund by when it is sent"),
        (
            "[clock]\nnear_days = 30",
            "x.toml: x: which days are near, and what of those that are not: both or neither",
        ),
        ("[clock]\ncredit_days = 50", "x.toml: x: counts days on credit, and none without"),
        ('[places]\nnearly = "1"', "x.toml: places.nearly: there is no such rule; did you mean 'near'?"),
        ('holidays = "Atlantis"', "x.toml: holidays: 'Atlantis' is no country whose holidays are known"),
    ],
)
def test_what_is_wrong_with_a_pack_is_named(more: str, fault: str) -> None:
    with pytest.raises(FaultyInputError) as raised:
        read_pack(RIGHT + more, "x.toml")
    assert raised.value.lines[0].startswith(fault)


def test_rules_of_a_pack_as_they_come_with_the_program() -> None:
    """What a lawyer reads in the files, in one table: days, what silence means, what is missed, by when money goes back."""
    assert {
        pack.name: (
            pack.starts,
            pack.runs_to,
            (pack.days, pack.credit_days, pack.near_days, pack.lead_days),
            (pack.near.silence, pack.far and pack.far.silence, pack.renewed and pack.renewed.silence),
            pack.missed,
            (pack.refund.working_days, pack.refund.calendar_days),
            (pack.by_seller, pack.holidays, sorted(pack.buyers)),
        )
        for pack in list_packs()
        if pack.days is not None
    } == {
        "us-federal": (
            "payable",
            "shipment",
            (30, 50, 30, 5),
            ("consents", "cancels", "cancels"),
            "refund",
            (7, None),
            (True, "US", ["consumer"]),
        ),
        "us-ca": (
            "payment",
            "shipment",
            (30, None, None, 5),
            ("postpones", None, None),
            "refund",
            (None, 7),
            (True, "US", ["consumer"]),
        ),
        **{
            name: (
                "payable",
                "delivery",
                (30, None, None, 5),
                ("nothing", None, None),
                missed,
                (None, 14),
                (False, "ship_to", ["consumer"]),
            )
            for name, missed in (
                ("eu", "period"),
                ("uk", "period"),
                ("au", "may_end"),
                ("elsewhere", "may_end"),
            )
        },
    }
    needed = {name: sorted(PACKS[name].near.must_say) for name in ("us-ca", "eu", "uk", "au", "elsewhere")}
    usual = ["day_or_none", "free_answer", "right_to_cancel"]
    assert needed == {
        "us-ca": ["free_answer", "right_to_cancel", "specific_delay"],
        "eu": ["day_or_none", "free_answer", "may_set_period", "right_to_cancel", "service_only"],
        "uk": ["day_or_none", "free_answer", "may_set_period", "right_to_cancel", "service_only"],
        "au": [*usual, "service_only"],
        "elsewhere": usual,
    }
    assert (PACKS["us-ny"].by_seller, PACKS["us-ny"].refund.calendar_days) == (True, None)
    assert (PACKS["business"].days, PACKS["business"].refund.calendar_days) == (None, 30)


def test_a_pack_without_its_citation_or_caution_is_refused() -> None:
    with pytest.raises(FaultyInputError) as raised:
        read_pack('name = "x"', "x.toml")
    assert raised.value.lines == tuple(
        f"x.toml: {name}: is missing" for name in ("title", "law", "caution", "version", "effective_on")
    )
