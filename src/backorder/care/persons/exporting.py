"""Writes everything that is kept about a person into one archive: what they are here, and of each order all that is known."""

from __future__ import annotations

import json
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.db import transaction

from backorder.care.evidence.collect import collect
from backorder.care.evidence.write import write_data, write_page
from backorder.care.models import Callback, Copy, Feedback, MailEvent, Message, Notice, TextWish, Thanks, Wish
from backorder.care.persons.find import Asked, Person, find_entries, find_person
from backorder.orders.models import Order, Refusal
from backorder.outbox.services import Cause, write

READ_ME = """What is kept about you here, as of {at} (UTC).

person.json       who you are here, what else was asked for, and where orders go
journal.json      everything that was noted about you and your orders: when, by whom, why
orders/N.html     all that is known of an order: promises, notices, answers, payments, shipments; to read
orders/N.json     the same as data
messages/N.eml    each mail as it left
notices.json      what you were told otherwise, in full
callbacks.json    when you wanted to be called, and what was said
texts.json        on which number you wanted texts, or none, and what went there
answers.json      what you answered by mail, and what became of our mails
feedback.json     what you thought
thanks.json       what you were given for waiting
waitlist.json     what you wanted to hear of
"""


@transaction.atomic
def export(asked: Asked, cause: Cause) -> bytes:
    """Write an archive (zip) of everything about a person, and note that somebody did. Raises OrderError."""
    person = find_person(asked)
    archive = write_archive(person, cause.at)
    write(cause, "person.exported", person.subjects, {"orders": len(person.orders)})
    return archive


def write_archive(person: Person, at: datetime) -> bytes:
    """Write the files of an archive. Orders are named by their place in it: a number may hold what no file is called."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as files:
        files.writestr("READ-ME.txt", READ_ME.format(at=f"{at:%Y-%m-%d %H:%M}"))
        files.writestr("person.json", write_json(describe_person(person)))
        files.writestr("journal.json", write_json(describe_journal(person)))
        files.writestr("notices.json", write_json(describe_notices(person)))
        files.writestr("callbacks.json", write_json(describe_callbacks(person)))
        files.writestr("texts.json", write_json(describe_texts(person)))
        files.writestr("answers.json", write_json(describe_answers(person)))
        files.writestr("feedback.json", write_json(describe_feedback(person)))
        files.writestr("thanks.json", write_json(describe_thanks(person)))
        files.writestr("waitlist.json", write_json(describe_wishes(person)))
        for place, order in enumerate(person.orders, 1):
            known = collect(order, at)
            files.writestr(f"orders/{place}.html", write_page(known))
            files.writestr(f"orders/{place}.json", write_data(known))
        for place, message in enumerate(list_messages(person), 1):
            files.writestr(f"messages/{place}.eml", bytes(message.mail))
    return packed.getvalue()


def write_json(values: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    """Write values so that people can read them."""
    return json.dumps(values, ensure_ascii=False, indent=2, default=str) + "\n"


def list_messages(person: Person) -> list[Message]:
    """List the mails about their orders; of a shadow nothing left."""
    rows = Message.objects.filter(order__in=person.orders).exclude(mail=b"")
    return list(rows.order_by("pk"))


def describe_person(person: Person) -> dict[str, Any]:
    """Describe who somebody is here."""
    refused = Refusal.objects.filter(customer__in=person.customers).select_related("item").order_by("pk")
    return {
        "customers": [
            {
                "code": each.code,
                "name": each.name,
                "e-mail": each.email,
                "phone": each.phone,
                "class": each.customer_class.code if each.customer_class else "",
            }
            for each in person.customers
        ],
        "orders": [describe_order(place, order) for place, order in enumerate(person.orders, 1)],
        "refused": [
            {"at": each.at, "item": each.item.sku, "quantity": each.quantity, "order": each.order_number}
            for each in refused
        ],
    }


def describe_order(place: int, order: Order) -> dict[str, Any]:
    """Describe an order and where it goes."""
    address = getattr(order, "address", None)
    names = ("name", "street", "postcode", "city", "region", "country")
    where = {name: getattr(address, name) for name in names} if address is not None else None
    return {
        "file": f"orders/{place}",
        "number": order.number,
        "ordered_at": order.ordered_at,
        "goes_to": where,
    }


def describe_journal(person: Person) -> list[dict[str, Any]]:
    """Describe the entries about them."""
    columns = ("id", "at", "who", "what", "why", "facts")
    codes = {each.code for each in person.customers}
    entries = find_entries(person).order_by("pk").values(*columns)
    return [{**row, "facts": leave_out_others(row["facts"], codes)} for row in entries]


def leave_out_others(facts: dict[str, Any], codes: set[str]) -> dict[str, Any]:
    """Leave out of facts the customers who were saved at the same time: a code may say who they are."""
    changed = facts.get("changed")
    if not isinstance(changed, dict):
        return facts
    return facts | {"changed": {code: names for code, names in changed.items() if code in codes}}


def describe_notices(person: Person) -> list[dict[str, Any]]:
    """Describe what they were told, in full."""
    rows = Notice.objects.filter(order__in=person.orders).order_by("pk")
    columns = ("order__number", "told_at", "channel", "text", "next_on")
    return [dict(row) for row in rows.values(*columns)]


def describe_callbacks(person: Person) -> list[dict[str, Any]]:
    """Describe the calls that they wished for."""
    rows = Callback.objects.filter(order__in=person.orders).order_by("pk")
    columns = ("order__number", "entry__at", "phone", "wanted_on", "part", "text", "state", "said")
    return [dict(row) for row in rows.values(*columns)]


def describe_texts(person: Person) -> dict[str, Any]:
    """Describe on which number they wanted texts, and what went by other ways than mail."""
    wishes = TextWish.objects.filter(customer__in=person.customers).order_by("pk")
    copies = Copy.objects.filter(message__order__in=person.orders).order_by("pk")
    columns = ("message__order__number", "way", "to", "text", "outcome", "ended_at", "said")
    return {
        "wished": [dict(row) for row in wishes.values("entry__at", "channel", "phone")],
        "sent": [dict(row) for row in copies.values(*columns)],
    }


def describe_answers(person: Person) -> list[dict[str, Any]]:
    """Describe what came back about messages to them."""
    rows = MailEvent.objects.filter(message__order__in=person.orders).order_by("pk")
    return [dict(row) for row in rows.values("message__order__number", "kind", "at", "sender", "text")]


def describe_feedback(person: Person) -> list[dict[str, Any]]:
    """Describe what they thought."""
    rows = Feedback.objects.filter(order__in=person.orders).order_by("pk")
    return [dict(row) for row in rows.values("order__number", "moment", "said_at", "score", "text", "themes")]


def describe_thanks(person: Person) -> list[dict[str, Any]]:
    """Describe by which rules they were given something for waiting, or nothing."""
    rows = Thanks.objects.filter(order__in=person.orders).order_by("pk")
    return [
        dict(row)
        for row in rows.values("order__number", "entry__at", "rule", "group", "manner", "amount", "currency")
    ]


def describe_wishes(person: Person) -> list[dict[str, Any]]:
    """Describe what they wanted to hear of."""
    rows = Wish.objects.filter(customer__in=person.customers).order_by("pk")
    columns = ("item__sku", "quantity", "entry__at", "outcome", "ended_at")
    return [dict(row) for row in rows.values(*columns)]
