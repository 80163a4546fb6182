"""Handing units to the warehouse, and what leaves it: pick lists, releases, shipments, returns.

Units that are released leave the supply, and the line, as far as decisions go: who gets which of the others is decided without them.
"""
