"""Saving customers by code: only what differs is written, with one entry of the journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from backorder.catalog.selectors import find_customer_classes
from backorder.orders.models import Customer
from backorder.orders.services.wanted import refuse
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write
from backorder.rows import insert_rows, update_rows


@dataclass(frozen=True)
class CustomerFacts:
    """A customer as it is to be, with the code of its class."""

    code: str
    name: str = ""
    email: str = ""
    phone: str = ""
    customer_class: str = ""


@transaction.atomic
def save_customers(customers: Sequence[CustomerFacts], cause: Cause) -> Entry | None:
    """Create customers, or make them as they are given; none if they are so. Raises OrderError.

    The journal names what differs, not what it is: it is personal.
    """
    classes = find_customer_classes()
    for facts in customers:
        refuse(not facts.code.strip(), "a customer has a code")
        unknown = bool(facts.customer_class) and facts.customer_class not in classes
        refuse(unknown, f"customer {facts.code}: there is no class {facts.customer_class!r}")
    known = {row.code: row for row in Customer.objects.filter(code__in=[each.code for each in customers])}
    names = ("name", "email", "phone", "customer_class_id")
    new, changed, told = [], [], {}
    for facts in customers:
        row = Customer(
            code=facts.code,
            name=facts.name,
            email=facts.email,
            phone=facts.phone,
            customer_class_id=classes[facts.customer_class] if facts.customer_class else None,
        )
        if facts.code not in known:
            new.append(row)
            continue
        row.pk = known[facts.code].pk
        if differ := [name for name in names if getattr(row, name) != getattr(known[facts.code], name)]:
            changed.append(row)
            told[facts.code] = [name.removesuffix("_id") for name in differ]
    if not new and not changed:
        return None
    insert_rows(new)
    update_rows(changed, ("name", "email", "phone", "customer_class"))
    about = [("customer", row.code) for row in (*new, *changed)]
    return write(cause, "customer.saved", about, {"new": len(new), "changed": told})
