"""What came out, as rows with the columns of the plan, to be compared with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

from backorder.engine.allocation.plan import CAPS, EARLIER, FIRST_CAP, GAINED, LATER, LOST, Reason
from backorder.engine.allocation.policy import GAIN, WIN
from backorder.engine.allocation.snapshot import MILLION, NEVER, ON_HAND_ONLY

from .current import current_by, current_units, held_on
from .reasons import ahead, find_reason, is_in_time
from .serve import Service
from .shelf import Shelf
from .shortages import Row, find_shortages
from .world import Line, Supply


@dataclass
class Answer:
    """Tables of rows; the columns are those of the plan, in their order."""

    lines: list[Row]
    pegs: list[Row] = field(default_factory=list)
    shortages: list[Row] = field(default_factory=list)
    changes: list[Row] = field(default_factory=list)
    offers: list[Row] = field(default_factory=list)
    exceptions: list[Row] = field(default_factory=list)
    free: list[int] = field(default_factory=list)


def write_answer(service: Service, in_order: list[Line]) -> Answer:
    shelf = service.shelf
    reasons = {line: find_reason(service, line) for line in shelf.world.lines}
    changes = [row for line in shelf.world.lines if (row := change_of(shelf, line, reasons[line], in_order))]
    return Answer(
        lines=[outcome_of(shelf, line, reasons[line]) for line in shelf.world.lines],
        pegs=pegs_of(shelf),
        shortages=find_shortages(shelf, in_order),
        changes=changes,
        offers=find_offers(shelf, in_order),
        exceptions=caps_passed(shelf, changes)
        + [row for line in shelf.world.lines if (row := exception_of(shelf, line, reasons[line]))],
        free=[shelf.left[supply.row] for supply in shelf.world.supplies],
    )


def outcome_of(shelf: Shelf, line: Line, reason: Reason) -> Row:
    pieces = shelf.of(line)
    on_hand = sum(piece.on_hand for piece in pieces)
    return (
        line.rank,
        line.segment,
        line.strategy,
        on_hand,
        shelf.units(line) - on_hand,
        shelf.open(line),
        min((piece.ships for piece in pieces), default=NEVER),
        shelf.last_day(line),
        is_in_time(shelf, line),
        *ahead(shelf.world.lines, line, shelf),
        int(reason),
    )


def pegs_of(shelf: Shelf) -> list[Row]:
    """Units of each line, supply and day, sorted by line, day and the output's order of supplies."""
    totals: dict[tuple[int, int, int, int], int] = {}
    for piece in shelf.pieces:
        for supply, units in piece.parts:
            position = int(shelf.world.snapshot.supplies.position[supply.row])
            key = (piece.line.row, piece.ships, position, supply.row)
            totals[key] = totals.get(key, 0) + units
    return [
        (line, supply, totals[line, day, place, supply], day) for line, day, place, supply in sorted(totals)
    ]


# Changes


def units_on(shelf: Shelf, line: Line, supply: Supply) -> int:
    return sum(units for piece in shelf.of(line) for other, units in piece.parts if other is supply)


def change_of(shelf: Shelf, line: Line, reason: Reason, in_order: list[Line]) -> Row | None:
    if not line.current:
        return None
    before, after = current_units(line), shelf.units(line)
    from_date = max(batch.day for batch in line.current)
    to_date = max((piece.ships for piece in shelf.of(line)), default=NEVER)
    moved_past = after > 0 and to_date > line.promise and to_date > from_date
    change = EARLIER if to_date < from_date else LATER
    if before != after:
        change = GAINED if after > before else LOST
    elif to_date == from_date:
        part = moved_part(shelf, line)
        if part is None:
            return None
        change, from_date, to_date = part
    lent_to = find_borrower(shelf, line, in_order)
    if supply_changed(shelf, line):
        reason = Reason.SUPPLY_CHANGED
    elif lent_to and in_order.index(lent_to) < in_order.index(line):
        reason = Reason.AFTER_HIGHER_RANK
    return (
        line.row,
        change,
        before,
        after,
        from_date,
        to_date,
        int(reason),
        lent_to.row if lent_to else -1,
        change == LOST or moved_past,
    )


def moved_part(shelf: Shelf, line: Line) -> tuple[int, int, int] | None:
    """The first part that ships on another day: later if by any day there are fewer units, else earlier."""
    days = sorted({batch.day for batch in line.current} | {piece.ships for piece in shelf.of(line)})
    fewer = [day for day in days if shelf.units_by(line, day) < current_by(line, day)]
    if fewer:
        there = [day for day in days if shelf.units_by(line, day) >= current_by(line, fewer[0])]
        return LATER, fewer[0], there[0]
    more = [day for day in days if shelf.units_by(line, day) > current_by(line, day)]
    if more:
        was = [day for day in days if current_by(line, day) >= shelf.units_by(line, more[0])]
        return EARLIER, was[0], more[0]
    return None


def supply_changed(shelf: Shelf, line: Line) -> bool:
    """Whether a unit of current is gone, later, or no longer enough for all that held it."""
    for batch in line.current:
        for supply, _, _ in batch.rows:
            if supply is None or supply.ships > batch.day:
                return True
            if sum(held_on(other, supply) for other in shelf.world.lines) > supply.quantity:
                return True
    return False


def find_borrower(shelf: Shelf, line: Line, in_order: list[Line]) -> Line | None:
    """The best-ranked line that got units of a supply on which this line now has fewer."""
    lost = [
        supply for supply in shelf.world.supplies if units_on(shelf, line, supply) < held_on(line, supply)
    ]
    for other in in_order:
        if other is not line and any(
            units_on(shelf, other, supply) > held_on(other, supply) for supply in lost
        ):
            return other
    return None


# Exceptions


def exception_of(shelf: Shelf, line: Line, reason: Reason) -> Row | None:
    if line.strategy == WIN and not is_in_time(shelf, line):
        return (line.row, WIN, line.quantity, shelf.units_by(line, line.due), int(reason))
    if line.strategy == GAIN:
        gap = max(
            (current_by(line, batch.day) - shelf.units_by(line, batch.day) for batch in line.current),
            default=0,
        )
        if gap > 0:
            return (line.row, GAIN, current_units(line), current_units(line) - gap, int(reason))
    return None


def caps_passed(shelf: Shelf, changes: list[Row]) -> list[Row]:
    policy = shelf.world.policy
    worsened = sum(1 for row in changes if row[1] in (LOST, LATER))
    notices = sum(1 for row in changes if row[8])
    return [
        (-1, FIRST_CAP + number, cap, count, int(Reason.CHURN_CAP))
        for number, (cap, count) in enumerate(
            zip((policy.max_lines_worsened, policy.max_notices), (worsened, notices), strict=True)
        )
        if 0 <= cap < count and CAPS[number]
    ]


# Offers


def find_offers(shelf: Shelf, in_order: list[Line]) -> list[Row]:
    """Free units of substitutes for lines that are late or short; a unit is offered once."""
    free = dict(shelf.left)
    table = shelf.world.snapshot.substitutes
    offers: dict[tuple[int, int, int, int, int], int] = {}
    for line in in_order:
        if is_in_time(shelf, line):
            continue
        wanted = line.quantity - shelf.units_by(line, line.due)
        for item, substitute, kind, ratio in zip(
            *(column.tolist() for column in table.columns().values()), strict=True
        ):
            if item != line.item:
                continue
            supplies = [s for s in shelf.world.supplies_of(substitute) if is_offerable(shelf, line, s)]
            each = Fraction(ratio, MILLION)
            replaced = min(wanted, floor(sum(free[supply.row] for supply in supplies) / each))
            wanted -= replaced
            units = ceil(replaced * each)
            for supply in supplies:
                taken = min(units, free[supply.row])
                if taken:
                    key = (line.row, kind, substitute, supply.place, supply.available)
                    offers[key] = offers.get(key, 0) + taken
                    free[supply.row] -= taken
                    units -= taken
    return [
        (line, kind, item, place, offers[line, kind, item, place, day], day)
        for line, kind, item, place, day in sorted(offers)
    ]


def is_offerable(shelf: Shelf, line: Line, supply: Supply) -> bool:
    """A substitute from a place that the line may use; its own item from another place."""
    if supply.item == line.item:
        elsewhere = not shelf.world.serves(supply.place, line.place)
        takes_it = not (supply.inbound and line.commitment == ON_HAND_ONLY)
        allowed = elsewhere and takes_it and supply.ships <= line.needed_by
    else:
        allowed = shelf.world.may_use(line, supply)
    return allowed and supply.ships < shelf.last_day(line)
