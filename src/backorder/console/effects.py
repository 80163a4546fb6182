"""What an event does, or would do, in words: how many lines change, which, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from backorder.allocation.acceptance.answer import Answer, LineAnswer
from backorder.allocation.moves import Move
from backorder.allocation.selectors.lines import name_lines
from backorder.allocation.services import Decision
from backorder.console.parts import Cell, Column, Empty, Row, Table, cut_short
from backorder.console.refusals import say_why_refused
from backorder.console.templatetags.words import say_count, say_day
from backorder.orders.models import Line
from backorder.outbox.models import Entry

MOST = 200
"""Changed lines that are listed; all are counted."""
Found = Decision | Answer | Entry | None
"""What events give."""


@dataclass(frozen=True)
class Effect:
    """What an event led to: its entry in the journal, the lines that change, and what became of units that were added."""

    entry: Entry | None = None
    moves: Sequence[Move] = ()
    decided: bool = False
    added: Sequence[str] = ()
    refused: Sequence[str] = ()


def read_effect(found: Found) -> Effect:
    """Read what an event led to, whichever way it tells; only lines of which it can be seen that they change are kept."""
    if isinstance(found, Entry):
        return Effect(found)
    decision = found.decision if isinstance(found, Answer) else found
    moves = [move for move in decision.moves if is_seen(move)] if decision else []
    answers = found.lines if isinstance(found, Answer) else ()
    return Effect(
        decision.event if decision else None,
        moves,
        decision is not None,
        [say_added(answer) for answer in answers if answer.quantity_now or answer.quantity_later],
        [say_refused_units(answer) for answer in answers if answer.quantity_refused],
    )


def say_added(answer: LineAnswer) -> str:
    """Say what becomes of units that were let in."""
    now, later = answer.quantity_now, answer.quantity_later
    parts = [f"{now:,} from stock"] if now else []
    if later:
        wait = "waits" if later == 1 else "wait"
        by = (
            f" until {say_day(answer.promised_on)}" if answer.promised_on else ", and no day can be named yet"
        )
        parts.append(f"{later:,} {wait}{by}")
    return f"Of the units that are added: {', '.join(parts)}."


def say_refused_units(answer: LineAnswer) -> str:
    """Say how many units are turned away, and why."""
    units = say_count(answer.quantity_refused, "unit")
    verb = "is" if answer.quantity_refused == 1 else "are"
    return f"{units} of {answer.sku} {verb} refused: {say_why_refused(answer.reason)}."


def say_outcome(found: Effect | Found, *, would: bool = False) -> str:
    """Say in one line what a change does, or would do."""
    effect = found if isinstance(found, Effect) else read_effect(found)
    if effect.entry is None:
        if effect.refused:
            return (
                "Nothing would change: all of it is refused."
                if would
                else "Nothing changed: all was refused."
            )
        return "Nothing would change: it is so already." if would else "Nothing changed: it was so already."
    saved = "" if would else "Saved. "
    if not effect.decided and not would:
        return "Saved."
    if not effect.moves:
        return f"{saved}No line {'would change' if would else 'changes'} by it."
    later = sum(is_later(move) for move in effect.moves)
    earlier = sum(is_later(move, turned=True) for move in effect.moves)
    verb = "would change" if would else "changes" if len(effect.moves) == 1 else "change"
    parts = [f"{earlier:,} for the better"] if earlier else []
    parts += [f"{later:,} for the worse"] if later else []
    told = f": {', '.join(parts)}" if parts else ""
    return f"{saved}{say_count(len(effect.moves), 'line')} {verb}{told}."


def weigh(stand: dict[str, Any] | None) -> tuple[int, int, int]:
    """Weigh how a line stands: what has no supply, then the day of its last unit, then that of its first."""
    if stand is None:
        return (0, 0, 0)
    last, first = stand["planned_on"], stand["first_ships_on"]
    return (int(stand["unallocated"]), last.toordinal() if last else 0, first.toordinal() if first else 0)


def is_later(move: Move, *, turned: bool = False) -> bool:
    """Whether a line that was there before and is there after stands worse; turned: better."""
    if move.before is None or move.after is None:
        return False
    return weigh(move.after) < weigh(move.before) if turned else weigh(move.after) > weigh(move.before)


def is_seen(move: Move) -> bool:
    """Whether it can be seen on a line that it changes: another place in the queue alone is not told."""
    return say_stand(move.before) != say_stand(move.after)


def describe_moves(moves: Sequence[Move], own: str = "") -> Table:
    """List how lines stand before and after: those of the order itself first, then those that get worse."""
    names = name_lines(move.line for move in moves)
    named = [(move, names[move.line]) for move in moves if move.line in names]
    named.sort(key=lambda pair: (pair[1].order.number != own, not is_later(pair[0]), pair[0].line))
    columns = [Column(title, whole=title == "Order") for title in ("Order", "Item", "Now", "Then", "Effect")]
    return Table(
        "Lines that would change",
        columns,
        [describe_move(move, line, own) for move, line in named[:MOST]],
        Empty("No line changes", "Everybody keeps what they have."),
        cut_short(MOST, len(named)),
    )


def describe_move(move: Move, line: Line, own: str) -> Row:
    """Describe how a line stands before and after."""
    worse, better = is_later(move), is_later(move, turned=True)
    tone, word = ("bad", "worse") if worse else ("good", "better") if better else ("plain", "changed")
    order, customer = line.order.number, line.order.customer
    return Row(
        [
            Cell(
                order,
                reverse("order", args=[order]),
                note=f"line {line.number}{', this order' if order == own else ''}",
            ),
            Cell(line.item.sku, note=customer.code if customer else ""),
            Cell(say_stand(move.before)),
            Cell(say_stand(move.after)),
            Cell(word, tone=tone),
        ]
    )


def say_stand(stand: dict[str, Any] | None) -> str:
    """Say how a line stands: how many units ship by which day, and what has no supply."""
    if stand is None:
        return "with the warehouse, or closed"
    covered = stand["allocated_on_hand"] + stand["allocated_inbound"]
    day = stand["planned_on"] or stand["first_ships_on"]
    told = [f"{covered:,} by {say_day(day)}" if day else f"{covered:,} covered"] if covered else []
    first = stand["first_ships_on"]
    if covered and first and day and first < day:
        told.append(f"some from {say_day(first)}")
    if stand["unallocated"]:
        told.append(f"{stand['unallocated']:,} without supply")
    return ", ".join(told) or "nothing decided"
