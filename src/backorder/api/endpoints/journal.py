"""Everything that happened, and the story of one thing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from django.db.models import QuerySet
from ninja import Query
from pydantic import Field

from backorder.api.nouns import Noun
from backorder.api.pages import Asked, Page, read_cursor, take_page, write_cursor
from backorder.api.values import Instant, Key, Shown
from backorder.outbox.feed import read_feed
from backorder.outbox.models import Entry, Subject
from backorder.outbox.selectors import with_subjects

journal = Noun("journal", "journal")


class About(Shown):
    """A thing that an entry is about."""

    kind: str = Field(description="As order, item, inbound or location.")
    key: str = Field(description="Its number, sku or code.")


class Happened(Shown):
    """An entry of the journal: who did what, when, why, and caused by which entry."""

    number: int
    at: Instant
    who: str
    what: str = Field(description="As order.placed or inbound.received.")
    why: str
    caused_by: int | None
    about: list[About]
    facts: dict[str, Any]


class Feed(Shown):
    """Some entries, and where the next ones begin, now or later."""

    items: list[Happened]
    next: str = Field(description="The cursor to ask with next, also where nothing more has happened yet.")
    more: bool = Field(description="True if there is more already.")


class Chosen(Asked):
    """Which entries."""

    what: Annotated[Key | None, Field(description="Only what happened so, as order.placed.")] = None
    kind: Annotated[Key | None, Field(description="Only about things of this kind.")] = None
    key: Annotated[Key | None, Field(description="Only about the thing with this number, sku or code.")] = (
        None
    )


@journal.reads("/journal", Feed)
def list_journal(chosen: Query[Chosen]) -> Feed:
    """List what happened, oldest first. Who asks again after `next` sees each entry once, whoever wrote at the same time."""
    entries = read_feed()
    if chosen.what is not None:
        entries = entries.filter(what=chosen.what)
    about = {"kind": chosen.kind, "key": chosen.key}
    if named := {name: value for name, value in about.items() if value is not None}:
        entries = entries.filter(pk__in=Subject.objects.filter(**named).values("entry"))
    page = take_entries(entries, chosen)
    last = page.items[-1].number if page.items else read_start(chosen)
    return Feed(items=page.items, next=write_cursor("id", last), more=page.next is not None)


def read_start(chosen: Chosen) -> int:
    """Read the number after which the page begins."""
    return int(read_cursor(chosen.after, "id")) if chosen.after is not None else 0


def take_entries(entries: QuerySet[Entry], asked: Asked) -> Page[Happened]:
    """Take a page of entries, oldest first."""
    return take_page(with_subjects(entries), "id", asked, show_entries)


def show_entries(entries: Sequence[Entry]) -> list[Happened]:
    """Show entries."""
    return [
        Happened(
            number=entry.pk,
            at=entry.at,
            who=entry.who,
            what=entry.what,
            why=entry.why,
            caused_by=entry.caused_by_id,
            about=[About(kind=one.kind, key=one.key) for one in entry.subjects.all()],
            facts=entry.facts,
        )
        for entry in entries
    ]
