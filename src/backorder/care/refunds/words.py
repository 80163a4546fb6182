"""The rules of the house about refunds in plain words, for whoever is about to buy."""

from __future__ import annotations

from backorder.care.letters.speech import Speech
from backorder.care.refunds.rules import Refunds


def say_policy(refunds: Refunds, speech: Speech) -> list[str]:
    """Say what a customer gets who cancels what waits; nothing where the house says nothing of it."""
    if refunds.mode == "off":
        return []
    days = speech.number(refunds.days)
    said = [
        speech.say("You may cancel what has not shipped, all of it or a part, at any time."),
        speech.say(
            "You get back all that you paid for it, shipping included, within {days} days, as you paid.",
            days=days,
        ),
    ]
    if refunds.business_keep_percent:
        percent = speech.number(refunds.business_keep_percent)
        said.append(speech.say("If you buy as a business, we keep {percent} % of it.", percent=percent))
    return said
