"""Time for all lines ÷ time for a tenth of them, in the same shape and with the same number of items."""

from __future__ import annotations

from backorder.engine.allocation import Policy, Snapshot, allocate, check
from measure.clock import read_arguments, report, time_in_turn
from measure.facts import Size, make_facts


def main() -> None:
    """Measure."""
    given = read_arguments(__doc__ or "")
    large = Size(given.lines, given.seed)
    policy = Policy()
    sizes = (
        large,
        Size(given.lines // 10, given.seed),
        Size(given.lines // 10, given.seed, large.item_count),
    )

    def decide(facts: Snapshot) -> None:
        check(facts, policy, allocate(facts, policy))

    whole, shape, items = (make_facts(size) for size in sizes)
    seconds, tenth, same_items = time_in_turn(
        (lambda: decide(whole), lambda: decide(shape), lambda: decide(items)), given.runs
    )
    report(
        "growth",
        12,
        ratio=seconds / tenth,
        ratio_same_items=seconds / same_items,
        lines=given.lines,
        seconds=seconds,
        tenth_seconds=tenth,
        same_items_seconds=same_items,
    )


if __name__ == "__main__":
    main()
