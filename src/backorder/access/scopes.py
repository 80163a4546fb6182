"""What a key may be allowed."""

from __future__ import annotations

SCOPES = {
    "catalog:read": "read items, locations and suppliers",
    "catalog:write": "write items, locations and suppliers",
    "orders:read": "read customers and orders, their story and their promises",
    "orders:write": "place orders, cancel what of them is open",
    "supply:read": "read stock, its movements, inbound orders and what is available",
    "supply:write": "count and move stock, place inbound orders, receive them, move their dates",
    "plans:read": "read policies and runs",
    "plans:write": "write policies, publish plans and take them back",
    "fulfilment:read": "read releases and shipments",
    "fulfilment:write": "release, pick and ship",
    "journal:read": "read everything that happened, whatever it was about",
}
"""Each scope and what it allows. A scope to write does not include the one to read."""
