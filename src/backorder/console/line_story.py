"""What moved the lines of an order, and what caused it: what a decision changed of a promise, or of whether a line waits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from backorder.allocation.models import Backorder, Promise
from backorder.allocation.plan.loading import IMPORTED
from backorder.console.journal import describe_story, say_entry
from backorder.console.templatetags.words import say_count, say_day
from backorder.orders.models import Line
from backorder.outbox.models import Entry
from backorder.outbox.selectors import list_subjects

ABOUT = {
    "inbound": ("inbound",),
    "stock": ("item", "location"),
    "order": ("order",),
    "line": ("order",),
    "hold": ("order",),
    "plan": ("order",),  # that came together; else it is about everything
}
"""Which things an entry is named by, by the beginning of what it is; others name them in their sentence, or are about everything."""
UNITS = {"on_hand": "on hand", "inbound": "on the way", "unallocated": "without supply"}
"""How many units of a line have what, in words."""


@dataclass
class Turn:
    """What one decision did to a line: another promise, that it waits from then on, or no longer."""

    entry: Entry
    promise: Promise | None = None
    opened: bool = False
    closed: bool = False

    @property
    def cause(self) -> Entry:
        """What led to the decision."""
        return self.entry.caused_by or self.entry


Turns = dict[int, list[Turn]]
"""By the id of the line, oldest first."""


def list_turns(lines: Iterable[Line], waits: Iterable[Backorder]) -> Turns:
    """List what decisions did to lines, as far as it is kept: promises, and records of waiting."""
    found: dict[int, dict[int, Turn]] = {line.pk: {} for line in lines}

    def turn(line: int, entry: Entry) -> Turn:
        return found[line].setdefault(entry.pk, Turn(entry))

    for line in lines:
        for promise in line.promises.all():
            turn(line.pk, promise.entry).promise = promise
    for record in waits:
        turn(record.line_id, record.opened_by).opened = True
        if record.closed_by is not None:
            turn(record.line_id, record.closed_by).closed = True
    return {line: [turns[entry] for entry in sorted(turns)] for line, turns in found.items()}


def say_causes(turns: Turns, order: str) -> dict[int, str]:
    """Say what led to each decision, by the id of its cause: who did what, to which other order, delivery or stock."""
    causes = {turn.cause.pk: turn.cause for several in turns.values() for turn in several}
    told = list_subjects(cause.pk for cause in causes.values() if name_kinds(cause))
    return {
        number: say_cause(cause, [named for named in told.get(number, ()) if named != ("order", order)])
        for number, cause in causes.items()
    }


def name_kinds(cause: Entry) -> tuple[str, ...]:
    """Name the kinds of things by which an entry is named."""
    return ABOUT.get(cause.what.partition(".")[0], ())


def say_cause(cause: Entry, subjects: Sequence[tuple[str, str]]) -> str:
    """Say who did what, and to what."""
    kinds = name_kinds(cause)
    named = ", ".join(f"order {key}" if kind == "order" else key for kind, key in subjects if kind in kinds)
    return f"{cause.who} {say_entry(cause)}" + (f" ({named})" if named else "")


def tell_story(
    story: Sequence[Entry], lines: Sequence[Line], turns: Turns, said: Mapping[int, str]
) -> list[dict[str, Any]]:
    """Lay out the story of an order: the entries about it, and between them what became of its lines; oldest first."""
    own = {entry.pk for entry in story}
    rows = [((entry.at, entry.pk, 0), row) for entry, row in zip(story, describe_story(story), strict=True)]
    for place, line in enumerate(lines, 1):
        told = tell_turns(turns[line.pk], own)
        for turn, text in zip(turns[line.pk], told, strict=True):
            why = f"when {said[turn.cause.pk]}" + (f": {turn.cause.why}" if turn.cause.why else "")
            row = {"at": turn.entry.at, "who": f"Line {line.number}", "said": text, "why": why}
            rows.append(((turn.entry.at, turn.entry.pk, place), row))
    return [row for _, row in sorted(rows, key=itemgetter(0))]


def tell_turns(turns: Iterable[Turn], own: set[int]) -> Iterator[str]:
    """Say of each turn of a line what became of it; `own` are the entries about its order."""
    decided, promised = False, None
    for turn in turns:
        by_itself = turn.cause.pk in own
        parts = [say_wait(turn, first=not decided, by_itself=by_itself), say_units(turn)]
        day = say_promise(turn)
        if promised and turn.promise is None and not (turn.closed and by_itself):
            day = f"still promised for {say_day(promised)}"
        yield "; ".join(filter(None, [": ".join(filter(None, parts)), day]))
        decided = decided or not is_imported(turn)
        promised = turn.promise.promised_on if turn.promise else promised


def say_wait(turn: Turn, *, first: bool, by_itself: bool) -> str:
    """Say whether a line waits; `by_itself`: it was changed itself, so that no unit came or was lost."""
    if is_imported(turn):
        return "came from elsewhere"
    if turn.opened:
        return "waits" if first else "waits again" if by_itself else f"lost {say_lost(turn)} on hand"
    if turn.closed and by_itself:
        return "waits no longer"
    return "has all its units on hand" if turn.closed or first else "is planned anew"


def is_imported(turn: Turn) -> bool:
    """Whether it is no decision, but a promise of the program that the order came from."""
    return turn.promise is not None and turn.promise.reason == IMPORTED


def say_lost(turn: Turn) -> str:
    """Say how many units a line lost that had all its units on hand; promises of older versions do not tell."""
    units = read_units(turn)
    return say_count(units["inbound"] + units["unallocated"], "unit") if units else "units"


def say_units(turn: Turn) -> str:
    """Say what a line has that has not all its units on hand; blank where that is not kept."""
    units = read_units(turn)
    if not units or not units["inbound"] + units["unallocated"]:
        return ""
    return ", ".join(f"{units[name]:,} {words}" for name, words in UNITS.items() if units[name])


def read_units(turn: Turn) -> dict[str, int]:
    """Read how many units of a line had what when it was promised; empty if it was not, or by an older version."""
    units: dict[str, int] = turn.promise.evidence.get("units", {}) if turn.promise else {}
    return units


def say_promise(turn: Turn) -> str:
    """Say which day was promised; blank if none was."""
    if turn.promise is None:
        return ""
    day = turn.promise.promised_on
    return f"promised for {say_day(day)}" if day else "no day can be named"
