"""Which orders entries of the journal touch.

Those that they name, those of customers that they name, and those of which a line was decided otherwise or promised anew.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from backorder.allocation.models import Promise, Standing
from backorder.orders.models import Customer, Line, Order
from backorder.outbox.models import Subject


def find_touched(after: int, until: int) -> QuerySet[Order]:
    """Find the orders that entries touch: those with a number above the first, up to the second."""
    between = Q(entry__gt=after, entry__lte=until)
    subjects = {
        kind: Subject.objects.filter(between, kind=kind).values("key") for kind in ("order", "customer")
    }
    named = Order.objects.filter(number__in=subjects["order"]).order_by().values("pk")
    people = Customer.objects.filter(code__in=subjects["customer"]).values("pk")
    orders = [
        Order.objects.filter(customer__in=people).order_by().values("pk"),
        Line.objects.filter(pk__in=Standing.objects.filter(between).values("line")).values("order"),
        Line.objects.filter(pk__in=Promise.objects.filter(between).values("line")).values("order"),
    ]
    return Order.objects.filter(pk__in=named.union(*orders))  # each found by its own index


def list_touching(order: Order, after: int) -> set[int]:
    """List the entries after one that touch an order, its customer left out."""
    since = Q(entry__gt=after)
    found = set(Subject.objects.filter(since, kind="order", key=order.number).values_list("entry", flat=True))
    for model in (Standing, Promise):
        found.update(model.objects.filter(since, line__order=order.pk).values_list("entry", flat=True))
    return found
