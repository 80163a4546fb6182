"""Who gets which unit, and when.

The decision (`allocate`) has three steps, each a room whose own page names its files:

1. `seating`     every line gets its segment, its strategy and its `rank`; then lines, supplies, kits and the plan in force are laid
                 on the `desk`, in the order of service.
2. `serving`     in this order: what is locked, skipped, frozen or firm keeps its units (`hold`); what promises, `gain` and `improve`
                 are owed (`needs`) is taken up as far as all of it can be met at the same time (`admit`, `safe`); then, tier after
                 tier, floors and each line in its `turn` (`serve`). Only `take` moves a unit. `cells` holds lines to ceilings and
                 floors: a line never takes a floor of others.
3. `outcome`     what each line got, `reasons` why it waits, `compare` the difference to the plan in force, `offers` what could be had
                 instead, and what is short.

`check` proves the laws of every plan. `quote` asks for one more line, `explain` asks again without each constraint,
and `partition` says which items can be decided apart. After an event `again` decides only what the event touches, and spreads
along complete orders while a decision changes; `merge` puts that into the plan. `settle` decides until the decision, once in
force, would be made again. All are pure.
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
from backorder.engine.allocation.settle import Settled, keep_promises, settle
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
    "Settled",
    "Snapshot",
    "again",
    "allocate",
    "check",
    "explain",
    "keep_promises",
    "merge",
    "partition",
    "quote",
    "settle",
]
