"""Finding rows by what people type: how a code begins, or how words of a name do."""

from __future__ import annotations

import re
from typing import TypeVar

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)


def begins_with(field: str, text: str) -> Q:
    """Ask for values that begin with a text, as it is typed or in capitals."""
    return Q(**{f"{field}__startswith": text}) | Q(**{f"{field}__startswith": text.upper()})


def with_words(rows: QuerySet[Row, Row], text: str) -> QuerySet[Row, Row]:
    """Keep rows of whose names words begin with those of a text; the names have an index of their words. Without a word none."""
    words = re.findall(r"\w+", text)
    if not words:
        return rows.none()
    query = SearchQuery(" & ".join(f"{word}:*" for word in words), config="simple", search_type="raw")
    found: QuerySet[Row, Row] = rows.alias(words=SearchVector("name", config="simple")).filter(words=query)  # type: ignore[assignment] # of the same rows
    return found
