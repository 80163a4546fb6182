"""What thanks do: of how many orders customers cancelled something, of those that were given something and of those that were not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from django.db.models import Count, Exists, OuterRef, Q

from backorder.care.models import CONTROL, GIVEN, Thanks
from backorder.orders.models import Cancellation

FEWEST = 30
"""With fewer orders in a group nothing is said of a difference."""
SURE = 0.95
Z = NormalDist().inv_cdf((1 + SURE) / 2)


@dataclass(frozen=True)
class Group:
    """Orders of one group, and those of which the customer cancelled anything after it was drawn."""

    orders: int = 0
    cancelled: int = 0

    @property
    def share(self) -> float:
        """How many of one were cancelled."""
        return self.cancelled / self.orders if self.orders else 0.0


@dataclass(frozen=True)
class Measured:
    """Both groups of a rule, and how many orders people gave something by it."""

    given: Group
    control: Group
    by_people: int

    @property
    def difference(self) -> float:
        """By how much fewer of one were cancelled than without; less than 0: more were."""
        return self.control.share - self.given.share

    @property
    def interval(self) -> tuple[float, float] | None:
        """Between what the difference lies, with 95 % confidence; None: there are too few orders to say."""
        if min(self.given.orders, self.control.orders) < FEWEST:
            return None
        return find_interval(self.control, self.given)


def measure(names: Sequence[str]) -> dict[str, Measured]:
    """Measure rules, by name. What a person gave is in no group: they choose whom they give it.

    What the house cancels, because nothing comes or a law wants it, says nothing of who waits.
    """
    gone = Cancellation.objects.filter(line__order=OuterRef("order"), entry__gt=OuterRef("entry"), by="buyer")
    rows = Thanks.objects.filter(rule__in=names).annotate(gone=Exists(gone)).order_by()
    counted = rows.values("rule", "group", "drawn").annotate(
        orders=Count("pk"), cancelled=Count("pk", filter=Q(gone=True))
    )
    groups: dict[tuple[str, str, bool], Group] = {
        (each["rule"], each["group"], each["drawn"]): Group(each["orders"], each["cancelled"])
        for each in counted
    }
    return {
        name: Measured(
            given=groups.get((name, GIVEN, True), Group()),
            control=groups.get((name, CONTROL, True), Group()),
            by_people=groups.get((name, GIVEN, False), Group()).orders,
        )
        for name in names
    }


def find_wilson(group: Group) -> tuple[float, float]:
    """Find between what a share lies, by its score.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927) 209-212.
    """
    count, share = group.orders, group.share
    middle = share + Z * Z / (2 * count)
    spread = Z * math.sqrt(share * (1 - share) / count + Z * Z / (4 * count * count))
    whole = 1 + Z * Z / count
    return (middle - spread) / whole, (middle + spread) / whole


def find_interval(one: Group, other: Group) -> tuple[float, float]:
    """Find between what the difference of two shares lies, the first less the other.

    R. G. Newcombe, Interval estimation for the difference between independent proportions, Statistics in Medicine 17 (1998)
    873-890, method 10.
    """
    (lowest, highest), (low, high) = find_wilson(one), find_wilson(other)
    difference = one.share - other.share
    down = math.hypot(one.share - lowest, high - other.share)
    up = math.hypot(highest - one.share, other.share - low)
    return difference - down, difference + up
