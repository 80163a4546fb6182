"""Receipts of the small shop: what customers choose on their page, and what came to them."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

from django.utils.html import strip_tags

from backorder.care import choices
from backorder.care.post.lookout import look_out
from backorder.care.post.receipts import write_receipts
from backorder.outbox.services import Cause
from tests.allocation.shop import buy, order_in
from tests.care.letters import go_to
from tests.care.post import name_mail, post
from tests.fulfilment.shop import order_of
from tests.supply.shop import NOON

RECEIPTS = '[sending]\nmode = "on"\nreceipts = ["cancelled", "answered", "shipped", "refunded"]\n'


def wait_for_lamps(number: str = "A-1", units: int = 3, to: tuple[str, str] = ("US", "OR")) -> None:
    """Let somebody wait for lamps that come in ten days, and look once."""
    order_in("LAMP", 20, f"PO-{number}")
    buy(number, ("LAMP", units))
    go_to(number, *to)
    name_mail(number)
    note()


def note(minutes: float = 0) -> None:
    """Look what happened."""
    at = NOON + timedelta(minutes=minutes)
    look_out(lambda: at)


def confirm(minutes: float = 1) -> int:
    """Look, write receipts and send them; gives how many were written."""
    at = NOON + timedelta(minutes=minutes)
    note(minutes)
    written = write_receipts(lambda: at)
    post(minutes)
    return written


def customer(minutes: float = 0) -> Cause:
    """Let a customer act on the page."""
    return Cause(choices.CUSTOMER, NOON + timedelta(minutes=minutes))


def cancel_here(units: dict[str, int], number: str = "A-1", minutes: float = 0) -> None:
    """Let a customer cancel on the page."""
    order, cause = order_of(number), customer(minutes)
    choices.cancel(order, units, choices.look(order, cause.at).state, cause)


def plain(mail: EmailMessage) -> str:
    """Read the text of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n").strip()


def html(mail: EmailMessage) -> str:
    """Read the page of a mail."""
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def words(page: str) -> list[str]:
    """List the words of a page, without its title."""
    return strip_tags(page.partition("</h1>")[2]).replace("&#x27;", "'").split()
