"""Which rule of acceptance holds for a line, and what waits already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from backorder.catalog.models import Acceptance
from backorder.orders.models import Line

OPEN = Acceptance(rule=Acceptance.OPEN)
"""What holds where no rule is written: all is accepted, and waits as long as it takes."""

WAITING = """
SELECT l.item_id, l.location_id, sum(l.quantity_unreleased - coalesce(s.allocated_on_hand, 0)),
    sum(greatest(0, least(l.quantity_unreleased, l.quantity_from_hand) - coalesce(s.allocated_on_hand, 0))),
    sum(greatest(0, least(l.quantity_unreleased, l.quantity_from_hand)
        - coalesce(s.allocated_on_hand + s.allocated_inbound, 0)))
FROM orders_line l LEFT JOIN allocation_standing s ON s.line_id = l.id
WHERE l.item_id = ANY(%s) AND l.quantity_unreleased > 0 GROUP BY l.item_id, l.location_id
"""


@dataclass(frozen=True)
class Waiting:
    """Units of an item, asked from a place, that wait; and of these the ones that were accepted because they were free on hand.

    These stay spoken for, also while others may use the units: because they wait for a companion, or until their day comes.
    """

    item: int
    location: int | None
    units: int  # open and not on hand
    spoken_for: int  # accepted from hand, and not on hand
    uncovered: int  # accepted from hand, and covered by nothing


def find_rules(lines: Sequence[Line]) -> list[Acceptance]:
    """Find the rule of each line: one of the item before one of all items, then one of the channel, then of the class."""
    orders = [line.order for line in lines]
    rules = Acceptance.objects.filter(
        Q(item__in={line.item_id for line in lines}) | Q(item=None),
        Q(channel__in={order.channel_id for order in orders} - {None}) | Q(channel=None),
        Q(customer_class__in={order.customer_class_id for order in orders} - {None}) | Q(customer_class=None),
    )
    ranked = sorted(rules, key=count_given, reverse=True)
    return [next((rule for rule in ranked if fits(rule, line)), OPEN) for line in lines]


def fits(rule: Acceptance, line: Line) -> bool:
    """Tell whether a rule can hold for a line: what it names is that of the line."""
    of = line.order
    return (
        rule.item_id in {line.item_id, None}
        and rule.channel_id in {of.channel_id, None}
        and rule.customer_class_id in {of.customer_class_id, None}
    )


def list_rules(item: int) -> list[Acceptance]:
    """List the rules that can hold for an item, in the order in which they are asked: the first that fits an order holds."""
    rules = Acceptance.objects.filter(Q(item=item) | Q(item=None)).select_related(
        "item", "channel", "customer_class"
    )
    named = rules.order_by("channel__code", "customer_class__code")
    return sorted(named, key=count_given, reverse=True)


def count_given(rule: Acceptance) -> tuple[bool, bool, bool]:
    """Rank a rule by what it names: the item outweighs the channel, the channel the class."""
    return rule.item_id is not None, rule.channel_id is not None, rule.customer_class_id is not None


def count_waiting(items: Iterable[int]) -> list[Waiting]:
    """Count what waits of some items in the plan in force, by item and place."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [list(items)])
        return [
            Waiting(item, location, *map(int, sums))
            for item, location, *sums in sorted(cursor.fetchall(), key=lambda row: (row[0], row[1] or 0))
        ]
