"""From arrays to a checked plan under the default policy ÷ sorting the same lines by the same keys and summing twice."""

from __future__ import annotations

from backorder.engine.allocation import Policy, allocate, check
from measure.clock import read_arguments, report, time_in_turn
from measure.facts import Size, make_facts
from measure.floor import sort_and_sum


def main() -> None:
    """Measure."""
    given = read_arguments(__doc__ or "")
    facts, policy = make_facts(Size(given.lines, given.seed)), Policy()
    seconds, floor = time_in_turn(
        (lambda: check(facts, policy, allocate(facts, policy)), lambda: sort_and_sum(facts)), given.runs
    )
    report("kernel", 2, ratio=seconds / floor, lines=given.lines, seconds=seconds, floor_seconds=floor)


if __name__ == "__main__":
    main()
