"""What the invented shop sells, where its goods lie and who delivers them. All names are made up."""

from __future__ import annotations

from dataclasses import dataclass

ITEMS_OF_A_KIND = 6
FINISHES = ("oak", "ash", "walnut", "black", "white", "brass")
KINDS = (  # code, name, price of the first finish in cents, sold a week
    ("DSK", "Desk lamp", 5900, 5.0),
    ("FLR", "Floor lamp", 12900, 2.2),
    ("WAL", "Wall lamp", 4900, 3.0),
    ("PEN", "Pendant", 8900, 3.6),
    ("CLP", "Clip lamp", 2900, 4.0),
    ("SHD", "Lampshade", 1900, 5.2),
    ("BLB", "Bulb pack", 900, 9.0),
    ("CRD", "Textile cord", 1200, 4.4),
    ("DIM", "Dimmer", 2400, 2.4),
    ("SCK", "Socket", 600, 3.6),
    ("STL", "Stool", 9900, 1.2),
    ("SHF", "Shelf", 7400, 1.6),
    ("HOK", "Coat hook", 1500, 3.2),
    ("TRY", "Tray", 2200, 2.4),
    ("BWL", "Bowl", 2600, 1.8),
    ("CLK", "Clock", 5400, 1.0),
    ("MIR", "Mirror", 11900, 0.8),
    ("BOX", "Storage box", 3200, 2.0),
    ("CND", "Candle holder", 1800, 2.8),
    ("VAS", "Vase", 3600, 1.4),
    ("JNT", "Spare joint", 700, 1.2),
    ("KNB", "Spare knob", 400, 1.4),
    ("BRC", "Spare bracket", 800, 0.8),
    ("CAP", "Spare cap", 300, 0.8),
)
KITS = (  # sku, name, price, components
    ("SET-1", "Reading corner, oak", 17900, (("FLR-1", 1), ("SHD-1", 1), ("BLB-1", 1))),
    ("SET-2", "Desk set, black", 7900, (("DSK-4", 1), ("BLB-4", 1), ("DIM-4", 1))),
    ("SET-3", "Hallway, white", 9900, (("WAL-5", 1), ("HOK-5", 3), ("BLB-5", 1))),
    ("SET-4", "Three pendants, brass", 24900, (("PEN-6", 3), ("CRD-6", 3), ("BLB-6", 3))),
    ("SET-5", "Lamp to mend, ash", 2900, (("SCK-2", 1), ("CRD-2", 1), ("SHD-2", 1))),
    ("SET-6", "Two clip lamps, walnut", 5900, (("CLP-3", 2), ("BLB-3", 2))),
)
SUBSTITUTES = (  # sku, substitute, kind
    *((f"DSK-{number}", f"DSK-{number % 3 + 1}", "variant") for number in range(4, 7)),
    *((f"PEN-{number}", f"PEN-{number + 1}", "variant") for number in range(1, 4)),
    ("BLB-1", "BLB-2", "equivalent"),
    ("BLB-4", "BLB-5", "equivalent"),
    ("CRD-1", "CRD-3", "equivalent"),
    ("MIR-2", "MIR-3", "variant"),
)
LOCATIONS = (
    ("harbour", "Harbour warehouse", "", 1),
    ("mill", "Mill store", "harbour", 2),
    ("quay", "Quay shop", "", 3),
)
"""Code, name, parent, rank."""
PRINTED = ("JNT", "KNB", "BRC", "CAP")
"""Kinds that the shop prints itself."""


@dataclass(frozen=True)
class Source:
    """Who delivers, how long they say it takes, and how long it takes."""

    code: str
    name: str
    quoted_days: int
    late_days: float  # on average, of what comes late
    late_share: float
    short_share: float  # of deliveries in two parts


SOURCES = (
    Source("nordval", "Nordval Woodworks", 14, 1.0, 0.05, 0.02),
    Source("tessaro", "Tessaro Glass", 21, 6.0, 0.35, 0.10),
    Source("kembler", "Kembler Metal", 18, 3.0, 0.20, 0.15),
    Source("ostwin", "Ostwin Textiles", 28, 9.0, 0.45, 0.10),
    Source("luxenby", "Luxenby Bulbs", 10, 2.0, 0.10, 0.05),
    Source("farrowick", "Farrowick Imports", 42, 16.0, 0.55, 0.25),
    Source("pellane", "Pellane Ceramics", 24, 4.0, 0.25, 0.10),
    Source("print", "Own print shop", 3, 1.0, 0.10, 0.00),
)
SOURCE_OF_KIND = dict(
    zip(
        (code for code, *_ in KINDS),
        (0, 2, 2, 1, 2, 3, 4, 3, 4, 4, 0, 0, 2, 0, 6, 5, 5, 5, 6, 6, 7, 7, 7, 7),
        strict=True,
    )
)


@dataclass(frozen=True)
class Good:
    """An item as the shop knows it."""

    sku: str
    name: str
    price: int  # cents
    weekly: float  # units asked in a week, on average
    source: Source
    pack_size: int


def list_goods() -> list[Good]:
    """List what is bought or printed; the first finish of a kind sells most."""
    return [
        Good(
            sku=f"{code}-{number + 1}",
            name=f"{name}, {finish}",
            price=price + 100 * number,
            weekly=weekly / (number + 1),
            source=SOURCES[SOURCE_OF_KIND[code]],
            pack_size=6 if code in {"BLB", "SCK"} else 1,
        )
        for code, name, price, weekly in KINDS
        for number, finish in enumerate(FINISHES)
    ]
