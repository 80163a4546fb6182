"""The same with a plan and its promises in force, three segments, one guarantee and one order in twenty complete ÷ same floor."""

from __future__ import annotations

from backorder.engine.allocation import allocate, check
from measure.clock import read_arguments, report, time_in_turn
from measure.facts import Size, make_facts, make_policy, put_in_force
from measure.floor import sort_and_sum


def main() -> None:
    """Measure."""
    given = read_arguments(__doc__ or "")
    facts, policy = make_facts(Size(given.lines, given.seed, complete_orders=0.05)), make_policy()
    facts = put_in_force(facts, allocate(facts, policy))
    seconds, floor = time_in_turn(
        (lambda: check(facts, policy, allocate(facts, policy)), lambda: sort_and_sum(facts)), given.runs
    )
    report("kernel_full", 6, ratio=seconds / floor, lines=given.lines, seconds=seconds, floor_seconds=floor)


if __name__ == "__main__":
    main()
