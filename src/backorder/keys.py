"""What a number, sku or code may be: the names that a business gives to its things. Every way in holds them to this."""

from __future__ import annotations

import re

MOST_CHARACTERS = 200
MAIL = r"^[^@\s()<>,;:\"\[\]\\]+@[^@\s()<>,;:\"\[\]\\]+\.[^@\s.()<>,;:\"\[\]\\]+$"
"""What may be an e-mail address: whoever sends to it finds out the rest. For Python and Rust alike."""
UNSEEN = (
    r"\x00-\x1f\x7f-\xa0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f"
    r"\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
)
"""Control characters, blanks other than the plain one, and what takes no room: two names would look like one.

As a range inside the brackets of a regular expression, for Python, Rust and JSON Schema alike.
"""
VISIBLE = rf"^[^\x20{UNSEEN}]([^{UNSEEN}]*[^\x20{UNSEEN}])?$"
PARTS = (
    *(
        "address",
        "amendments",
        "availability",
        "blocks",
        "cancellations",
        "choices",
        "components",
        "confirmations",
        "consent",
    ),
    *(
        "dates",
        "disclosures",
        "explanation",
        "lines",
        "payment",
        "promises",
        "receipts",
        "releases",
        "returns",
    ),
    *("shipments", "splits", "story"),
)
"""What follows the name of something in the addresses of the interface."""
AMBIGUOUS = rf"/(?:{'|'.join(PARTS)})(?:/|$)|^(?:{'|'.join(PARTS)})/|(?:^|/)\.\.?(?:/|$)"
"""A name with a slash whose part would be read as one of these; or with `.` or `..`, which programs take out of an address."""


def say_ambiguous(key: str) -> str:
    """Say what is wrong with a name that is AMBIGUOUS."""
    found = re.search(AMBIGUOUS, key)
    part = found[0].strip("/") if found else ""
    return f"no part between slashes may be `{part}`: addresses have it for something else"
