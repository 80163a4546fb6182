"""The columns of orders and items that a policy names and the lines of a snapshot do not hold as numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from django.db.models import Model, QuerySet
from numpy.typing import NDArray

from backorder.catalog.models import Channel, CustomerClass
from backorder.columns import Columns
from backorder.engine.allocation.policy import Policy
from backorder.engine.allocation.snapshot import Attribute
from backorder.money import count_millionths
from backorder.orders.models import Line

TEXTS = {
    "order": "order__number",
    "line": "number",
    "sku": "item__sku",
    "location": "location__code",
    "customer": "order__customer__code",
    "ship_policy": "order__ship_policy",
    "commitment": "commitment",
    "description": "item__name",
}
NUMBERS = {"pack_size": "item__pack_size", "price": "item__price"}


def build_attributes(lines: Columns, millionths: NDArray[np.int64], policy: Policy) -> dict[str, Attribute]:
    """Build each column that the policy names, by the names of the files. `millionths`: in a minor unit of each line's currency."""
    rows: dict[str, QuerySet[Model]] = {
        "customer_class": CustomerClass._default_manager.all(),  # noqa: SLF001 - Django's name for it
        "channel": Channel._default_manager.all(),  # noqa: SLF001
    }
    found = {}
    for name in policy.columns():
        if name in rows:
            codes = dict(rows[name].values_list("id", "code"))
            found[name] = label([codes.get(number, "") for number in lines[name].tolist()])
        elif name in TEXTS:
            found[name] = label([str(value or "") for value in read_values(lines["id"], TEXTS[name])])
        elif name in NUMBERS:
            values = np.array(read_values(lines["id"], NUMBERS[name]), np.int64)
            amount = name == "price"
            found[name] = Attribute(
                "money" if amount else "number", values * millionths if amount else values
            )
    return found


def add_values(attributes: Mapping[str, Attribute], lines: Sequence[Line]) -> dict[str, Attribute]:
    """Add to each column what new lines say, saved or not."""
    found = {}
    for name, column in attributes.items():
        if column.kind == "text":
            known = [column.labels[number] for number in column.values.tolist()]
            found[name] = label([*known, *(str(describe(name, line)) for line in lines)])
        else:
            new = [int(describe(name, line)) for line in lines]
            found[name] = replace(column, values=np.append(column.values, new))
    return found


def describe(name: str, line: Line) -> str | int:
    """Give what a line has in a column."""
    order = line.order
    values: dict[str, str | int] = {
        "order": order.number,
        "line": line.number,
        "sku": line.item.sku,
        "location": line.location.code if line.location else "",
        "customer": order.customer.code if order.customer else "",
        "customer_class": order.customer_class.code if order.customer_class else "",
        "channel": order.channel.code if order.channel else "",
        "ship_policy": order.ship_policy,
        "commitment": line.commitment,
        "description": line.item.name,
        "pack_size": line.item.pack_size,
        "price": line.item.price * count_millionths(line.item.currency),
    }
    return values[name]


def read_values(lines: NDArray[np.int64], path: str) -> list[str | int | None]:
    """Read one value for each line, in their order."""
    values = dict(Line.objects.filter(pk__in=lines.tolist()).values_list("pk", path))
    return [values[line] for line in lines.tolist()]


def label(texts: list[str]) -> Attribute:
    """Give texts numbers in the order in which files sort them."""
    labels = sorted({"", *texts}, key=natural)
    place = {text: number for number, text in enumerate(labels)}
    return Attribute("text", np.array([place[text] for text in texts], np.int64), labels)


def natural(code: str) -> tuple[bool, int, str]:
    """Order codes as the files do: those of digits alone first, by value."""
    digits = code.isascii() and code.isdigit()
    return not digits, int(code) if digits else 0, code
