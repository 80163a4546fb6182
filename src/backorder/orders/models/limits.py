"""What numbers and words an order may hold."""

from __future__ import annotations

from datetime import date

REGION = "^([A-Z0-9]{1,3})?$"
"""The code of a state or province without its country, by ISO 3166-2; blank: none."""
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)
MOST_UNITS = 10**9
MOST_MONEY = 10**13  # minor units
MOST_VALUE = 2**53  # minor units of what is open of a line: as large as every program can count exactly
SHIP_POLICIES = ("as_ready", "complete", "line_complete")
COMMITMENTS = ("on_hand_only", "soft", "reserved", "firm", "locked")
PAYMENT_STATES = ("not_needed", "unpaid", "chargeable", "paid")
CONSENTS = ("not_needed", "waiting", "given")
