"""What the page of an order says of what is late beside the words of a letter: what was planned at first, and who hears when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from backorder.care.letters.parts import (
    Matter,
    Said,
    find_next,
    name_piece,
    say_next,
    say_next_day,
)
from backorder.care.letters.pieces import Piece
from backorder.care.letters.speech import Speech
from backorder.care.models import Draft, Notice
from backorder.care.post.due import Heard, read_heard
from backorder.orders.models import Order


def say_late(pieces: Sequence[Piece], speech: Speech) -> list[Said]:
    """Say what comes after the day first planned, where the news do not say that another day was told."""
    late = []
    for piece in pieces:
        first = piece.line.first_promised_on
        told = piece.change in ("later", "lost")
        if first is not None and not piece.here and not told and (piece.ships_on or date.max) > first:
            units, day = name_piece(piece, speech), speech.day(first)
            late.append(speech.say("{units}: late. Planned at first for {day}.", units=units, day=day))
    return [tuple(late)] if late else []


def find_heard(order: Order) -> Heard | None:
    """Find what the customer heard last; None: nothing."""
    return read_heard([order]).get(order.pk)


def find_hear_on(order: Order, heard: Heard | None) -> date | None:
    """Find by when the customer hears next: as they were told, else by when a law wants them told; the page makes up no day."""
    if heard is not None:
        return heard.said_next
    return Draft.objects.filter(order=order.pk).values_list("tell_by", flat=True).first()


def say_when(
    order: Order, hears: tuple[Heard | None, date | None], matter: Matter, speech: Speech
) -> list[Said]:
    """Say when the customer hears next: as it was said, or by when a law wants it."""
    heard, hear_on = hears
    if hear_on is None:
        wrote = Notice.objects.filter(order=order.pk, failure=None, next_on=None, message__isnull=False)
        told = heard is not None and find_next(matter) is None and wrote.filter(told_at=heard.at).exists()
        return (
            say_next(matter, speech)
            if told
            else [speech.say("Whenever a day changes, it stands on this page.")]
        )
    if hear_on < matter.today:
        missed = speech.say(
            "We meant to write by {day}. We are sorry that you have not heard from us.",
            day=speech.day(hear_on),
        )
        return [missed]
    if heard is None:
        return [speech.say("You hear from us by {day}.", day=speech.day(hear_on))]
    return say_next_day(hear_on, speech)
