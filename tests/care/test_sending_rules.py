"""The rules by which messages go out: read from the rules of the house, or refused with every fault."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from backorder.care.house import parse_house
from backorder.care.post.rules import Sending
from backorder.faults import FaultyInputError

RULES = """
[sending]
mode = "shadow"
since = 2026-11-24
wait_minutes = 0
quiet_from = 20:00:00
quiet_until = 08:30:00
gain_days = 5
alone = { opening = 100, later = 0 }
"""
NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def test_every_rule_is_read_and_without_any_nothing_is_sent() -> None:
    assert parse_house(RULES).sending == Sending(
        "shadow",
        dt.date(2026, 11, 24),
        0,
        (dt.time(20), dt.time(8, 30)),
        5,
        {"opening": 100, "later": 0},
    )
    assert parse_house("").sending == Sending("off", None, 10, None, 3, {})


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ('mode = "yes"', "sending.mode: 'yes' is not one of off, shadow, on"),
        ('since = "soon"', "sending.since: 'soon' is no day as 2026-11-24"),
        (
            "since = 2026-11-24T10:00:00Z",
            "sending.since: '2026-11-24 10:00:00+00:00' is no day as 2026-11-24",
        ),
        ("wait_minutes = 241", "sending.wait_minutes: 241 minutes are too long for news; name 240 at most"),
        ("wait_minutes = -1", "sending.wait_minutes: -1 is not a whole number of at least 0"),
        ("gain_days = 0", "sending.gain_days: 0 is not a whole number of at least 1"),
        ('quiet_from = "20:00"', "sending.quiet_from: '20:00' is no time as 20:00:00, without quotes"),
        (
            "quiet_from = 20:00:00",
            "sending.quiet_from: needs quiet_until at another time, and the other way round",
        ),
        ("alone = { refund = 3 }", "sending.alone.refund: "),
        ('alone = { opening = "many" }', "sending.alone.opening: 'many' is not a whole number of at least 0"),
        ("nights = 3", "sending.nights: there is no such key"),
    ],
)
def test_what_is_wrong_with_a_rule_is_named(rule: str, fault: str) -> None:
    with pytest.raises(FaultyInputError) as error:
        parse_house(f"[sending]\n{rule}\n")
    assert any(line.startswith(f"house.toml: {fault}") for line in error.value.lines), error.value.lines


@pytest.mark.parametrize(
    ("begin", "end", "quiet"),
    [(20, 8, [19, 20, 23, 0, 7, 8]), (1, 5, [0, 1, 4, 5])],
)
def test_a_night_may_pass_midnight_and_is_that_of_the_customer(
    begin: int, end: int, quiet: list[int]
) -> None:
    sending = Sending(quiet=(dt.time(begin), dt.time(end)))
    zone = ZoneInfo("America/New_York")
    hours = [dt.datetime(2026, 11, 24, hour, tzinfo=zone).astimezone(dt.UTC) for hour in quiet]
    assert [sending.is_quiet(hour, (zone, zone)) for hour in hours] == [
        False,
        *[True] * (len(quiet) - 2),
        False,
    ]


def test_where_a_country_has_several_clocks_it_is_quiet_as_long_as_it_is_night_in_any_of_them() -> None:
    sending = Sending(quiet=(dt.time(20), dt.time(8)))
    zones = ZoneInfo("America/New_York"), ZoneInfo("America/Los_Angeles")
    night = dt.datetime(2026, 11, 24, 12, 30, tzinfo=dt.UTC)  # 07:30 in New York
    assert sending.find_morning(night, zones) == night.replace(hour=16, minute=0)
    assert sending.find_morning(night.replace(hour=17), zones) == night.replace(hour=17)
    assert Sending(quiet=(dt.time(20), dt.time(19, 59))).find_morning(night, zones) is None


def test_on_the_last_day_of_a_law_a_night_is_broken_only_if_its_morning_is_too_late() -> None:
    sending, zone = Sending(quiet=(dt.time(20), dt.time(8))), ZoneInfo("UTC")
    last = NOON.date()
    may_go = [sending.may_go(NOON.replace(hour=hour), (zone, zone), last) for hour in (2, 7, 8, 19, 20, 23)]
    assert may_go == [False, False, True, True, True, True]
    assert not sending.may_go(NOON.replace(hour=20), (zone, zone), None)
    assert sending.may_go(NOON.replace(hour=2), (zone, zone), last - dt.timedelta(days=1))


def test_news_are_ripe_once_they_have_stood_or_after_hours() -> None:
    sending = Sending(wait_minutes=10)
    minute = dt.timedelta(minutes=1)
    assert not sending.is_ripe(NOON, NOON + minute, NOON + 10 * minute)
    assert sending.is_ripe(NOON, NOON + minute, NOON + 11 * minute)
    assert sending.is_ripe(NOON, NOON + 239 * minute, NOON + 240 * minute)
