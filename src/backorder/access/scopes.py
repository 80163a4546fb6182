"""What a key may be allowed."""

from __future__ import annotations

from collections.abc import Collection

SCOPES = {
    "catalog:read": "read items, kits, substitutes, locations, closed days, suppliers and rules of acceptance",
    "catalog:write": "write them; what they decide is decided again",
    "orders:read": "read customers, orders, holds, refusals, the waitlist, stories, promises and explanations; ask for quotes",
    "orders:write": "place orders and holds, change and cancel them, note payment and consent; put customers on the waitlist",
    "supply:read": "read stock, its movements, inbound orders and what is available",
    "supply:write": "count and move stock, place inbound orders, receive them, move their dates",
    "plans:read": "read policies, simulations and runs, and the rules of the house",
    "plans:write": "publish policies and roll them back, simulate, decide about everything, write the rules of the house",
    "fulfilment:read": "read releases, pick lists, shipments, returns and blocks",
    "fulfilment:write": "release, pick, ship and take back; block orders",
    "care:read": "read what the law asks, letters, what is to be told, messages, replies, notices, answers, calls and feedback",
    "care:write": "let letters go and stop them, note what customers were told, said and think; who cancels has it cancelled",
    "money:read": "read payments, charges, what is owed, refunds, and thanks for waiting",
    "money:write": "note payments and cards, charge, let money go back, note what became of it, thank who waits, stop it all",
    "journal:read": "read everything that happened, whatever it was about",
}
"""Each scope and what it allows. A scope to write does not include the one to read."""


def find_fault(name: str, scopes: Collection[str]) -> str:
    """Say why there can be no key with a name and scopes; blank if there can."""
    if not name.strip():
        return "a key needs a name that says which program holds it"
    if not scopes:
        return f"a key needs a scope: {', '.join(SCOPES)}"
    unknown = sorted(set(scopes) - set(SCOPES))
    return f"there is no scope {unknown[0]}; there are {', '.join(SCOPES)}" if unknown else ""
