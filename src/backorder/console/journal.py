"""The journal in sentences: one for each kind of entry. Who did it stands before, when above."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from backorder.console.templatetags.words import say_count, say_day
from backorder.outbox.models import Entry

Facts = Mapping[str, Any]


def say_units(facts: Facts, name: str = "quantity") -> str:
    """Say how many units."""
    return say_count(int(facts[name]), "unit")


def say_fact_day(text: str) -> str:
    """Say a day that the journal holds."""
    return say_day(date.fromisoformat(text))


def say_parts(facts: Facts) -> str:
    """Say into which parts an inbound line was split."""
    named = [f"{part['quantity']:,} on {say_fact_day(part['expected_on'])}" for part in facts["parts"]]
    return f"split line {facts['line']}: {', '.join(named)}; said by {facts['source']}"


def say_move(facts: Facts) -> str:
    """Say how many units went in or out."""
    quantity = int(facts["quantity"])
    return f"{abs(quantity):,} {say_status(facts['status'])} {'in' if quantity > 0 else 'out'}"


def say_status(status: str) -> str:
    """Say a status of stock."""
    return status.replace("_", " ")


def say_names(facts: Facts) -> str:
    """Name what was written or removed, as far as it is named."""
    gone = facts.get("gone")
    return f": {', '.join(map(str, gone))}" if isinstance(gone, list) and gone else ""


SENTENCES: dict[str, Callable[[Facts], str]] = {
    "order.placed": lambda f: f"ordered {say_units(f, 'units')}",
    "line.cancelled": lambda f: f"cancelled {say_units(f)} of line {f['line']}",
    "inbound.placed": lambda f: f"put {say_units(f, 'units')} on order ({f['kind']})",
    "inbound.received": lambda f: (
        f"received {say_units(f)} of line {f['line']}: {f['received']:,} of {f['of']:,} have come"
    ),
    "inbound.cancelled": lambda f: f"noted that {say_units(f)} of line {f['line']} will not come",
    "inbound.expected": lambda f: (
        f"moved line {f['line']} from {say_fact_day(f['from'])} to {say_fact_day(f['to'])}; said by {f['source']}"
    ),
    "inbound.split": say_parts,
    "stock.return": lambda f: f"returned to stock: {say_move(f)}",
    "stock.adjustment": lambda f: f"adjusted stock: {say_move(f)}",
    "stock.transfer": lambda f: f"moved between places: {say_move(f)}",
    "stock.count": lambda f: f"counted {f['is']:,} {say_status(f['status'])} where {f['was']:,} were known",
    "stock.status": lambda f: f"made {say_units(f)} {say_status(f['to'])} that were {say_status(f['from'])}",
    "plan.decided": lambda f: (
        f"decided {say_count(int(f['lines']), 'line')} again, as of {say_fact_day(f['as_of'])}"
    ),
    "user.added": lambda f: f"let them sign in as {f['role']}",
    "user.password": lambda _: "gave them another password",
    "user.removed": lambda _: "let them sign in no more",
}
KINDS = {
    "saved": "wrote the {}",
    "removed": "removed from the {}",
}
"""Of whatever is kept as a list: items.saved, locations.removed."""


def say_entry(entry: Entry) -> str:
    """Say what an entry of the journal is about; one that nobody has words for is told by its name."""
    say = SENTENCES.get(entry.what)
    if say is not None:
        try:
            return say(entry.facts)
        except (KeyError, TypeError, ValueError):  # written by an older version, with other facts
            return entry.what.replace(".", " ").replace("_", " ")
    noun, _, verb = entry.what.partition(".")
    if verb in KINDS:
        return KINDS[verb].format(noun.replace("_", " ")) + say_names(entry.facts)
    return entry.what.replace(".", " ").replace("_", " ")
