"""What the customer was told, by which mails, and what they answered."""

from __future__ import annotations

from django.db.models import Prefetch

from backorder.care.evidence.section import Section, say, say_day
from backorder.care.links import hide_links
from backorder.care.models import Answer, Copy, Message, Notice, NoticeLine
from backorder.care.post.mail import name_mail
from backorder.engine.consent import CONTENT
from backorder.orders.models import Order


def tell_notices(order: Order) -> Section:
    """Tell what the customer was told, word for word."""
    lines = Prefetch("lines", NoticeLine.objects.select_related("line").order_by("id"))
    notices = Notice.objects.filter(order=order.pk).select_related("entry", "failure__entry", "message")
    rows = [
        (
            *(each.pk, say(each.told_at), each.channel, each.entry.who),
            "; ".join(say_told(line) for line in each.lines.all()),
            *(
                say_day(each.next_on),
                say_failed(each),
                name_mail(each.message) if each.message else "",
                hide_links(each.text),
            ),
        )
        for each in notices.prefetch_related(lines).order_by("told_at", "id")
    ]
    columns = (
        "notice",
        "at",
        "how",
        "by",
        "days told",
        "hears again by",
        "did not arrive",
        "message",
        "text",
    )
    return Section(
        "Told",
        "What the customer was told of a delay, or had in writing of what happened, word for word where a text is known.",
        columns,
        rows,
    )


def say_told(line: NoticeLine) -> str:
    """Say what a notice told of a line."""
    units = f"{line.quantity} of line {line.line.number}" if line.quantity else f"line {line.line.number}"
    said = ", ".join(CONTENT[name] for name in line.says)
    return f"{units}: {say_day(line.revised_on) or 'no day'}" + (f" ({said})" if said else "")


def say_failed(notice: Notice) -> str:
    """Say since when it is known that a notice did not arrive; blank if it did, as far as is known."""
    return say(notice.failure.entry.at) if hasattr(notice, "failure") else ""


def tell_messages(order: Order) -> Section:
    """Tell each mail that was let go: its headers as it left, and what became of it."""
    messages = Message.objects.filter(order=order.pk).exclude(outcome="shadow").select_related("entry")
    rows = [
        (
            *(name_mail(each), say(each.entry.at), each.entry.who, each.to, each.subject),
            *(say(each.handed_at), say(each.left_at), each.tries),
            *(
                each.outcome.replace("_", " ") or "on its way",
                say(each.ended_at),
                each.said,
                read_headers(each),
            ),
        )
        for each in messages.order_by("id")
    ]
    columns = (
        *("Message-ID", "let go", "by", "To", "Subject", "handed over", "taken", "tries"),
        *("became", "at", "the mail server said", "headers"),
    )
    note = "Each mail that was let go. Taken: by the mail server of the seller."
    return Section("Mail", note, columns, rows)


def tell_copies(order: Order) -> Section:
    """Tell what went by other ways than mail."""
    copies = Copy.objects.filter(message__order=order.pk).select_related("message", "entry").order_by("id")
    rows = [
        (
            *(name_mail(each.message), each.way, "yes" if each.instead else "no", each.to),
            *(each.tries, each.outcome or "on its way", say(each.ended_at), each.said),
            hide_links(each.text),
        )
        for each in copies
    ]
    columns = ("Message-ID", "way", "instead of mail", "to", "tries", "became", "at", "said", "text")
    note = "What went by text, and to programs of the seller: beside a mail, or because it did not arrive."
    return Section("Other ways", note, columns, rows)


def read_headers(message: Message) -> str:
    """Read the headers of a mail as it left."""
    head, _, _ = bytes(message.mail).partition(b"\r\n\r\n")
    return "\n".join(head.decode("utf-8", "replace").splitlines())


def tell_answers(order: Order) -> Section:
    """Tell what the customer said."""
    answers = Answer.objects.filter(line__order=order.pk).select_related("line", "entry", "look__entry")
    rows = [
        (
            *(
                say(each.said_at),
                each.channel,
                each.line.number,
                each.kind,
                each.quantity or "all that was open",
            ),
            *(say_day(each.until), each.notice_id, each.entry.who, each.entry.why),
            say(each.look.entry.at) if hasattr(each, "look") else "",
        )
        for each in answers.order_by("said_at", "id")
    ]
    columns = ("at", "how", "line", "what", "units", "until", "to notice", "noted by", "words", "dealt with")
    return Section("Answered", "What the customer said, and to which notice.", columns, rows)
