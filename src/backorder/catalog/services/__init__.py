"""Changes of the catalogue. Each creates or replaces rows by code, in one transaction and with one entry of the journal.

What is given already is not written again. Each locks the items that it is about first.
"""

from backorder.catalog.services.acceptance import AcceptanceFacts, remove_acceptances, save_acceptances
from backorder.catalog.services.items import (
    ComponentFacts,
    ItemFacts,
    SubstituteFacts,
    remove_components,
    remove_substitutes,
    save_components,
    save_items,
    save_substitutes,
    say_sold,
)
from backorder.catalog.services.places import (
    LocationFacts,
    SupplierFacts,
    remove_closed_days,
    save_channels,
    save_closed_days,
    save_customer_classes,
    save_locations,
    save_suppliers,
)
from backorder.catalog.services.saving import CatalogError, Saved

__all__ = [
    "AcceptanceFacts",
    "CatalogError",
    "ComponentFacts",
    "ItemFacts",
    "LocationFacts",
    "Saved",
    "SubstituteFacts",
    "SupplierFacts",
    "remove_acceptances",
    "remove_closed_days",
    "remove_components",
    "remove_substitutes",
    "save_acceptances",
    "save_channels",
    "save_closed_days",
    "save_components",
    "save_customer_classes",
    "save_items",
    "save_locations",
    "save_substitutes",
    "save_suppliers",
    "say_sold",
]
