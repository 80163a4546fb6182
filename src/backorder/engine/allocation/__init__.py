"""Who gets which unit, and when.

The decision, step by step, each step a file:

1. `rank`        every line gets a segment and a strategy, then all lines one total order. `match` reads conditions.
2. `seat`        lines, supplies, kits and the plan in force are laid on the `desk`, in order of service. `days` says when a
                 unit ships, `places` what is inside what, `guarantees` which floors and ceilings a line stands in.
3. `hold`        what is locked, skipped, frozen or firm keeps its units. `now` reads the plan in force, `keep` keeps
                 units of it; `bill` says how many kits there are parts for.
4. `needs`       what promises, `gain` and `improve` are owed; `admit` takes it up, better ranks first, as far as all of it can
                 be met at the same time. `safe` keeps it so, on the `trees` of places: it says how many units may leave a place.
5. `serve`       tier after tier: floors first, then each line in its `turn`; `fair` shares, `fill` keeps.
                 A turn takes units by `walk` (of an `item_walk` or of `kits`), `together`, or with a `minimum`.
                 Only `take` moves a unit. `cells` holds lines to ceilings and floors: a line never takes a floor of others.
6. `outcome`     what each line got; `reasons` says why; `compare` finds the difference to the plan in force; `offers` finds
                 substitutes that nobody needs, and what is short.

`check` proves the laws of every plan. `quote` asks for one more line, `explain` asks again without each constraint,
and `partition` says which items can be decided apart. After an event `again` decides only what the event touches, and spreads
along complete orders while a decision changes; `merge` puts that into the plan. All are pure.
"""

from backorder.engine.allocation.again import again
from backorder.engine.allocation.allocate import allocate
from backorder.engine.allocation.check import LawBroken, check
from backorder.engine.allocation.explain import Alternative, Explanation, explain
from backorder.engine.allocation.merge import Revision, merge
from backorder.engine.allocation.partition import partition
from backorder.engine.allocation.plan import Plan, Reason
from backorder.engine.allocation.policy import Condition, Guarantee, Policy, PolicyError, Segment
from backorder.engine.allocation.quote import Quote, Request, quote
from backorder.engine.allocation.snapshot import Snapshot

__all__ = [
    "Alternative",
    "Condition",
    "Explanation",
    "Guarantee",
    "LawBroken",
    "Plan",
    "Policy",
    "PolicyError",
    "Quote",
    "Reason",
    "Request",
    "Revision",
    "Segment",
    "Snapshot",
    "again",
    "allocate",
    "check",
    "explain",
    "merge",
    "partition",
    "quote",
]
