"""In which order a house puts the parts of a letter, and its own words between them.

A part stands in a paragraph of its own, as `{news}`. A letter that lacks one, or promotes anything, is refused: it would not count
where the law asks for what the part says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from backorder.faults import show_typed, suggest

PARTS = {
    "greeting": "the name of the customer",
    "news": "which units ship when, and what was told before",
    "reason": "why it is late, and what is being done",
    "choices": "that the customer may cancel and get the money back, or wait, and how to answer",
    "silence": "what it means to say nothing",
    "next": "when the customer hears again",
    "contact": "whom to ask",
}
USUAL = "\n\n".join(f"{{{name}}}" for name in PARTS)
PART = re.compile(r"\{(\w+)\}")
PROMOTES = re.compile(
    r"\b(?:discount|coupon|voucher|newsletter|special offer|on sale|sale ends|free gift|shop now|buy now|save \d|deals?\b|"
    r"remise|r[ée]duction|soldes|promos?\b|promotion|bons? d.achat|offres? sp[ée]ciale|"
    r"descuento|cup[oó]n|rebaja|promoci[oó]n|oferta)"
    r"|rabatt|gutschein|sonderangebot|sonderpreis|schn[äa]ppchen|nachlass|jetzt kaufen|\d\s?%",
    re.IGNORECASE,
)
"""Words that promote something, in the languages of letters: a help, and no proof that the others do not."""


def list_paragraphs(text: str) -> list[str]:
    """List the paragraphs of an arrangement: those of a part are `{part}`."""
    return [paragraph.strip() for paragraph in re.split(r"\n\s*\n", text.strip())]


def find_faults(text: str) -> Iterator[str]:
    """Find what is wrong with an arrangement."""
    paragraphs = list_paragraphs(text)
    named = [match[1] for paragraph in paragraphs if (match := PART.fullmatch(paragraph))]
    for name in named:
        if name not in PARTS:
            yield f"there is no part {{{name}}}{suggest(name, PARTS)}"
    for name, says in PARTS.items():
        if name not in named:
            yield f"lacks {{{name}}}, in a paragraph of its own: {says}"
        elif named.count(name) > 1:
            yield f"has {{{name}}} twice"
    for paragraph in paragraphs:
        if not PART.fullmatch(paragraph):
            yield from find_own_faults(paragraph)


def find_own_faults(text: str) -> Iterator[str]:
    """Find what may not stand in words of one's own."""
    if re.search(r"[{}]", text):
        yield f"{show_typed(text)}: a part stands in a paragraph of its own, and nothing else is in braces"
    promotes = PROMOTES.search(text)
    if promotes:
        yield f"{show_typed(promotes[0])} promotes something: a letter about a delay may not"
