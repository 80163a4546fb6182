"""Rules of acceptance: how much beyond what is on hand may be ordered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from backorder.catalog.models import Acceptance, Channel, CustomerClass
from backorder.catalog.services.items import lock_named
from backorder.catalog.services.saving import (
    Kind,
    Saved,
    Subjects,
    find_named,
    refuse,
    refuse_twice,
    remove_rows,
    save_rows,
)
from backorder.outbox.services import Cause

Scope = tuple[str, str, str]
"""Item, channel and class that a rule is for; blank stands for every one."""


@dataclass(frozen=True)
class AcceptanceFacts:
    """A rule as it is to be. A cap belongs to `capped`, a horizon to `inbound_only`, and nowhere else."""

    rule: str
    sku: str = ""
    channel: str = ""
    customer_class: str = ""
    cap: int | None = None
    horizon_days: int | None = None
    longest_wait_days: int | None = None

    @property
    def scope(self) -> Scope:
        """What the rule is for."""
        return self.sku, self.channel, self.customer_class


def about_rule(row: Acceptance) -> Subjects:
    """Name what the rule is for."""
    named: tuple[tuple[str, Any, str], ...] = (
        ("item", row.item, "sku"),
        ("channel", row.channel, "code"),
        ("customer_class", row.customer_class, "code"),
    )
    return [(kind, getattr(thing, key)) for kind, thing, key in named if thing]


ACCEPTANCE = Kind("acceptance", ("rule", "cap", "horizon_days", "longest_wait_days"), about_rule)


@transaction.atomic
def save_acceptances(rules: Sequence[AcceptanceFacts], cause: Cause) -> Saved:
    """Set rules of acceptance, each for what it names. Raises CatalogError."""
    refuse_twice([rule.scope for rule in rules], "rule for")
    for rule in rules:
        if wrong := find_fault(rule):
            refuse(True, " / ".join(rule.scope) + f": {wrong}")  # noqa: FBT003 - it is wrong
    items = lock_named(rule.sku for rule in rules if rule.sku)
    channels = {row.code: row for row in Channel.objects.all()}
    classes = {row.code: row for row in CustomerClass.objects.all()}
    wanted = {
        rule.scope: Acceptance(
            item=find_named(rule.sku, items, "item") if rule.sku else None,
            channel=find_named(rule.channel, channels, "channel") if rule.channel else None,
            customer_class=find_named(rule.customer_class, classes, "class") if rule.customer_class else None,
            rule=rule.rule,
            cap=rule.cap,
            horizon_days=rule.horizon_days,
            longest_wait_days=rule.longest_wait_days,
        )
        for rule in rules
    }
    return save_rows(ACCEPTANCE, find_rules(wanted), wanted, cause)


@transaction.atomic
def remove_acceptances(scopes: Iterable[Scope], cause: Cause) -> Saved:
    """Drop rules of acceptance, each named by item, channel and class."""
    named = set(scopes)
    lock_named(sku for sku, _, _ in named if sku)
    return remove_rows(ACCEPTANCE, find_rules(named), cause)


def find_fault(rule: AcceptanceFacts) -> str:
    """Say what is wrong with a rule; blank if nothing is."""
    if rule.rule not in Acceptance.RULES:
        return f"{rule.rule!r} is none of {', '.join(Acceptance.RULES)}"
    for name, value, owner in (
        ("cap", rule.cap, Acceptance.CAPPED),
        ("horizon_days", rule.horizon_days, Acceptance.INBOUND_ONLY),
    ):
        if (value is None) == (rule.rule == owner):
            return f"{owner} needs a {name}" if value is None else f"only {owner} has a {name}"
    negative = [
        value for value in (rule.cap, rule.horizon_days, rule.longest_wait_days) if value and value < 0
    ]
    return f"{negative[0]} is below 0" if negative else ""


def find_rules(names: Iterable[Scope]) -> dict[Scope, Acceptance]:
    """Find rules by item, channel and class."""
    wanted = set(names)
    rows = Acceptance.objects.select_related("item", "channel", "customer_class")
    found = {
        (
            row.item.sku if row.item else "",
            row.channel.code if row.channel else "",
            row.customer_class.code if row.customer_class else "",
        ): row
        for row in rows
    }
    return {name: row for name, row in found.items() if name in wanted}
