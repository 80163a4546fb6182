"""A quote in words and as values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from backorder.channels.files.sentences import day_text, iso_day, read_iso_day
from backorder.channels.files.snapshot import Facts
from backorder.engine.allocation import Quote

if TYPE_CHECKING:
    from backorder.channels.files.services import Asked


def describe_quote(facts: Facts, asked: Asked, found: Quote) -> dict[str, Any]:
    """List a quote by names."""
    supplies, names = facts.snapshot.supplies, facts.names
    return {
        "sku": asked.sku,
        "quantity": asked.quantity,
        "location": asked.location,
        "requested_on": (
            asked.requested_on.isoformat() if asked.requested_on else iso_day(facts.snapshot.as_of)
        ),
        "customer_class": asked.customer_class,
        "quantity_now": found.quantity_now,
        "later": [{"ships_on": iso_day(day), "quantity": quantity} for day, quantity in found.later],
        "shortage": found.shortage,
        "promised_on": iso_day(found.promised_on),
        "depends_on": [
            {
                "inbound": names.inbound[row],
                "inbound_line": names.inbound_line[row],
                "sku": names.sku[int(supplies.item[row])],
                "location": names.location[int(supplies.location[row])],
                "expected_on": iso_day(int(supplies.available_on[row])),
            }
            for row in found.depends_on
        ],
    }


def say_quote(answer: Mapping[str, Any]) -> list[str]:
    """Say a quote in short sentences."""
    place = f" from {answer['location']}" if answer["location"] else ""
    lines = [f"{answer['quantity']:,} of {answer['sku']}{place}:"]
    if answer["quantity_now"]:
        lines.append(f"  {answer['quantity_now']:,} at once")
    lines += [
        f"  {part['quantity']:,} on {day_text(read_iso_day(part['ships_on']))}" for part in answer["later"]
    ]
    if answer["shortage"]:
        lines.append(f"  {answer['shortage']:,} without supply")
    for supply in answer["depends_on"]:
        expected = day_text(read_iso_day(supply["expected_on"]))
        name = f"{supply['inbound']} line {supply['inbound_line']}"
        lines.append(f"Depends on {name}, {supply['sku']} at {supply['location']}, expected {expected}.")
    return lines
