"""Changes of what the warehouse has and sends. Each is one function, one transaction and one entry of the journal.

Each that moves units decides again what it touches, in the same transaction.
"""

from backorder.fulfilment.refusal import FulfilmentError
from backorder.fulfilment.services.blocks import block, lift
from backorder.fulfilment.services.handling import pick, short_ship, take_back
from backorder.fulfilment.services.receive import receive
from backorder.fulfilment.services.release import Ready, release_line, release_order, release_ready
from backorder.fulfilment.services.returns import accept_return
from backorder.fulfilment.services.shipping import Parcel, ship

__all__ = [
    "FulfilmentError",
    "Parcel",
    "Ready",
    "accept_return",
    "block",
    "lift",
    "pick",
    "receive",
    "release_line",
    "release_order",
    "release_ready",
    "ship",
    "short_ship",
    "take_back",
]
