"""Putting a plan in force, and deciding until it would be made again, one row at a time."""

from __future__ import annotations

from dataclasses import replace

from backorder.engine.allocation.snapshot import NEVER
from tests.engine.facts import AS_OF, Facts, Held, build, sort_units

from . import Answer, decide

PROMISED_ON = 7  # column of Answer.lines


def put_in_force(case: Facts, answer: Answer) -> Facts:
    """The units of the plan are the lines' now. A day that nobody promised yet, or a later one than was promised, is promised."""
    orders, units = sorted(case.orders, key=lambda row: (row.order, row.line)), sort_units(case)
    held = [
        Held(
            orders[line].order,
            orders[line].line,
            units[supply].name,
            quantity,
            day - AS_OF,
            units[supply].item,
            units[supply].place,
        )
        for line, supply, quantity, day in answer.pegs
    ]
    promised = [
        line.promised
        if (day := answer.lines[row][PROMISED_ON]) == NEVER
        else day - AS_OF
        if line.promised is None
        else max(line.promised, day - AS_OF)
        for row, line in enumerate(orders)
    ]
    told = tuple(replace(line, promised=day) for line, day in zip(orders, promised, strict=True))
    return replace(case, orders=told, held=tuple(held))


def settle(case: Facts, most: int) -> tuple[Answer, Facts]:
    """The first of the plans that stands once it is in force, and the facts that it was decided from."""
    answer = decide(build(case), case.policy)
    for _ in range(most):
        after = put_in_force(case, answer)
        once_more = decide(build(after), case.policy)
        stands = (once_more.pegs, once_more.lines) == (answer.pegs, answer.lines)
        case, answer = after, once_more
        if stands:
            return answer, case
    message = f"no plan stands after {most} decisions"
    raise AssertionError(message)
