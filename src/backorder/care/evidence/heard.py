"""What was heard of a customer beside answers: what came back about messages, calls, and what they thought."""

from __future__ import annotations

from backorder.care.calls import ANSWERED, MISSED, NOBODY, REACHED, UNREACHED
from backorder.care.evidence.section import Section, say, say_day
from backorder.care.models import Callback, Feedback, MailEvent, Offer
from backorder.care.post.mail import name_mail
from backorder.money import to_decimal
from backorder.orders.models import Order
from backorder.outbox.models import Entry


def tell_came_back(order: Order) -> Section:
    """Tell what came back about each mail."""
    events = MailEvent.objects.filter(message__order=order.pk).select_related("message", "look__entry")
    rows = [
        (
            *(say(each.at), name_mail(each.message), each.kind, each.sender, each.text, each.name),
            each.look.entry.who if hasattr(each, "look") else "",
        )
        for each in events.order_by("id")
    ]
    note = (
        "What servers and providers told of each mail, and the mails that answer it, without what they quote."
    )
    columns = ("at", "about", "what", "from", "says", "known as", "dealt with by")
    return Section("Replies and reports", note, columns, rows)


def tell_calls(order: Order) -> Section:
    """Tell which calls the customer wanted, which reached nobody, and what was said in those that the customer took."""
    wanted = Callback.objects.filter(order=order.pk).select_related("entry", "ended").order_by("id")
    rows = [
        (say(each.entry.at), "wanted", say_day(each.wanted_on), each.phone, each.text, each.state, each.said)
        for each in wanted
    ]
    calls = Entry.objects.filter(
        what__in=(ANSWERED, MISSED), subjects__kind="order", subjects__key=order.number
    )
    rows += [
        (say(each.at), name_call(each), "", "", each.why, "", REACHED.get(each.facts.get("said", ""), ""))
        for each in calls.order_by("id")
    ]
    columns = ("at", "what", "for", "phone", "about", "state", "said")
    note = "Calls that the customer wanted, those that reached nobody, and those that the customer took."
    return Section("Calls", note, columns, rows)


def name_call(entry: Entry) -> str:
    """Name how a call ended."""
    return "told" if entry.what == ANSWERED else UNREACHED[entry.facts.get("how", NOBODY)]


def tell_offers(order: Order) -> Section:
    """Tell what the customer was offered instead, and what was ordered and what was taken."""
    found = Offer.objects.filter(line__order=order.pk).select_related(
        "line__item", "item", "location", "entry", "taken"
    )
    columns = (
        *("at", "line", "ordered", "units", "offered instead", "units instead", "from", "price", "until"),
        *("became", "ended", "line taken", "offered by"),
    )
    rows = [
        (
            *(say(each.entry.at), each.line.number, each.line.item.sku, each.quantity),
            *(each.item.sku, each.units, each.location.code if each.location else ""),
            f"{to_decimal(each.unit_price, each.line.item.currency)} {each.line.item.currency}",
            *(say(each.until), each.outcome or "stands", say(each.ended_at)),
            *(each.taken.number if each.taken else "", each.entry.who),
        )
        for each in found.order_by("id")
    ]
    said = "What else could be had. Nothing was sent instead without a yes: then the line taken is named."
    return Section("Offered", said, columns, rows)


def tell_opinions(order: Order) -> Section:
    """Tell what the customer thought."""
    found = Feedback.objects.filter(order=order.pk).select_related("entry").order_by("id")
    rows = [
        (say(each.said_at), each.channel, each.moment, each.score, each.text, each.entry.who)
        for each in found
    ]
    return Section(
        "Thought",
        "What the customer thought, asked or not.",
        ("at", "by", "while", "score", "says", "noted by"),
        rows,
    )
