"""A language: sentences from its list of translations, days with the month as a word, numbers."""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from backorder.money import count_places, to_decimal

LOCALES = {"en": "en_GB", "de": "de", "fr": "fr", "es": "es"}
"""How each language writes days and numbers."""
NAMES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish"}
LANGUAGES = tuple(LOCALES)
FOLDER = Path(__file__).parent / "locale"


def mark(sentence: str) -> str:
    """Mark an English sentence as one that is said elsewhere, so that it is translated."""
    return sentence


@lru_cache
def read_sentences(language: str) -> gettext.NullTranslations:
    """Read the translations of a language from their source: there is no compiled copy that could be older."""
    if language == "en":
        return gettext.NullTranslations()
    packed = BytesIO()
    with (FOLDER / f"{language}.po").open("rb") as source:
        write_mo(packed, read_po(source, locale=language))
    packed.seek(0)
    return gettext.GNUTranslations(packed)


def name_offset(offset: timedelta) -> str:
    """Name a clock by how far it is from UTC."""
    minutes = abs(offset) // timedelta(minutes=1)
    hours = f"{minutes // 60}:{minutes % 60:02}" if minutes % 60 else str(minutes // 60)
    return f"UTC{'-' if offset < timedelta() else '+'}{hours}" if minutes else "UTC"


@dataclass(frozen=True)
class Speech:
    """One of LANGUAGES."""

    language: str

    def say(self, sentence: str, **values: str) -> str:
        """Say an English sentence in the language, with its values."""
        return read_sentences(self.language).gettext(sentence).format(**values)

    def day(self, day: date) -> str:
        """Write a day; in French the first of a month is counted and not numbered."""
        written = format_date(day, "long", locale=LOCALES[self.language])
        return f"1er{written[1:]}" if self.language == "fr" and day.day == 1 else written

    def moment(self, at: datetime, zone: tzinfo) -> str:
        """Write an instant by a clock, and which clock that is: a country may have several."""
        local = at.astimezone(zone)
        return self.say(
            "{day}, {time} ({zone})",
            day=self.day(local.date()),
            time=local.strftime("%H:%M"),
            zone=name_offset(local.utcoffset() or timedelta()),
        )

    def number(self, number: int) -> str:
        """Write a whole number."""
        return format_decimal(number, locale=LOCALES[self.language])

    def money(self, minor: int, currency: str) -> str:
        """Write an amount of minor units with the places of its currency, and its code: signs as $ are of many."""
        places = count_places(currency)
        pattern = f"#,##0.{'0' * places}".rstrip(".")
        amount = to_decimal(minor, currency)
        return f"{format_decimal(amount, pattern, locale=LOCALES[self.language])} {currency}"
