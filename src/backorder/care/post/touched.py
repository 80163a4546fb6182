"""Which orders entries of the journal touch.

Those that they name, those of customers that they name, and those of which a line stands otherwise or was promised anew.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from backorder.allocation.models import Promise, Standing
from backorder.orders.models import Line, Order
from backorder.outbox.models import Subject


def find_touched(after: int, until: int) -> QuerySet[Order]:
    """Find the orders that entries touch: those with a number above the first, up to the second."""
    between = Q(entry__gt=after, entry__lte=until)
    named = Subject.objects.filter(between, kind="order")
    people = Subject.objects.filter(between, kind="customer")
    moved = [model.objects.filter(between).values("line") for model in (Standing, Promise)]
    of_lines = Line.objects.filter(Q(pk__in=moved[0]) | Q(pk__in=moved[1]))
    return Order.objects.filter(
        Q(number__in=named.values("key"))
        | Q(customer__code__in=people.values("key"))
        | Q(pk__in=of_lines.values("order"))
    )


def is_touched(order: Order, after: int, own: Sequence[int]) -> bool:
    """Tell whether an entry after that number touches an order; its own do not count."""
    since = Q(entry__gt=after) & ~Q(entry__in=own)
    named = Subject.objects.filter(since, kind="order", key=order.number)
    return named.exists() or any(
        model.objects.filter(since, line__order=order.pk).exists() for model in (Standing, Promise)
    )
