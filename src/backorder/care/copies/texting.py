"""Hands a text to whoever sends texts, by apprise: BACKORDER_TEXT_URL says to whom."""

from __future__ import annotations

import logging
import re
from urllib.parse import quote

from django.conf import settings

from backorder.care.copies.rules import WayError
from backorder.care.models import Copy

NUMBER = "{number}"
"""In the setting it stands for the phone of the customer."""
BROKEN = "Socket Exception"
"""By which name apprise notes that a line broke, or that no answer came in time."""
NOBODY_THERE = ("Failed to establish a new connection", "NameResolutionError", "ConnectTimeout", "SSLError")
"""How it is said that there was no line at all: nothing left."""

ANSWER = "Response Details:"
"""After which apprise notes what was answered."""
WRONG_CODE = re.compile(r"error=(?:21211|21214|21217|21401|21421|21610|21614)\b")
"""Codes of Twilio for a number that is none, that takes no texts, or whose owner wants none from us."""
WRONG = re.compile(
    r"(?:invalid|not a valid|unknown|not a mobile|no such) (?:'?to'? )?(?:phone |mobile )?(?:number|recipient|destination)",
    re.IGNORECASE,
)
OURS = re.compile(r"\b(?:from|sender|source|originator)\b", re.IGNORECASE)
"""Names the number that texts come from: where that is wrong, whoever gets them has nothing to do with it."""
SAID_APART = re.compile(r"[{},;\n]")


def send_text(copy: Copy) -> None:
    """Hand a text over. Raises WayError."""
    import apprise  # noqa: PLC0415 - takes a while to load, and few need it

    url = settings.TEXT_URL.replace(NUMBER, quote(copy.to, safe=""))
    sender = apprise.Apprise.instantiate(url)
    if sender is None:
        message = "BACKORDER_TEXT_URL is no address by which apprise sends; see the settings"
        raise WayError(message)
    with (
        apprise.LogCapture(level=logging.WARNING) as said,  # type: ignore[no-untyped-call] # carries no types here
        apprise.LogCapture(level=logging.DEBUG) as all_said,  # type: ignore[no-untyped-call] # as above
    ):
        taken = sender.notify(body=copy.text, title="")
        why, may_have_left = " ".join(said.getvalue().split()), broke_off(all_said.getvalue())
        details = all_said.getvalue().partition(ANSWER)[2]
    if not taken:
        said_why = why or "the text was not taken, and nobody said why"
        raise WayError(said_why, for_good=may_have_left, is_wrong=calls_wrong(why, details))


def calls_wrong(why: str, details: str) -> bool:
    """Tell whether whoever sends texts says that there is no such number, by what was noted and what it answered."""
    said = (each for each in SAID_APART.split(details) if WRONG.search(each))
    return WRONG_CODE.search(why) is not None or any(not OURS.search(each) for each in said)


def broke_off(said: str) -> bool:
    """Tell whether the line broke after something was said on it: the text may have left, and nobody wants two."""
    _, broken, why = said.partition(BROKEN)
    return bool(broken) and not any(each in why for each in NOBODY_THERE)
