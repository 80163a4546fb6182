"""What each role may do. A role is a group of users; what it may do is written here, so that it is reviewed like code."""

from __future__ import annotations

ORDERS, SUPPLY, SHIPPING, POLICIES, MONEY, PEOPLE = (
    *("orders", "supply", "shipping", "policies"),
    *("money", "people"),
)
READ_ONLY = "read-only"
ROLES: dict[str, frozenset[str]] = {
    "planner": frozenset({ORDERS, SUPPLY, SHIPPING, POLICIES}),
    "service": frozenset({ORDERS}),
    "warehouse": frozenset({SUPPLY, SHIPPING}),
    "finance": frozenset({MONEY}),
    READ_ONLY: frozenset(),
    "admin": frozenset({ORDERS, SUPPLY, SHIPPING, POLICIES, MONEY, PEOPLE}),
}


def find_fault(role: str) -> str:
    """Say that there is no such role; blank if there is."""
    return "" if role in ROLES else f"there is no role {role}; name one of {', '.join(ROLES)}"
