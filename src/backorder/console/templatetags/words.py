"""Numbers, days and money as people write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django import template
from django.utils import timezone

from backorder.money import say_amount

register = template.Library()
MOST_NAMED = 5
"""Things that a sentence names; of the others the count."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@register.filter
def say_number(number: int) -> str:
    """Write a number with its thousands apart."""
    return f"{number:,}"


@register.filter
def say_day(day: date | None) -> str:
    """Write a day: 12 Jan 2027; none is blank."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}" if day else ""


@register.filter
def say_time(at: datetime) -> str:
    """Write an instant as the shop's clock shows it: 12 Jan 2027, 09:30."""
    local = timezone.localtime(at)
    return f"{say_day(local.date())}, {local:%H:%M}"


def say_place(line: str, held_until: datetime | None) -> str:
    """Name a line under the number of its order; a hold is no order yet, and says until when."""
    return f"line {line}" if held_until is None else f"line {line}, held until {say_time(held_until)}"


@register.filter(name="money")
@register.filter
def say_money(minor: int, currency: str) -> str:
    """Write money with the places of its currency: 1,250.00 EUR, 1,250 JPY."""
    return say_amount(minor, currency)


@register.filter
def say_count(number: int, noun: str) -> str:
    """Say how many: 1 line, 2 lines."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def say_some(named: Sequence[str]) -> str:
    """Say the first of some things, and how many more there are."""
    more = f" and {len(named) - MOST_NAMED:,} more" if len(named) > MOST_NAMED else ""
    return "; ".join(named[:MOST_NAMED]) + more
