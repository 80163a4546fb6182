"""Splits what is asked, line after line: free on hand, may wait, refused. Nothing is written here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from backorder.allocation.acceptance.free import HAND, Cover, FreeUnits
from backorder.allocation.acceptance.rules import Waiting, count_waiting, find_rules
from backorder.allocation.days import number_day
from backorder.allocation.facts.newcomers import list_orders, stand_together
from backorder.allocation.facts.snapshot import Facts
from backorder.catalog.models import Acceptance
from backorder.engine.allocation import Policy
from backorder.engine.allocation.snapshot import NEVER
from backorder.orders.models import Line, Order
from backorder.orders.together import list_groups, name_group

NOT_ON_HAND, CAP, BEYOND_HORIZON, TOO_LONG_A_WAIT, TOGETHER, BELOW_MINIMUM = REASONS = (
    *("NOT_ON_HAND", "CAP", "BEYOND_HORIZON", "TOO_LONG_A_WAIT", "TOGETHER", "BELOW_MINIMUM"),
)
"""Why units are refused."""
HAND_ONLY = Acceptance(rule=Acceptance.NONE)
"""The rule of a hold that is not to wait."""
T = TypeVar("T")


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
    """Lets lines of orders in, order by order, each counted before the next is asked."""

    def __init__(
        self,
        free: FreeUnits,
        rules: Sequence[Acceptance],
        waiting: Sequence[Waiting],
        ahead: Sequence[Waiting],
    ) -> None:
        """Begin with nothing accepted; there is a rule for each line. The lines ahead stand for units that are spoken for."""
        self.free, self.rules, self.ahead = free, rules, ahead
        self.as_of = free.part.as_of
        self.accepted: list[int] = []
        self.hand: list[Cover] = []  # what is on hand for each line, see count_hand
        self.waited: dict[int, int] = {}  # units of an item that wait
        for each in waiting:
            self.waited[each.item] = self.waited.get(each.item, 0) + each.units
        self.waiting = dict(self.waited)  # those that these orders let wait too

    def split(self, lines: Sequence[Line]) -> list[Split]:
        """Split lines as they stand in a plan, set by set. Of what ships together, an order or a set, all is accepted, or nothing."""
        self.accepted, self.hand, self.waiting = [], [], dict(self.waited)
        groups = [group for of_one in list_orders(lines) for group in list_groups(of_one[0].order, of_one)]
        return [split for group in groups for split in self.split_group(group[0].order, group, lines)]

    def split_group(self, order: Order, group: Sequence[Line], lines: Sequence[Line]) -> list[Split]:
        """Split the next lines. What is refused for its companions' sake takes nothing from the lines after it."""
        before, waiting = len(self.accepted), dict(self.waiting)
        found = []
        for line in group:
            split = hold_together(order, line, self.split_line(line, lines))
            self.accepted.append(split.accepted)
            self.waiting[line.item_id] = self.waiting.get(line.item_id, 0) + split.to_wait
            found.append(split)
        if name_group(order, group[0]) is None or not any(split.refused for split in found):
            return found
        self.accepted[before:], self.waiting = [0] * len(group), waiting
        return [
            Split(0, 0, line.quantity_ordered, split.reason or TOGETHER)
            for line, split in zip(group, found, strict=True)
        ]

    def split_line(self, line: Line, lines: Sequence[Line]) -> Split:
        """Split the next line by its rule, then by the longest wait that the rule allows."""
        asked, rule = line.quantity_ordered, self.rules[len(self.accepted)]
        hand, kept = self.count_hand(lines)
        if rule.rule == Acceptance.INBOUND_ONLY:
            uncovered = [each.uncovered for each in self.ahead]
            room = self.ask(asked, self.as_of + (rule.horizon_days or 0), uncovered).units
            hand, reason = min(hand, room), BEYOND_HORIZON
        elif rule.rule == Acceptance.OPEN:
            room, reason = asked, ""
        else:
            waiting = self.waiting.get(line.item_id, 0) - kept
            room = hand + max((rule.cap or 0) - waiting, 0)
            reason = CAP if rule.rule == Acceptance.CAPPED else NOT_ON_HAND
        split = cut(asked, hand, room, reason)
        if split.to_wait and rule.longest_wait_days is not None:
            return self.cut_wait(line, split, rule.longest_wait_days)
        return split

    def count_hand(self, lines: Sequence[Line]) -> tuple[int, int]:
        """Count what is free on hand for the next line, and what there is for the units of its item that are spoken for.

        All lines are asked at once. That holds for the next one as long as each before got all that was on hand for it.
        """
        place, ahead = len(self.accepted), len(self.ahead)
        got = [cover.units for cover in self.hand[ahead : ahead + place]]
        if not self.hand or any(units < there for units, there in zip(self.accepted, got, strict=True)):
            rest = [line.quantity_ordered for line in lines[place:]]
            spoken_for = [each.spoken_for for each in self.ahead]
            self.hand = self.free.serve([*spoken_for, *self.accepted, *rest], HAND)
        item = lines[place].item_id
        kept = sum(
            cover.units
            for each, cover in zip(self.ahead, self.hand[:ahead], strict=True)
            if each.item == item
        )
        return self.hand[ahead + place].units, kept

    def ask(self, quantity: int, until: int, ahead: Sequence[int]) -> Cover:
        """Ask the engine for the next line, behind what is accepted and so many units that are spoken for."""
        return self.free.serve([*ahead, *self.accepted, quantity], until)[-1]

    def cut_wait(self, line: Line, split: Split, longest_wait_days: int) -> Split:
        """Refuse units that come later than so many days after the later of today and the requested day, or on no known day."""
        last = max(self.as_of, number_day(line.requested_on)) + longest_wait_days
        in_time = sum(
            units
            for day, units in self.ask(split.accepted, NEVER, [0] * len(self.ahead)).by_day
            if day <= last
        )
        room = max(in_time, split.from_hand)
        if room >= split.accepted:
            return split
        return cut(line.quantity_ordered, split.from_hand, room, TOO_LONG_A_WAIT)


@dataclass(frozen=True)
class Admitted:
    """What becomes of each line that was asked, and what there is instead of what is late or refused."""

    splits: list[Split]
    free: FreeUnits
    rows: list[int]  # of each asked line, where it stands in `free`

    def place(self, quantities: Sequence[int]) -> list[int]:
        """Place units of the asked lines where these stand; those that stand there besides ask for none."""
        placed = [0] * (max(self.rows) + 1)
        for row, units in zip(self.rows, quantities, strict=True):
            placed[row] = units
        return placed

    def pick(self, found: Sequence[T]) -> list[T]:
        """Pick what was found for the asked lines."""
        return [found[row] for row in self.rows]


def let_in(known: tuple[Facts, Policy], lines: Sequence[Line], rule: Acceptance | None = None) -> Admitted:
    """Split the lines of orders, order by order, by the rules in force; a rule that is given stands before those of the items."""
    facts, _ = known
    stand = stand_together(lines)
    rules = [rule] * len(stand) if rule else find_rules(stand)
    limited = any(found.rule != Acceptance.OPEN for found in rules)
    waiting = count_waiting(facts.items.tolist()) if limited else []
    return admit(known, lines, (stand, rules), waiting)


def let_each_in(known: tuple[Facts, Policy], lines: Sequence[Line], rule: Acceptance) -> list[Admitted]:
    """Split lines by a rule, each as if nobody asked for the others: they are choices, and may be the same units."""
    waiting = count_waiting(known[0].items.tolist())
    return [admit(known, [line], (stand_together([line]), [rule]), waiting) for line in lines]


def admit(
    known: tuple[Facts, Policy],
    lines: Sequence[Line],
    asked: tuple[list[Line], list[Acceptance]],
    waiting: Sequence[Waiting],
) -> Admitted:
    """Split lines as they stand together, each by its rule, behind what waits and is spoken for."""
    (facts, policy), (stand, rules) = known, asked
    ahead = [each for each in waiting if each.spoken_for]
    free = FreeUnits(facts, policy, [*(stand_for(each, stand[0].order) for each in ahead), *stand])
    splits = Gate(free, rules, waiting, ahead).split(stand)
    row_of = {id(line): row for row, line in enumerate(stand)}
    rows = [row_of[id(line)] for line in lines]
    return Admitted([splits[row] for row in rows], free, [len(ahead) + row for row in rows])


def stand_for(spoken: Waiting, order: Order) -> Line:
    """Build a line that asks what is spoken for; it is never saved."""
    return Line(
        order=order,
        item_id=spoken.item,
        location_id=spoken.location,
        quantity_ordered=spoken.spoken_for,
        requested_on=order.ordered_on,
    )


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
