"""What the journal says of messages by other ways than mail, and of calls, in words."""

from __future__ import annotations

from backorder.care.calls import NOBODY, REACHED
from backorder.care.post.rules import TOLD
from backorder.console.forms.law import CHANNELS
from backorder.console.sentences.words import Facts, Sentences

CHANNEL = dict(CHANNELS)


def say_text(facts: Facts) -> str:
    """Say which text it is."""
    return f"a text{' instead of a mail' if facts['instead'] else ''}: {TOLD[facts['kind']]}"


def say_days(facts: Facts) -> str:
    """Say on which days it is planned to ship."""
    return " and ".join([facts["on"], *(each["on"] for each in facts.get("then", []))])


OF_OTHER_WAYS: Sentences = {
    "text.sent": lambda f: f"sent {say_text(f)}",
    "text.refused": lambda f: f"could not deliver {say_text(f)}; the number is wrong",
    "text.failed": lambda f: f"could not deliver {say_text(f)}",
    "text.withdrawn": lambda f: f"held back {say_text(f)}",
    "texts.wanted": lambda f: f"noted that the customer wants texts, as said {CHANNEL[f['channel']]}",
    "texts.unwanted": lambda f: f"noted that the customer wants no texts, as said {CHANNEL[f['channel']]}",
    "charge.announced": lambda f: f"tells the customer what is to be charged when it ships on {say_days(f)}",
    "webhook.failed": lambda f: f"could not tell a program of the shop of a message: {TOLD[f['kind']]}",
    "webhook.stopped": lambda _: "stopped all events to a program of the shop",
    "webhook.resumed": lambda _: "let events to a program of the shop go on",
}
MISSED = {
    "nobody": "and nobody answered",
    "voicemail": "and a voicemail answered",
    "wrong": "but the number is wrong",
}
OF_CALLS: Sentences = {
    "call.missed": lambda f: f"called the customer, {MISSED[f.get('how', NOBODY)]}",
    "call.answered": lambda f: f"told the customer by phone, who {REACHED[f['said']]}",
}
