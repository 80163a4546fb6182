"""What a text tells of, what it is written in, and how long two of them are."""

from __future__ import annotations

import pytest

from backorder.care.copies.noting import wants_text
from backorder.care.house import House
from backorder.care.letters.texts import HAPPENED, fits, to_gsm
from backorder.care.models import RECEIPTS, Message
from backorder.care.post.rules import TOLD


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("1er août \u2013 « prêt »…", '1er aout - " pret "...'),
        ("Straße, ñ, é, à", "Straße, ñ, é, à"),
        ("día, acción, ça", "dia, accion, ca"),
        ("ランプ", "ランプ"),
    ],
)
def test_a_text_is_written_in_the_alphabet_of_texts_where_that_can_be_read(written: str, sent: str) -> None:
    assert to_gsm(written) == sent


@pytest.mark.parametrize(
    ("text", "fit"),
    [
        *(("x" * 306, True), ("x" * 307, False), ("€" * 153, True), ("€" * 154, False)),
        *(("ラ" * 134, True), ("ラ" * 135, False)),
    ],
)
def test_two_texts_are_as_long_as_their_alphabet_says(text: str, fit: bool) -> None:  # noqa: FBT001 - a case
    assert fits(text) is fit


def test_every_receipt_has_a_text_of_its_own() -> None:
    assert HAPPENED.keys() == set(RECEIPTS)


def test_what_is_kept_for_somebody_is_told_by_no_text_though_its_mail_came_back() -> None:
    told = {kind for kind in TOLD if wants_text(House(), Message(kind=kind), failed=True)}
    assert TOLD.keys() - told == {"invited", "offered"}
