"""What the journal says of money: what came in, what cards hold, what is charged, goes back, and is given to who waits."""

from __future__ import annotations

from backorder.console.sentences.words import Facts, Sentences, say_instant
from backorder.console.templatetags.words import say_count, say_money

ENDINGS = {
    "switched": "lets it go: a card is kept",
    "needless": "lets it go: nothing of the order is to be charged",
    "charged": "charges it, as the house allows",
    "told": "tells a person",
}
ENDED = {"used": "it was taken", "over": "it was let go, or its time is over"}


def say_paid(facts: Facts) -> str:
    """Say how much money."""
    return say_money(int(facts["amount"]), str(facts["currency"]))


def say_until(instant: str) -> str:
    """Say until when money is held, if anybody said so."""
    return f" until {say_instant(instant)}" if instant else ""


def say_thanked(facts: Facts) -> str:
    """Say what somebody got for waiting."""
    how = {"refund": "back", "credit": "less to pay", "words": "in other ways"}
    return f"{say_paid(facts)} {how[facts['manner']]}"


OF_MONEY: Sentences = {
    "payment.noted": lambda f: f"noted a payment of {say_paid(f)}",
    "means.noted": lambda f: (
        f"noted that a card holds {say_paid(f)} for it"
        if f["kind"] == "authorisation"
        else "noted a card that it may be charged by"
    ),
    "means.let_go": lambda f: (
        "let go what a card holds" if f["kind"] == "authorisation" else "no longer keeps its card"
    ),
    "authorisation.ending": lambda f: (
        f"saw that {say_paid(f)} are held{say_until(f['until'])}, and {ENDINGS[f['how']]}"
    ),
    "authorisation.ended": lambda f: f"noted that {say_paid(f)} are held no more: {ENDED[f['state']]}",
    "charges.stopped": lambda _: "stopped all charges",
    "charges.resumed": lambda _: "let charges go on",
    "charge.begun": lambda f: f"charged {say_paid(f)} before it left",
    "charge.lowered": lambda f: (
        f"charged {say_paid(f)} instead of {say_paid({**f, 'amount': f['was']})}: the order costs less by now"
    ),
    "charge.goes_on": lambda f: (
        f"asked the customer to pay {say_paid(f)} by a link"
        if f["by"] == "link"
        else f"charged {say_paid(f)} again"
    ),
    "charge.called_off": lambda f: f"decided that {say_paid(f)} are not charged",
    "charge.ended": lambda f: f"ended an attempt to take {say_paid(f)}",
    "charge.failed": lambda f: f"could not take {say_paid(f)}",
    "charge.link_made": lambda f: f"made a link by which the customer pays {say_paid(f)}",
    "refund.let_go": lambda f: (
        f"let {say_paid(f)} go back" if f["amount"] else "found that nothing goes back"
    ),
    "refund.goes_on": lambda f: f"sent {say_paid(f)} again, which had not arrived",
    "refund.sent": lambda f: f"sent {say_paid(f)} back",
    "refund.failed": lambda f: f"noted that {say_paid(f)} did not arrive, which were to go back",
    "incentive.given": lambda f: f"thanked for waiting, by {f['rule']}: {say_thanked(f)}",
    "incentive.control": lambda f: f"gives nothing by {f['rule']}, to see what it does",
    "incentive.shadowed": lambda f: (
        f"would have thanked {say_count(len(f['orders']), 'order')}, and {say_count(len(f['control']), 'order')} not"
    ),
    "incentives.stopped": lambda _: "stopped all thanks by rules",
    "incentives.resumed": lambda _: "let rules thank again",
    "refunds.stopped": lambda _: "stopped all refunds",
    "refunds.resumed": lambda _: "let refunds go on",
}
