"""The text of a policy: what policy.toml says becomes the engine's policy, or every fault of it is named.

read -> section, groups; fit holds what it says of columns against `columns`
"""

from __future__ import annotations

from backorder.engine.allocation import Policy
from backorder.faults import Faults
from backorder.policy_text.fit import note_columns
from backorder.policy_text.read import parse_policy


def read_policy_text(text: str, file: str = "policy.toml") -> Policy:
    """Read a policy of orders and items as the contract has them. Raises FaultyInputError with every fault."""
    faults = Faults()
    policy = parse_policy(text, file, faults)
    note_columns(policy, (), faults)
    faults.raise_if_any()
    return policy.policy


__all__ = ["read_policy_text"]
