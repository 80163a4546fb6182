"""What is sold when nothing is there, in words: the rules of acceptance that can hold for an item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from backorder.catalog.models import Acceptance, Item
from backorder.console.templatetags.words import say_count, say_some


def describe_rules(item: Item, rules: Sequence[Acceptance]) -> list[dict[str, str]]:
    """Describe the rules that can hold for an item, in the order in which they are asked, each with the way to change it."""
    told = [describe_rule(item, rule) for rule in rules]
    if not any(rule.channel is None and rule.customer_class is None for rule in rules):
        other = "Every other order" if rules else "Every order"
        told.append({"of": other, "sold": "all that is asked for: no rule is set", "link": ""})
    return told


def describe_rule(item: Item, rule: Acceptance) -> dict[str, str]:
    """Describe a rule."""
    channel, kind = (thing.code if thing else "" for thing in (rule.channel, rule.customer_class))
    asked = {"of": "item" if rule.item else "all", "channel": channel, "customer_class": kind}
    return {
        "of": say_scope("This item" if rule.item else "Every item", channel, kind),
        "sold": say_sold(rule),
        "link": f"{reverse('acceptance', args=[item.sku])}?{urlencode(asked)}",
    }


def say_scope(of: str, channel: str, kind: str) -> str:
    """Say what a rule is for."""
    return of + (f", through {channel}" if channel else "") + (f", for class {kind}" if kind else "")


def say_sold(rule: Acceptance) -> str:
    """Say how much a rule lets be ordered."""
    free = "what is free on hand"
    sold = {
        Acceptance.NONE: f"{free}, and no more",
        Acceptance.CAPPED: f"{free}, and up to {say_count(rule.cap or 0, 'unit')} that may wait",
        Acceptance.INBOUND_ONLY: f"{free}, and what comes within {say_count(rule.horizon_days or 0, 'day')}",
        Acceptance.OPEN: "all that is asked for",
    }[rule.rule]
    longest = rule.longest_wait_days
    return sold if longest is None else f"{sold}; nobody waits longer than {say_count(longest, 'day')}"


def say_rules(facts: Mapping[str, Any]) -> str:
    """Say for what rules were set or dropped, as the journal names them."""
    names = [*facts.get("new", ()), *facts.get("changed", ()), *facts.get("gone", ())]
    return say_some(
        [say_scope(sku or "every item", *rest) for sku, *rest in (name.rsplit(" / ", 2) for name in names)]
    )
