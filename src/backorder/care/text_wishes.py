"""Who agreed to texts, on which number: nobody gets one without."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import QuerySet

from backorder.care.callbacks import read_phone
from backorder.care.models import CHANNELS, TextWish
from backorder.orders.models import Customer
from backorder.orders.services.wanted import check_choice, refuse
from backorder.outbox.models import ERASED, Entry
from backorder.outbox.services import Cause, write


@transaction.atomic
def note_text_wish(
    customer: Customer, phone: str, channel: str, cause: Cause, country: str | None = None
) -> Entry | None:
    """Note that a customer wants texts on a number, or with a blank one none any more; None if that is known. Raises OrderError.

    `channel`: how the customer said so. `country`: of a number that names none.
    """
    about = f"customer {customer.code}"
    check_choice("channel", channel, CHANNELS, about)
    number = read_phone(phone, country) if phone else ""
    refuse(
        number is None,
        f"{about}: {phone!r} is no phone number; begin with + and the country, as +1 541 555 0100",
    )
    assert number is not None
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if find_numbers([customer.pk]).get(customer.pk, "") == number:
        return None
    what = "texts.wanted" if number else "texts.unwanted"
    entry = write(cause, what, [("customer", customer.code)], {"channel": channel})
    TextWish.objects.create(customer=customer, phone=number, channel=channel, entry=entry)
    return entry


def find_numbers(customers: Iterable[int]) -> Mapping[int, str]:
    """Find the numbers on which customers want texts, by id; who wants none is left out."""
    last = TextWish.objects.filter(customer__in=set(customers)).order_by("customer", "-id")
    found = last.distinct("customer").values_list("customer", "phone")
    return {customer: phone for customer, phone in found if phone not in ("", ERASED)}


def read_number(customer: Customer | None) -> str:
    """Read the number on which a customer wants texts; blank if they want none, or nobody is named."""
    return "" if customer is None else find_numbers([customer.pk]).get(customer.pk, "")


def read_text_wishes() -> QuerySet[TextWish]:
    """Read what customers said of texts, with who noted it."""
    return TextWish.objects.select_related("customer", "entry")
