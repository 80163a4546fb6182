"""Who gets which unit, and when."""

from backorder.engine.allocation.allocate import allocate
from backorder.engine.allocation.partition import partition
from backorder.engine.allocation.plan import Plan
from backorder.engine.allocation.policy import Policy, PolicyError
from backorder.engine.allocation.snapshot import Snapshot

__all__ = ["Plan", "Policy", "PolicyError", "Snapshot", "allocate", "partition"]
