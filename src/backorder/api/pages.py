"""Lists, a page at a time. A cursor says after which row the next page begins, so that new rows move no page."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from pydantic import BeforeValidator, ConfigDict, Field

from backorder.api.problems import Fault, ProblemError
from backorder.api.values import Sent, Shown, read_whole

MOST_ROWS, ROWS = 200, 50
WHOLE_64 = 2**63 - 1
Row = TypeVar("Row", bound=Model)
One = TypeVar("One")


class Asked(Sent):
    """Which page."""

    model_config = ConfigDict(frozen=True)

    after: Annotated[
        str | None,
        Field(max_length=1000, description="The `next` of the page before; without it, the first."),
    ] = None
    limit: Annotated[
        int, Field(ge=1, le=MOST_ROWS, description="Rows on a page."), BeforeValidator(read_whole)
    ] = ROWS


class Page(Shown, Generic[One]):
    """Some rows of a list, and where the next ones begin."""

    items: list[One]
    next: str | None = Field(description="The cursor of the next page; null on the last one.")


def take_page(
    rows: QuerySet[Row], by: str, asked: Asked, show: Callable[[Sequence[Row]], list[One]]
) -> Page[One]:
    """Take a page of rows in the order of a column that no two share, `-` for last first. Raises ProblemError."""
    column, falls = by.removeprefix("-"), by.startswith("-")
    if asked.after is not None:
        rows = rows.filter(**{f"{column}__{'lt' if falls else 'gt'}": read_cursor(asked.after, by)})
    found = list(rows.order_by(by)[: asked.limit + 1])
    more = len(found) > asked.limit
    found = found[: asked.limit]
    return Page(items=show(found), next=write_cursor(by, getattr(found[-1], column)) if more else None)


def write_cursor(by: str, value: str | int) -> str:
    """Write where a page ends, in a form that promises nothing."""
    text = json.dumps([by, value], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str, by: str) -> str | int:
    """Read where the page before ended. Raises ProblemError for what is no cursor of this list."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        read: Any = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except ValueError:
        read = None
    match read:
        case [str(order), int(value)] if order == by and column_is_number(by) and 0 <= value <= WHOLE_64:
            return value
        case [str(order), str(value)] if order == by and not column_is_number(by) and "\0" not in value:
            return value
    fault = Fault(where="query", at="after", detail="take it from `next` of the page before")
    raise ProblemError("bad-request", "after is no cursor of this list", [fault])


def column_is_number(by: str) -> bool:
    """Say whether a list is in the order of a number: others are in that of a key."""
    return by.removeprefix("-") in {"id", "pk"}
