"""Splits what is asked, line after line: free on hand, may wait, refused. Nothing is written here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backorder.allocation.acceptance.free import HAND, Cover, FreeUnits
from backorder.allocation.acceptance.rules import Waiting, count_waiting, find_rules
from backorder.allocation.newcomers import number_day
from backorder.catalog.models import Acceptance
from backorder.engine.allocation.snapshot import NEVER
from backorder.orders.models import Line, Order

NOT_ON_HAND, CAP, BEYOND_HORIZON, TOO_LONG_A_WAIT, TOGETHER, BELOW_MINIMUM = REASONS = (
    *("NOT_ON_HAND", "CAP", "BEYOND_HORIZON", "TOO_LONG_A_WAIT", "TOGETHER", "BELOW_MINIMUM"),
)
"""Why units are refused."""


@dataclass(frozen=True)
class Split:
    """What becomes of a line that was asked."""

    from_hand: int  # accepted, and free on hand
    to_wait: int  # accepted beyond
    refused: int
    reason: str = ""  # why units are refused

    @property
    def accepted(self) -> int:
        """Count the units that are accepted."""
        return self.from_hand + self.to_wait


class Gate:
    """Lets lines of one order in, each counted before the next is asked."""

    def __init__(
        self, free: FreeUnits, rules: dict[int, Acceptance], waiting: dict[int, Waiting], as_of: int
    ) -> None:
        """Begin with nothing accepted."""
        self.free, self.rules, self.waiting, self.as_of = free, rules, waiting, as_of
        self.accepted: list[int] = []
        self.hand: list[Cover] = []  # what is on hand for each line, see count_hand
        self.let_wait: dict[int, int] = {}  # units of an item that this order lets wait

    def split(self, order: Order, lines: Sequence[Line]) -> list[Split]:
        """Split all lines. Of an order that ships together all is accepted, or nothing."""
        found = []
        for line in lines:
            split = hold_together(order, line, self.split_line(line, lines))
            self.accepted.append(split.accepted)
            self.let_wait[line.item_id] = self.let_wait.get(line.item_id, 0) + split.to_wait
            found.append(split)
        if order.ship_policy == "complete" and any(split.refused for split in found):
            return [
                Split(0, 0, line.quantity_ordered, split.reason or TOGETHER)
                for line, split in zip(lines, found, strict=True)
            ]
        return found

    def split_line(self, line: Line, lines: Sequence[Line]) -> Split:
        """Split the next line by its rule, then by the longest wait that the rule allows."""
        asked, rule = line.quantity_ordered, self.rules[line.item_id]
        waiting = self.waiting.get(line.item_id, Waiting())
        if rule.rule in {Acceptance.NONE, Acceptance.CAPPED}:
            hand = self.count_hand(lines, waiting.spoken_for)
            free = hand - min(waiting.spoken_for, hand)
            others = waiting.units - min(waiting.spoken_for, hand) + self.let_wait.get(line.item_id, 0)
            room = free + max((rule.cap or 0) - others, 0)
            reason = CAP if rule.rule == Acceptance.CAPPED else NOT_ON_HAND
        elif rule.rule == Acceptance.INBOUND_ONLY:
            arrives = self.ask(asked + waiting.uncovered, self.as_of + (rule.horizon_days or 0)).units
            room, reason = max(arrives - waiting.uncovered, 0), BEYOND_HORIZON
            free = min(self.count_hand(lines), room)
        else:
            free, room, reason = self.count_hand(lines), asked, ""
        split = cut(asked, free, room, reason)
        if split.to_wait and rule.longest_wait_days is not None:
            return self.cut_wait(line, split, rule.longest_wait_days)
        return split

    def count_hand(self, lines: Sequence[Line], more: int = 0) -> int:
        """Count what is free on hand for the next line and so many units more.

        All lines are asked at once. That holds for the next one as long as each before got all that was on hand for it.
        """
        place = len(self.accepted)
        took = [min(cover.units, units) for cover, units in zip(self.hand, self.accepted, strict=False)]
        if not self.hand or took != [cover.units for cover in self.hand[:place]]:
            rest = [line.quantity_ordered for line in lines[place:]]
            self.hand = self.free.serve([*self.accepted, *rest], HAND)
        return self.ask(lines[place].quantity_ordered + more, HAND).units if more else self.hand[place].units

    def ask(self, quantity: int, until: int = NEVER) -> Cover:
        """Ask the engine for the next line, behind what is accepted."""
        return self.free.serve([*self.accepted, quantity], until)[-1]

    def cut_wait(self, line: Line, split: Split, longest_wait_days: int) -> Split:
        """Refuse units that come later than so many days after the later of today and the requested day, or on no known day."""
        last = max(self.as_of, number_day(line.requested_on)) + longest_wait_days
        in_time = sum(units for day, units in self.ask(split.accepted).by_day if day <= last)
        room = max(in_time, split.from_hand)
        if room >= split.accepted:
            return split
        return cut(line.quantity_ordered, split.from_hand, room, TOO_LONG_A_WAIT)


def open_gate(free: FreeUnits, order: Order, lines: Sequence[Line], rule: Acceptance | None = None) -> Gate:
    """Open the gate for an order under the rules in force; a rule that is given stands before those of the items."""
    items = {line.item_id for line in lines}
    rules = dict.fromkeys(items, rule) if rule else find_rules(order, items)
    limited = [item for item in items if rules[item].rule != Acceptance.OPEN]
    return Gate(free, rules, count_waiting(limited) if limited else {}, free.part.as_of)


def cut(asked: int, from_hand: int, room: int, reason: str) -> Split:
    """Split what is asked at the room that there is."""
    accepted = min(asked, room)
    hand = min(from_hand, accepted)
    return Split(hand, accepted - hand, asked - accepted, reason if accepted < asked else "")


def hold_together(order: Order, line: Line, split: Split) -> Split:
    """Refuse a line whose part is of no use: it ships together, or less is left than its fewest units to ship."""
    fewest = min(line.minimum_quantity, line.quantity_ordered)
    if split.refused == 0:
        return split
    if order.ship_policy == "line_complete":
        return Split(0, 0, line.quantity_ordered, split.reason)
    if split.accepted < fewest:
        reason = BELOW_MINIMUM if split.accepted else split.reason
        return Split(0, 0, line.quantity_ordered, reason)
    return split
