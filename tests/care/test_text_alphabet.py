"""What a text is written in, and how long two of them are."""

from __future__ import annotations

import pytest

from backorder.care.letters.texts import fits, to_gsm


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
