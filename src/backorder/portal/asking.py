"""What a page asks a customer for, and what was typed: each fault is said beside its field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from backorder.portal.words import Words


@dataclass(frozen=True)
class Field:
    """Something that is asked for."""

    name: str
    label: str
    kind: str = "text"  # of an input; `choice`: one of options, `words`: several lines
    value: str = ""
    fills: str = "off"  # what a browser may fill in by itself
    needed: bool = True
    hint: str = ""
    options: Sequence[tuple[str, str]] = ()
    most: int = 200  # characters
    fault: bool = False


def ask_where(words: Words, region: str) -> list[Field]:
    """Ask where an order goes; `region`: where it goes now, if the country has some."""
    fields = [
        Field("name", words["name"], fills="name"),
        Field("street", words["street"], fills="street-address"),
        Field("postcode", words["postcode"], fills="postal-code", needed=False),
        Field("city", words["city"], fills="address-level2"),
    ]
    return [*fields, Field("region", words["region"], fills="address-level1", most=3)] if region else fields


def ask_last_day(words: Words) -> list[Field]:
    """Ask until when it is of use."""
    hint = words["last_day_blank"]
    return [Field("day", words["last_day_field"], kind="date", needed=False, hint=hint)]


def ask_call(words: Words) -> list[Field]:
    """Ask on which number somebody wants to be called, and when."""
    parts = [("", words["any_time"]), *((part, words[part]) for part in ("morning", "afternoon", "evening"))]
    return [
        Field("phone", words["call_phone"], kind="tel", fills="tel", most=40),
        Field("day", words["call_day"], kind="date", needed=False, hint=words["call_day_blank"]),
        Field("part", words["call_part"], kind="choice", needed=False, options=parts),
        Field("text", words["call_text"], kind="words", needed=False, most=2_000),
    ]


def ask_texts(words: Words) -> list[Field]:
    """Ask on which number somebody wants texts."""
    return [Field("phone", words["call_phone"], kind="tel", fills="tel", most=40)]


def fill(fields: Sequence[Field], typed: Mapping[str, str]) -> list[Field]:
    """Fill in what was typed; what is missing, longer than it may be, or no choice that there is, has a fault."""
    return [fill_one(field, " ".join(typed.get(field.name, "").split())) for field in fields]


def fill_one(field: Field, text: str) -> Field:
    """Fill in one field."""
    known = [name for name, _ in field.options]
    wrong = (field.needed and not text) or len(text) > field.most or bool(known and text not in known)
    return replace(field, value=text[: field.most], fault=wrong)


def find_fault(fields: Sequence[Field], name: str) -> list[Field]:
    """Mark one field as wrong."""
    return [replace(field, fault=True) if field.name == name else field for field in fields]


def list_faults(fields: Sequence[Field]) -> list[str]:
    """List the labels of what is wrong."""
    return [field.label for field in fields if field.fault]
