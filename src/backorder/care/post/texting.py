"""Hands a text to whoever sends texts, by apprise: BACKORDER_TEXT_URL says to whom."""

from __future__ import annotations

import logging
from urllib.parse import quote

from django.conf import settings

from backorder.care.models import Copy
from backorder.care.post.ways import WayError

NUMBER = "{number}"
"""In the setting it stands for the phone of the customer."""


def send_text(copy: Copy) -> None:
    """Hand a text over. Raises WayError."""
    import apprise  # noqa: PLC0415 - takes a while to load, and few need it

    url = settings.TEXT_URL.replace(NUMBER, quote(copy.to, safe=""))
    sender = apprise.Apprise.instantiate(url)
    if sender is None:
        message = "BACKORDER_TEXT_URL is no address by which apprise sends; see the settings"
        raise WayError(message)
    with apprise.LogCapture(level=logging.WARNING) as said:  # type: ignore[no-untyped-call] # carries no types here
        taken = sender.notify(body=copy.text, title="")
        why = " ".join(said.getvalue().split())
    if not taken:
        raise WayError(why or "the text was not taken, and nobody said why")
