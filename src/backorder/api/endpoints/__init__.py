"""The endpoints, one file for each noun. A new noun is a file here and a line below."""

from __future__ import annotations

from backorder.api.endpoints import (
    amend_order,
    answers,
    availability,
    catalog,
    catalog_rules,
    catalog_ties,
    clearance,
    customers,
    holds,
    house,
    inbound,
    journal,
    law,
    letters,
    messages,
    notices,
    orders,
    plans,
    policies,
    quotes,
    refusals,
    releases,
    shipments,
    simulations,
    stock,
)

NOUNS = (
    quotes.quotes,
    plans.explanations,  # before orders: a number may hold a slash
    releases.releases,  # before locations too
    shipments.shipments,
    clearance.blocks,
    clearance.clearance,
    amend_order.changes,
    orders.orders,
    holds.holds,
    refusals.refusals,
    customers.customers,
    availability.availability,  # before items: a sku may hold a slash
    catalog_ties.kits,  # before items too
    catalog_ties.substitutes,
    catalog_rules.closed_days,
    catalog_rules.acceptances,
    catalog_rules.channels,
    catalog.items,
    catalog.locations,
    catalog.suppliers,
    stock.stock,
    inbound.inbound,
    policies.policies,
    simulations.simulations,
    plans.plans,
    law.law,
    letters.letters,
    messages.drafts,
    messages.messages,
    messages.mail,
    notices.notices,
    answers.answers,
    house.house,
    journal.journal,
)
