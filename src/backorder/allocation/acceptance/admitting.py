"""Asking the gate about lines whose items are locked: what was asked, and what becomes of it. Nothing of an order is written yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backorder.allocation.acceptance.answer import (
    Alternative,
    LineAnswer,
    Stand,
    answer_line,
    find_alternatives,
)
from backorder.allocation.acceptance.gate import Split, let_in
from backorder.allocation.facts.snapshot import Facts
from backorder.allocation.policies.publications import read_terms
from backorder.allocation.policies.terms import Terms
from backorder.allocation.services import decide_on, read_locked, require
from backorder.catalog.models import Acceptance
from backorder.orders.models import Line, Order
from backorder.orders.selectors import find_items_of_order, list_holds_over
from backorder.orders.services.holding import expire
from backorder.orders.services.records import Refused
from backorder.outbox.services import CLOCK, Cause


@dataclass(frozen=True)
class Admission:
    """Asked lines of an order and what becomes of them."""

    lines: Sequence[
        Line
    ]  # at least one; their quantities are as asked, or as accepted once `keep` was called
    asked: Sequence[int]
    splits: Sequence[Split]
    alternatives: Mapping[int, tuple[Alternative, ...]]

    @property
    def order(self) -> Order:
        """The order."""
        return self.lines[0].order

    @property
    def is_refused(self) -> bool:
        """Tell whether nothing of it is let in."""
        return not any(split.accepted for split in self.splits)

    def keep(self) -> list[Line]:
        """Keep of the lines what is accepted."""
        kept = []
        for line, split in zip(self.lines, self.splits, strict=True):
            line.quantity_ordered, line.quantity_from_hand = split.accepted, split.from_hand
            if split.accepted:
                kept.append(line)
        return kept

    def list_refused(self) -> list[Refused]:
        """List what is refused."""
        pairs = zip(self.lines, self.splits, strict=True)
        return [Refused(line, split.refused, split.reason) for line, split in pairs if split.refused]

    def answer(self, stands: Mapping[int, Stand | None]) -> tuple[LineAnswer, ...]:
        """Say what becomes of each line as it stands in the plan that follows, by id of the line."""
        return tuple(
            answer_line((line, units, split), stands.get(line.pk or 0), self.alternatives.get(number, ()))
            for number, (line, units, split) in enumerate(
                zip(self.lines, self.asked, self.splits, strict=True)
            )
        )


Known = tuple[Facts, Terms]
"""What was read under the lock, and the rules in force."""


def admit(locked: set[int], lines: Sequence[Line], cause: Cause, rule: Acceptance | None = None) -> Admission:
    """Ask the gate about lines of an order, as `admit_all` does."""
    (asked,), _ = admit_all(locked, [lines], cause, rule)
    return asked


def admit_all(
    locked: set[int], orders: Sequence[Sequence[Line]], cause: Cause, rule: Acceptance | None = None
) -> tuple[list[Admission], Known]:
    """Ask the gate about orders whose items are locked, each behind those before it. Raises Spread.

    A rule that is given stands before those of the items.

    Holds of these items that are over give back their units first: nobody waits for the clock to come by.
    """
    give_back(locked, cause)
    terms = read_terms()
    facts = read_locked(locked, cause.day, terms)
    lines = [line for of_one in orders for line in of_one]
    asked = [line.quantity_ordered for line in lines]
    admitted = let_in((facts, terms.policy), lines, rule)
    found: list[Admission] = []
    taken: list[int] = []
    for of_one in orders:
        mine = slice(len(taken), len(taken) + len(of_one))
        splits = admitted.splits[mine]
        late = any(split.to_wait or split.refused for split in splits)
        # behind what those before it have, not what they asked: they were offered it and may not want it
        behind = [*taken, *asked[mine], *[0] * (len(asked) - mine.stop)]
        instead = find_alternatives(facts, admitted, behind) if late else {}
        own = {number - mine.start: offers for number, offers in instead.items() if number >= mine.start}
        found.append(Admission(of_one, asked[mine], splits, own))
        taken += [split.accepted for split in splits]
    return found, (facts, terms)


def give_back(locked: set[int], cause: Cause) -> None:
    """End the holds of locked items that are over, and decide again what they kept. Raises Spread."""
    for order in list_holds_over(cause.at).filter(lines__item__in=locked):
        require(
            locked, set(find_items_of_order(order))
        )  # all its items are locked, or two would wait in a circle
        event = expire(order, Cause(CLOCK, cause.at))
        if event:
            decide_on(event, locked)
