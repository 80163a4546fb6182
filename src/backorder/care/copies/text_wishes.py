"""Who agreed to texts, on which number: nobody gets one without."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from backorder.care.callbacks import read_phone
from backorder.care.models import CHANNELS, Copy, TextWish
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
    known = find_last(customer)
    if number == known and (not number or find_numbers([customer.pk])):
        return None
    what = "texts.wanted" if number else "texts.unwanted"
    entry = write(cause, what, [("customer", customer.code)], {"channel": channel})
    TextWish.objects.create(customer=customer, phone=number, channel=channel, entry=entry)
    return entry


def find_numbers(customers: Iterable[int]) -> Mapping[int, str]:
    """Find the numbers on which customers want texts, by id; who wants none is left out, and who agreed to one that is wrong."""
    found = list_last(customers).values_list("customer", "phone", is_wrong())
    return {customer: phone for customer, phone, wrong in found if phone not in ("", ERASED) and not wrong}


def find_wrong_number(customer: Customer) -> str:
    """Find the number on which a customer wants texts and that whoever sends them calls wrong; blank if there is none."""
    found = list_last([customer.pk]).values_list("phone", is_wrong()).first()
    return found[0] if found is not None and found[1] else ""


def list_last(customers: Iterable[int]) -> QuerySet[TextWish]:
    """List what customers, by id, said last of texts."""
    said = TextWish.objects.filter(customer__in=set(customers)).order_by("customer", "-id")
    return said.distinct("customer")


def is_wrong() -> Exists:
    """Ask whether a text to the number was refused since its customer agreed to it: who agrees again is tried again."""
    refused = Copy.objects.filter(
        to=OuterRef("phone"), outcome="refused", ended_at__gte=OuterRef("entry__at")
    )
    return Exists(refused)


def find_last(customer: Customer) -> str:
    """Find the number that a customer named last; blank if they want no texts, or never said."""
    return list_last([customer.pk]).values_list("phone", flat=True).first() or ""


def read_number(customer: Customer | None) -> str:
    """Read the number on which a customer wants texts; blank if they want none, or nobody is named."""
    return "" if customer is None else find_numbers([customer.pk]).get(customer.pk, "")


def read_text_wishes() -> QuerySet[TextWish]:
    """Read what customers said of texts, with who noted it."""
    return TextWish.objects.select_related("customer", "entry")
