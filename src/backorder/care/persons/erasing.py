"""Erases a person: where something personal stood the mark stands, in one transaction. What happened stays, and adds up."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import parse_qsl

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Case, F, TextField, Value, When
from django.db.models.expressions import Combinable

from backorder.accounts.services import forget_typed
from backorder.care.house import read_house
from backorder.care.models import (
    Callback,
    Copy,
    Draft,
    Feedback,
    MailEvent,
    Message,
    Notice,
    ReceiptDue,
    TextWish,
    Wish,
)
from backorder.care.persons.find import Asked, Person, find_entries, find_person
from backorder.care.post.happened import list_unwritten
from backorder.care.refunds.owed import list_owed
from backorder.fulfilment.models import Block
from backorder.orders.models import Address, Customer, Line, Order
from backorder.orders.services.wanted import refuse
from backorder.outbox.models import ERASED, ERASED_BY, ERASES, Entry, Subject
from backorder.outbox.services import Cause, write
from backorder.payments.models import Attempt, Means, Payment, Refund, Transfer

ANSWERED = "api", "Answer"
"""What programs were answered is kept for a while above this room: found by its name, not imported."""
SEARCHED = "console", "SavedView"
"""So are the lists that people of the shop keep."""
HOLDS = (
    "EXISTS (SELECT 1 FROM unnest(%s::text[]) AS said WHERE position(convert_to(said, 'UTF8') IN body) > 0)"
)
FEWEST = 4
"""Letters of a name that is looked for in codes and answers, where it may be a part of another word, and of one word of a name."""
WORD, MAIL = r"(?<![^\W_]){}(?![^\W_])", r"(?<!\w)(?<!\w[.+-]){}(?!\w)(?![.-]\w)"
"""A whole word, and a whole address of mail."""


@transaction.atomic
def erase(asked: Asked, cause: Cause) -> Entry:
    """Erase a person. Raises OrderError with all that must be done first."""
    locked = lock_person(find_person(asked))
    reasons = list(list_reasons(locked, cause.at))
    refuse(bool(reasons), f"{asked.said} cannot be erased yet: {'; '.join(reasons)}")
    codes = {each.code: f"erased-{each.pk}" for each in locked.customers if says_who(each)}
    subjects = [(kind, codes.get(key, key)) for kind, key in locked.subjects]
    words = list_words(locked)
    why = ERASED if may_say(words, cause.why) else cause.why  # the one entry about them that is not erased
    entry = write(Cause(cause.who, cause.at, why), ERASES, subjects, {"orders": len(locked.orders)})
    with connection.cursor() as cursor:  # ends with the transaction
        cursor.execute("SELECT set_config(%s, %s, TRUE)", [ERASED_BY, str(entry.pk)])
    erase_talk(locked)
    erase_answers(locked)
    erase_searches(locked, words)
    erase_journal(locked, codes, entry)
    erase_who(locked, codes)
    return entry


def lock_person(person: Person) -> Person:
    """Read a person so that nobody orders for them, or changes an order of theirs, before this transaction ends."""
    customers = Customer.objects.filter(pk__in=[each.pk for each in person.customers])
    orders = Order.objects.filter(pk__in=[each.pk for each in person.orders])
    locked = list(customers.select_for_update().order_by("pk"))
    theirs = orders | Order.objects.filter(customer__in=locked)  # another may have come in between
    return Person(locked, list(theirs.select_for_update(no_key=True).order_by("pk")))


def list_reasons(person: Person, now: datetime) -> Iterator[str]:
    """List why a person cannot be erased yet, and what to do first."""
    orders = person.orders
    waiting = Line.objects.filter(order__in=orders, quantity_open__gt=0)
    for number in waiting.order_by("order").values_list("order__number", flat=True).distinct():
        yield f"order {number} still waits: ship it, or cancel it"
    for owed in list_owed(now, orders):
        if owed.amount != 0:
            yield f"money is owed for order {owed.order.number}: let it go back, or decide that none does"
    refunds = Refund.objects.filter(order__in=orders).select_related("order")
    for refund in refunds.prefetch_related("transfers").order_by("pk"):
        sent = sum(each.amount for each in refund.transfers.all() if each.state == "sent")
        if sent < refund.amount:
            yield f"a refund of order {refund.order.number} has not left: see that it does"
    for message in Message.objects.filter(order__in=orders, outcome="").select_related("order"):
        yield f"a message about order {message.order.number} is on its way: wait, or take it back"
    copies = Copy.objects.filter(message__order__in=orders, outcome="").values_list("message__order__number")
    for (number,) in copies.order_by("message__order").distinct():
        yield f"a message about order {number} is on its way by text, or to a program: wait, four days at most"
    for number in list_unwritten(read_house(), orders):
        yield f"a receipt about order {number} is to be written: wait, or drop it"
    for means in Means.objects.filter(order__in=orders, state__in=("open", "ending")).select_related("order"):
        yield f"a card, or what it holds, is kept for order {means.order.number}: let it go"
    asked = Attempt.objects.filter(charge__order__in=orders).exclude(state__in=("taken", "failed"))
    for attempt in asked.select_related("charge__order"):
        yield f"money is being taken for order {attempt.charge.order.number}: wait, or call it off"
    for wish in Wish.objects.filter(customer__in=person.customers, outcome="").select_related("item"):
        yield f"they wait on the list of {wish.item.sku}: take them off it"
    for callback in Callback.objects.filter(order__in=orders, state="open").select_related("order"):
        yield f"the customer of order {callback.order.number} wants to be called: call, or take that back"


def list_names(person: Person) -> list[str]:
    """List what says who they are, where their orders go too; what is too short to be looked for is left out."""
    names = Address.objects.filter(order__in=person.orders).values_list("name", flat=True)
    return sorted({word for word in (*person.words, *names) if len(word) >= FEWEST})


def list_words(person: Person) -> list[str]:
    """List what says who they are, in small letters: names, addresses of mail and phones, and their words, but for short ones."""
    names = Address.objects.filter(order__in=person.orders).values_list("name", flat=True)
    said = {join_words(name) for name in (*person.words, *names)} - {""}
    return sorted(said | {word for name in said for word in name.split() if len(word) >= FEWEST})


def join_words(text: str) -> str:
    """Write a text in small letters, with one blank between its words."""
    return " ".join(text.casefold().split())


def is_said(words: Sequence[str], text: str) -> bool:
    """Tell whether a text holds one of these, whole: Ann is not said in Annex, and an address of mail not in a longer one."""
    said = join_words(text)
    return any(re.search((MAIL if "@" in word else WORD).format(re.escape(word)), said) for word in words)


def may_say(words: Sequence[str], text: str) -> bool:
    """Tell whether a text holds one of these, also inside another word: a name takes endings, and nothing is lost by too much."""
    said = join_words(text)
    return is_said(words, text) or any(word in said for word in words if len(word) >= FEWEST)


def says_who(customer: Customer) -> bool:
    """Tell whether the code of a customer holds their name, e-mail address or phone."""
    words = (customer.name, customer.email, customer.phone)
    return any(len(word) >= FEWEST and word.lower() in customer.code.lower() for word in words)


def mark_if_said(column: str) -> Combinable:
    """Put the mark where something stands."""
    return Case(When(**{column: ""}, then=F(column)), default=Value(ERASED), output_field=TextField())


def erase_talk(person: Person) -> None:
    """Erase what was written, told, and said about money."""
    orders = person.orders
    Draft.objects.filter(order__in=orders).delete()
    ReceiptDue.objects.filter(order__in=orders).delete()
    Message.objects.filter(order__in=orders).update(
        to=ERASED, subject=ERASED, text=ERASED, page=ERASED, mail=b"", said=mark_if_said("said")
    )
    Notice.objects.filter(order__in=orders).update(text=mark_if_said("text"))
    Block.objects.filter(order__in=orders).update(reason=ERASED)
    Callback.objects.filter(order__in=orders).update(
        phone=ERASED, text=mark_if_said("text"), said=mark_if_said("said")
    )
    MailEvent.objects.filter(message__order__in=orders).update(
        sender=mark_if_said("sender"), text=mark_if_said("text")
    )
    Copy.objects.filter(message__order__in=orders).update(
        to=mark_if_said("to"), text=mark_if_said("text"), said=mark_if_said("said")
    )
    TextWish.objects.filter(customer__in=person.customers).update(phone=mark_if_said("phone"))
    Feedback.objects.filter(order__in=orders).update(text=mark_if_said("text"))
    Means.objects.filter(order__in=orders).update(label=mark_if_said("label"), said=mark_if_said("said"))
    Attempt.objects.filter(charge__order__in=orders).update(said=mark_if_said("said"))
    Payment.objects.filter(order__in=orders).update(label=mark_if_said("label"))
    Transfer.objects.filter(refund__order__in=orders).update(
        label=mark_if_said("label"), said=mark_if_said("said")
    )


def erase_answers(person: Person) -> None:
    """Erase what programs were answered about them: whoever asks again is told nothing, and nothing happens twice."""
    answers = apps.get_model(*ANSWERED)._default_manager.all()  # noqa: SLF001 - Django's name for it
    about = [json.dumps(key, ensure_ascii=False) for _, key in person.subjects]  # they need not say who it is
    names = [json.dumps(name, ensure_ascii=False)[1:-1] for name in list_names(person)]
    held = answers.extra(where=[HOLDS], params=[[*about, *names]])  # noqa: S610 - nothing of it is typed
    held.update(body=b'{"erased": true}')


def erase_searches(person: Person, words: Sequence[str]) -> None:
    """Erase lists that people keep and that ask for them, and what was typed at the doors for them; `words` say who they are."""
    views = apps.get_model(*SEARCHED)._default_manager.all()  # noqa: SLF001 - as above
    for view in views.values("pk", "name", "query"):
        asked = (value for _, value in parse_qsl(view["query"]))
        if is_said(words, " ".join([view["name"], *asked])):
            views.filter(pk=view["pk"]).delete()
    numbers = {order.number for order in person.orders}
    forget_typed(lambda typed: typed in numbers or is_said(words, typed))


def erase_journal(person: Person, codes: dict[str, str], entry: Entry) -> None:
    """Erase what people wrote into the journal about them, and codes that say who they are."""
    about = find_entries(person).exclude(pk=entry.pk)
    about.exclude(why="").update(why=ERASED)
    for blocked in about.filter(what__in=("order.blocked", "order.unblocked")):
        Entry.objects.filter(pk=blocked.pk).update(facts=blocked.facts | {"reason": ERASED})
    for code, instead in codes.items():
        for saved in about.filter(what="customer.saved", facts__changed__has_key=code):
            changed = {codes.get(name, name): names for name, names in saved.facts["changed"].items()}
            Entry.objects.filter(pk=saved.pk).update(facts=saved.facts | {"changed": changed})
        Subject.objects.filter(kind="customer", key=code).update(key=instead)


def erase_who(person: Person, codes: dict[str, str]) -> None:
    """Erase who they are and where they live; the country stays, and its part: a law is chosen by it."""
    Address.objects.filter(order__in=person.orders).update(
        name=ERASED, street=ERASED, city=ERASED, postcode=""
    )
    for customer in person.customers:
        customer.code = codes.get(customer.code, customer.code)
        customer.name, customer.email, customer.phone = ERASED, "", ""
        customer.save(update_fields=["code", "name", "email", "phone"])
