"""The endpoints, one file for each noun. A new noun is a file here and a line below."""

from __future__ import annotations

from backorder.api.endpoints import availability, catalog, customers, inbound, journal, orders, stock

NOUNS = (
    orders.orders,
    customers.customers,
    availability.availability,  # before items: a sku may hold a slash
    catalog.items,
    catalog.locations,
    catalog.suppliers,
    stock.stock,
    inbound.inbound,
    journal.journal,
)
