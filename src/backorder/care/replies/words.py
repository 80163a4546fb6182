"""The words by which a customer answers a letter with one word, as the letter names them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from backorder.care.letters.parts import CANCEL, WAIT
from backorder.care.letters.speech import LANGUAGES, Speech

QUOTED = re.compile("[“„«]\\s*(.+?)\\s*[”“»]")
KINDS = {WAIT: "accepts", CANCEL: "cancels"}
"""What an answer is, by the sentence that names its word. A period, an end, and whatever else is said a person reads."""
CURLED = "\N{RIGHT SINGLE QUOTATION MARK}"
AROUND = " \t\n\r.,;!?\"'“”„«»*_-"


def read_answer(text: str) -> str:
    """Read which answer a text is: one of the words that letters name, and nothing else; blank: a person must read it."""
    return list_words().get(plain(text), "")


@cache
def list_words() -> Mapping[str, str]:
    """List the words of all languages, and what each says."""
    return {
        plain(name_word(sentence, language)): kind
        for sentence, kind in KINDS.items()
        for language in LANGUAGES
    }


def name_word(sentence: str, language: str) -> str:
    """Name the word that a sentence of letters asks to write."""
    found = QUOTED.search(Speech(language).say(sentence))
    assert found is not None
    return found[1]


def plain(text: str) -> str:
    """Write a word as everybody writes it: small, with plain apostrophes, without what stands around it."""
    return " ".join(text.casefold().replace(CURLED, "'").split()).strip(AROUND)
