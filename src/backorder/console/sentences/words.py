"""Units and instants as the journal holds them, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from backorder.console.templatetags.words import say_count, say_time

Facts = Mapping[str, Any]
Sentences = dict[str, Callable[[Facts], str]]
"""By what happened."""


def say_units(facts: Facts, name: str = "quantity") -> str:
    """Say how many units."""
    return say_count(int(facts[name]), "unit")


def say_instant(text: str) -> str:
    """Say an instant that the journal holds."""
    return say_time(datetime.fromisoformat(text))
