"""One more line asked for behind all others, in process: the time that 95 of 100 requests keep within."""

from __future__ import annotations

from functools import partial

import numpy as np

from backorder.engine.allocation import Policy, Request, allocate, quote
from measure.clock import read_arguments, report, time_once
from measure.facts import AS_OF, Size, make_facts

REQUESTS = 500


def main() -> None:
    """Measure."""
    given = read_arguments(__doc__ or "")
    facts, policy = make_facts(Size(given.lines, given.seed)), Policy()
    plan = allocate(facts, policy)
    chance = np.random.default_rng(given.seed)
    items = chance.choice(facts.lines.item, REQUESTS).tolist()  # what sells more is asked for more
    asked = [Request(item, int(chance.integers(1, 9)), AS_OF + int(chance.integers(0, 30))) for item in items]
    quote(facts, policy, plan, asked[0])
    times = [time_once(partial(quote, facts, policy, plan, request)) for request in asked]
    p50, p95 = np.percentile(times, (50, 95)) * 1000
    report("quote", 10, p95_ms=float(p95), p50_ms=float(p50), lines=given.lines, requests=REQUESTS)


if __name__ == "__main__":
    main()
