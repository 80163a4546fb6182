"""The packs: rules for delayed orders of one law each, as text that a lawyer can read, and the holidays that they count by.

read -> shelf; `packs` holds those that come with the program. What the rules mean is decided in `engine.consent`.
"""

from __future__ import annotations

from backorder.law.calendars import find_place
from backorder.law.read import read_pack
from backorder.law.shelf import list_packs

__all__ = ["find_place", "list_packs", "read_pack"]
