"""What an address asks of the queue, and the addresses that lead on from there."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from backorder.allocation.selectors.queue import COVERS, SORTS, Asked, Order, QueueRow

TEXTS = ("search", "item", "customer", "channel", "customer_class")
LONGEST = 200
LARGEST = 2**63


@dataclass(frozen=True)
class Address:
    """What is asked for, and how it is written."""

    asked: Asked
    order: Order
    written: dict[str, str]

    def write(self, **changes: str) -> str:
        """Write an address that differs from this one; blank leaves a name out."""
        return "?" + urlencode({name: text for name, text in (self.written | changes).items() if text})


def read_address(query: Mapping[str, str]) -> Address:
    """Read what is asked for; what cannot be meant is left out, so that an old address still shows something."""
    texts = {name: query.get(name, "").replace("\0", "").strip()[:LONGEST] for name in TEXTS}
    covered = query.get("covered", "")
    late, short = query.get("late") == "yes", query.get("short") == "yes"
    asked = Asked(**texts, covered=covered if covered in COVERS else "", late=late, short=short)
    sort = query.get("sort", "-late")
    by = sort.removeprefix("-")
    if by not in SORTS:
        sort, by = "-late", "late"
    order = Order(by, sort.startswith("-"), read_place(by, query.get("after", "")))
    written = {
        **texts,
        "covered": asked.covered,
        "late": "yes" if late else "",
        "short": "yes" if short else "",
    }
    return Address(asked, order, {**written, "sort": "" if sort == "-late" else sort})


def write_place(by: str, row: QueueRow) -> str:
    """Write after which row the next page begins."""
    value = getattr(row, VALUES[by])
    said = value.isoformat() if isinstance(value, date) else value
    return base64.urlsafe_b64encode(json.dumps([said, row.line]).encode()).decode().rstrip("=")


def read_place(by: str, text: str) -> tuple[int | str | date | None, int] | None:
    """Read after which row the page begins; None: at the start."""
    try:
        value, line = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        kind = SORTS[by].kind
        if value is None and SORTS[by].missing:
            found: int | str | date | None = None
        elif kind is date:
            found = date.fromisoformat(value)
        elif type(value) is kind:
            found = value
        else:
            return None
        fits = type(line) is int and abs(line) < LARGEST
        fits &= not isinstance(found, int) or abs(found) < LARGEST
        fits &= not isinstance(found, str) or "\0" not in found
    except (ValueError, TypeError, RecursionError, binascii.Error):
        return None
    return (found, line) if fits else None


VALUES = {
    "order": "order",
    "item": "sku",
    "customer": "customer",
    "open": "quantity_open",
    "covered": "cover",
    "requested": "requested_on",
    "promised": "promised_on",
    "late": "late_days",
    "ahead": "units_ahead",
    "value": "value_open",
    "reason": "reason",
}
"""Where a row keeps what it is sorted by."""
