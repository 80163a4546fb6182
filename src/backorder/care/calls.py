"""Calls to customers: what was told and answered is noted at once, and so is a call that reached nobody. The journal holds them."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from backorder.allocation.services import hold_items
from backorder.care.callbacks import find_open_callback, fulfil_callback
from backorder.care.choices import cancel_all, hold_choices, list_agreeable, look, wait
from backorder.care.letters.script import write_told
from backorder.care.letters.writing import Letter, note_letter
from backorder.orders.models import Order
from backorder.orders.selectors import find_items_of_order
from backorder.orders.services.wanted import check_choice
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write

__all__ = ["ANSWERED", "MISSED", "NOBODY", "REACHED", "UNREACHED", "note_call", "note_missed_call"]

ANSWERED, MISSED = "call.answered", "call.missed"
"""The entries of a call that the customer took, and of one that reached nobody."""
PHONE = "phone"
REACHED: dict[str, str] = {
    "yes": "agrees to wait",
    "no": "cancels all that is open",
    "thinks": "will think about it",
}
"""What a customer may say to what was told on the phone."""
NOBODY = "nobody"
UNREACHED: dict[str, str] = {
    NOBODY: "nobody answered",
    "voicemail": "a voicemail answered",
    "wrong": "wrong number",
}
"""How a call may end of which the customer heard nothing: what a voicemail was told is no notice, for nobody knows who heard it."""


@transaction.atomic
def note_call(letter: Letter, said: str, cause: Cause) -> Entry:
    """Note that a customer was told on the phone what a letter says, and what the customer said. Raises OrderError.

    A yes counts as it does on the page of the order, where a law asks for one; a no cancels all that is open. A wish to be called
    is fulfilled with it.
    """
    order = letter.order
    check_choice("what was said", said, tuple(REACHED), f"order {order.number}")
    hold_choices(order)
    if said != "no":
        return tell(letter, said, cause)
    return hold_items(  # they are locked before the order, as everywhere
        partial(find_items_of_order, order), lambda _locked: tell(letter, said, cause)
    )


def tell(letter: Letter, said: str, cause: Cause) -> Entry:
    """Note a call that the customer took, in the caller's transaction."""
    order = Order.objects.get(
        pk=letter.order.pk
    )  # as it is now, and not as it was when the letter was written
    entry = write(cause, ANSWERED, [("order", order.number)], {"said": said})
    by_call = Cause(cause.who, cause.at, cause.why, entry)
    if letter.revised:  # else all that waits is here, and there is no day to tell
        note_letter(letter, PHONE, cause.at, by_call, write_told(letter))
    if said == "no":
        cancel_all(order, by_call, PHONE)
    elif said == "yes":
        seen = look(order, cause.at)
        if list_agreeable(seen, cause.at):
            wait(order, seen.state, by_call, PHONE)
    wanted = find_open_callback(order)
    if wanted is not None:
        fulfil_callback(wanted, cause.why or REACHED[said], by_call)
    return entry


@transaction.atomic
def note_missed_call(order: Order, cause: Cause, how: str = NOBODY) -> Entry:
    """Note that the customer of an order was called and not reached: nobody was told anything. Raises OrderError."""
    check_choice("how it ended", how, tuple(UNREACHED), f"order {order.number}")
    return write(cause, MISSED, [("order", order.number)], {"how": how})
