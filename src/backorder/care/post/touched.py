"""Which orders entries of the journal touch.

Those that they name, those of customers that they name, and those of which a line was decided otherwise or promised anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain

from django.db.models import Q, QuerySet

from backorder.allocation.models import Promise, Standing
from backorder.orders.models import Customer, Line, Order
from backorder.outbox.models import Subject

NO_NEWS = (
    *("receipt.", "feedback.", "reply.", "call.", "text.", "webhook."),
    *("charge.announced", "incentive.", "offer."),
)
"""How entries begin of receipts, of what customers think and write, of calls that nobody answered, of what goes by other ways than
mail, of thanks, and of offers: nothing new is to be told. What a yes to an offer changes is told by the lines that it moves."""


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


def list_touching(orders: Sequence[Order], after: int) -> Mapping[str, set[int]]:
    """List the entries after one that touch each of some orders, by number of the order: not what is no news.

    Its customer is left out.
    """
    since, found = Q(entry__gt=after), defaultdict[str, set[int]](set)
    numbers = [order.number for order in orders]
    about = Subject.objects.filter(since, kind="order", key__in=numbers)
    for begin in NO_NEWS:
        about = about.exclude(entry__what__startswith=begin)
    named = about.values_list("key", "entry")
    moved = (
        model.objects.filter(since, line__order__in=orders).values_list("line__order__number", "entry")
        for model in (Standing, Promise)
    )
    for number, entry in chain(named, *moved):
        found[number].add(entry)
    return found
