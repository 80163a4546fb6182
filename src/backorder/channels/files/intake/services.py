"""Brings the database to what files say: look at what would change, then change it, in one transaction.

Files that were looked at are compared again when they are taken over: somebody may have changed the facts in between.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.db import IntegrityError, connection, transaction
from psycopg.errors import UniqueViolation

from backorder.allocation.plan.loading import take_over
from backorder.allocation.policies.publications import PolicyError
from backorder.allocation.services import Decision, Spread, decide_after
from backorder.catalog.selectors import find_families, find_items, list_ids
from backorder.channels.files.intake.amounts import note_amounts
from backorder.channels.files.intake.catalogue import compare_catalogue
from backorder.channels.files.intake.inbound import SOURCE, compare_inbound, compare_stock
from backorder.channels.files.intake.known import Counted, Part, note_references
from backorder.channels.files.intake.orders import compare_orders
from backorder.channels.files.intake.outside import compare_outside
from backorder.channels.files.intake.seeds import Seeds, read_seeds
from backorder.channels.files.intake.tables import Tables
from backorder.faults import FaultyInputError
from backorder.orders.selectors import name_lines
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write

TURNS = 7_306_910_243_521
"""The number of the lock by which imports take turns; any will do that nobody else uses."""


@dataclass(frozen=True)
class Moved:
    """A line that ships on another day than before; none: no day can be named."""

    order: str
    line: str
    sku: str
    from_date: date | None
    to_date: date | None


@dataclass(frozen=True)
class Report:
    """What files change, or every fault that keeps them from changing anything."""

    files: tuple[str, ...]
    faults: tuple[str, ...] = ()
    counts: tuple[tuple[str, Counted], ...] = ()  # by table
    moves: tuple[Moved, ...] = ()
    notes: tuple[str, ...] = ()
    entry: int | None = None  # of the journal, if it was applied and changed anything

    @property
    def changes(self) -> bool:
        """Tell whether anything is otherwise."""
        return any(counted.writes for _, counted in self.counts)


@dataclass(frozen=True)
class Changes:
    """What all tables would change."""

    parts: list[Part]
    seeds: Seeds

    @property
    def writes(self) -> bool:
        """Tell whether anything would be written."""
        return any(part.counted.writes for part in self.parts)

    @property
    def skus(self) -> list[str]:
        """Name the items that are to be decided again."""
        return sorted({sku for part in self.parts for sku in part.skus})

    @property
    def everything(self) -> bool:
        """Tell whether all items are to be decided again."""
        return any(part.everything for part in self.parts)

    def find_items(self) -> set[int]:
        """Find the items that must be locked; new ones are nobody's yet."""
        return set(list_ids() if self.everything else find_families(find_items(self.skus).values()))

    def count(self) -> dict[str, Counted]:
        """Count the changes by table."""
        found: dict[str, Counted] = {}
        for part in self.parts:
            found[part.name] = found.get(part.name, Counted()) + part.counted
        return found


def check_import(tables: Tables, cause: Cause) -> Report:
    """Say what the files would change, or what is wrong with them. Everything is done up to the end, and taken back."""
    with transaction.atomic():
        report = apply_import(tables, cause)
        transaction.set_rollback(True)
    return replace(report, entry=None)


def apply_import(tables: Tables, cause: Cause) -> Report:
    """Bring the database to what the files say: all of it, or with faults none. What is so already is not written again."""
    try:
        with transaction.atomic():
            take_turns()
            report = bring(tables, replace(cause, why=cause.why or SOURCE))
            connection.check_constraints()  # those that are held at the end only
            return report
    except FaultyInputError as error:
        return Report(tuple(tables.files), error.lines)
    except PolicyError as error:
        return Report(tuple(tables.files), (f"the policy in force: {error}",))
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolation):
            raise
        detail = error.__cause__.diag.message_detail
        return Report(tuple(tables.files), (f"somebody wrote the same at this moment, try again: {detail}",))


def take_turns() -> None:
    """Wait until no other import runs. This comes before any item is locked, so that nobody waits in a circle."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURNS])


def bring(tables: Tables, cause: Cause) -> Report:
    """Write what differs, and decide again what it touches. Raises FaultyInputError."""
    changes = compare_all(tables, cause.day)
    attempt = Attempt(tables, cause, changes.find_items())
    decision, entry = None, None
    if changes.skus or changes.everything:
        decision = decide_after(lambda: attempt.locked, attempt.write)
    elif changes.writes:
        entry = attempt.write()
    event = decision.event if decision else entry
    return Report(
        files=tuple(tables.files),
        counts=tuple(attempt.written.count().items() if event else changes.count().items()),
        moves=tuple(name_moves(decision)) if decision else (),
        notes=(*tables.folder.notes, *say_ignored(tables, changes.seeds), *attempt.notes),
        entry=event.pk if event else None,
    )


def compare_all(tables: Tables, today: date) -> Changes:
    """Compare all tables with what is known on a day. Raises FaultyInputError with every fault."""
    faults = tables.faults.copy()
    given = tables.folder.given
    note_references(tables, faults)
    if given & {"items", "orders"}:
        note_amounts(tables, faults)
    faults.raise_if_any()
    parts = compare_catalogue(tables, faults)
    for name, compare in (("inbound", compare_inbound), ("stock", compare_stock)):
        if name in given:
            parts += compare(tables, faults)
    seeds = Seeds([], [], 0)
    if "orders" in given:
        more, orders = compare_orders(tables, faults)
        parts += more
        seeds = read_seeds(tables, orders.lines.new)
    if "outside_offers" in given:
        parts += compare_outside(tables, today, faults)
    faults.raise_if_any()
    return Changes(parts, seeds)


class Attempt:
    """One way through: compare under the locks, and write. It is made again where more must be locked."""

    def __init__(self, tables: Tables, cause: Cause, locked: set[int]) -> None:
        self.tables, self.cause, self.locked = tables, cause, locked
        self.written = Changes([], Seeds([], [], 0))
        self.notes: list[str] = []

    def write(self) -> Entry | None:
        """Write what differs now; None if nothing does. Raises Spread or FaultyInputError."""
        changes = self.written = compare_all(self.tables, self.cause.day)
        if not changes.writes:
            return None
        if more := changes.find_items() - self.locked:
            self.locked |= more
            raise Spread(more)
        counts = {name: counted.as_facts() for name, counted in changes.count().items() if counted.writes}
        event = write(
            self.cause,
            "files.imported",
            [("item", sku) for sku in changes.skus],
            {"files": self.tables.files, "tables": counts},
        )
        caused = replace(self.cause, caused_by=event)
        for part in changes.parts:
            if part.counted.writes:
                part.write(caused)
        lost = take_over(changes.seeds.told, changes.seeds.held, event)
        if lost:
            file = self.tables.folder["current"].file
            said = (
                f"{file}: {lost:,} units are not taken over: what they are of is neither on hand nor inbound"
            )
            self.notes = [said]
        return event


def say_ignored(tables: Tables, seeds: Seeds) -> Iterable[str]:
    """Say how much of the plan in force of a file is not looked at."""
    if seeds.ignored:
        file, row = tables.folder["current"].file, "row is" if seeds.ignored == 1 else "rows are"
        yield f"{file}: {seeds.ignored:,} {row} not taken over: of lines that are known already, or not open"


def name_moves(decision: Decision) -> Iterable[Moved]:
    """Name the lines that shipped on one day before the decision and ship on another after it."""
    moved = {
        move.line: (move.before["planned_on"], move.after["planned_on"])
        for move in decision.moves
        if move.before and move.after and move.before["planned_on"] != move.after["planned_on"]
    }
    names = name_lines(moved)
    for line, days in moved.items():
        yield Moved(*names[line], *days)
