"""The values that endpoints take and give: texts, quantities, days, instants, money."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any

from django.utils import timezone
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from backorder.keys import AMBIGUOUS, MOST_CHARACTERS, VISIBLE, say_ambiguous
from backorder.supply.models import EARLIEST, LATEST, MOST_UNITS

MOST_REASON = 2_000
WRITTEN = r"^[^\x00-\x20\x7f]([^\x00-\x1f\x7f]*[^\x00-\x20\x7f])?$"
"""No control characters, and no blank at either end, where nobody would see it."""
PRINTABLE = r"^[^\x00-\x08\x0b-\x1f\x7f]*$"
"""No control characters but tab and line feed."""
WHOLE_32 = 2**31 - 1
MOST_MONEY = 10**10
"""Minor units of one price: more is a slip of the pen."""


class Sent(BaseModel):
    """What a program sends: a field that is not known is refused, for it would be lost."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Shown(BaseModel):
    """What a program is shown."""

    model_config = ConfigDict(frozen=True)


def read_day(value: Any) -> date:  # noqa: ANN401 - whatever was sent
    """Read a day written as 2026-11-24; numbers and instants are no days."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        message = "a day is written as 2026-11-24"
        raise ValueError(message)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        message = f"{value} names a day that does not exist"
        raise ValueError(message) from None
    if not EARLIEST <= day <= LATEST:
        message = f"{value} is not between {EARLIEST} and {LATEST}"
        raise ValueError(message)
    return day


def read_whole(value: Any) -> Any:  # noqa: ANN401 - whatever was sent
    """Read a whole number in an address: digits alone, so that one number has one name."""
    if isinstance(value, str) and not re.fullmatch(r"-?(0|[1-9][0-9]*)", value, re.ASCII):
        message = "a whole number is written in digits, as 12"
        raise ValueError(message)
    return value


def drop_point(value: Any) -> Any:  # noqa: ANN401 - whatever was sent
    """Read a whole number that is written with a point, as 2.0: in JSON that is the same number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def read_switch(value: Any) -> bool:  # noqa: ANN401 - whatever was sent
    """Read a yes or no in an address."""
    if value not in {"true", "false", True, False}:
        message = "write true or false"
        raise ValueError(message)
    return value in {"true", True}


def read_instant(value: Any) -> datetime:  # noqa: ANN401 - whatever was sent
    """Read an instant as RFC 3339 has it, with its zone."""
    form = (
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
    )
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not re.fullmatch(form, value, re.ASCII):
        message = "an instant is written as 2026-11-24T12:00:00Z"
        raise ValueError(message)
    try:
        at = datetime.fromisoformat(value.upper())
    except ValueError:
        message = f"{value} names an instant that does not exist"
        raise ValueError(message) from None
    if not EARLIEST < at.date() < LATEST:
        message = f"{value} is not between {EARLIEST} and {LATEST}"
        raise ValueError(message)
    return at


def write_instant(at: datetime) -> str:
    """Write an instant as RFC 3339 has it, in UTC."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def refuse_ambiguous(key: str) -> str:
    """Refuse a name that would be read as an address of something else."""
    if re.search(AMBIGUOUS, key):
        raise ValueError(say_ambiguous(key))
    return key


Key = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MOST_CHARACTERS,
        pattern=VISIBLE,
        json_schema_extra={"not": {"pattern": AMBIGUOUS}},
    ),
    AfterValidator(refuse_ambiguous),
]
"""A number, sku or code that the business gave."""
Label = Annotated[str, Field(max_length=MOST_CHARACTERS, pattern=PRINTABLE)]
"""A name for people."""
Reason = Annotated[str, Field(max_length=MOST_REASON, pattern=PRINTABLE, description="Why, for the journal.")]
Given = Annotated[
    str, Field(min_length=1, max_length=MOST_REASON, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*\S.*$")
]
"""A text that must say something."""
Quantity = Annotated[int, Field(strict=True, ge=1, le=MOST_UNITS), BeforeValidator(drop_point)]
Found = Annotated[int, Field(strict=True, ge=0, le=MOST_UNITS), BeforeValidator(drop_point)]
Moved = Annotated[int, Field(strict=True, ge=-MOST_UNITS, le=MOST_UNITS), BeforeValidator(drop_point)]
Amount = Annotated[int, Field(strict=True, ge=0, le=MOST_MONEY), BeforeValidator(drop_point)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["EUR"])]
Number = Annotated[
    int,
    Field(ge=1, le=2**63 - 1, description="A number that the server gave."),
    BeforeValidator(read_whole),
]
"""In an address."""
SentNumber = Annotated[
    int,
    Field(strict=True, ge=1, le=2**63 - 1, description="A number that the server gave."),
    BeforeValidator(drop_point),
]
Flag = Annotated[bool, Field(strict=True)]
Switch = Annotated[bool, BeforeValidator(read_switch)]
"""In an address."""
Small = Annotated[int, Field(strict=True, ge=-WHOLE_32, le=WHOLE_32), BeforeValidator(drop_point)]
Day = Annotated[
    date,
    BeforeValidator(read_day, json_schema_input_type=str),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-11-24"]}),
]
Instant = Annotated[
    datetime,
    PlainSerializer(write_instant, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-24T12:00:00.000000Z"]}),
]


SentInstant = Annotated[
    datetime,
    BeforeValidator(read_instant, json_schema_input_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-24T12:00:00Z"]}),
]


class Days(Sent):
    """From which day to which."""

    since: Annotated[Day, Field(description="The first day, of the shop.")]
    until: Annotated[Day, Field(description="The last day, of the shop.")]

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The first instant of these days, and the first one after them."""
        zone = timezone.get_current_timezone()
        first, after = self.since, self.until + timedelta(days=1)
        return datetime.combine(first, time.min, zone), datetime.combine(after, time.min, zone)


class Money(Shown):
    """An amount in the smallest unit of its currency."""

    amount: int
    currency: str
