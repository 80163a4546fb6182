"""The journal of offers in sentences: what was offered instead, what became of it, and what others sell."""

from __future__ import annotations

from backorder.console.sentences.words import Sentences, say_instant
from backorder.console.templatetags.words import say_count

OF_OFFERS: Sentences = {
    "offer.made": lambda f: (
        f"offered {f['units']:,} × {f['sku']} instead of {say_count(f['instead_of'], 'unit')} of line {f['line']}, "
        f"kept until {say_instant(f['until'])}"
    ),
    "offer.sent": lambda _: "told the customer of what is offered instead",
    "offer.shadowed": lambda f: (
        f"would have offered {f['units']:,} × {f['sku']} instead of {say_count(f['instead_of'], 'unit')} of line {f['line']}"
    ),
    "offer.taken": lambda f: (
        f"took {f['units']:,} × {f['sku']} (line {f['by_line']}) instead of {say_count(f['instead_of'], 'unit')} "
        f"of line {f['line']}"
    ),
    "offer.declined": lambda f: f"did not want {f['units']:,} × {f['sku']} instead",
    "offer.lapsed": lambda f: f"gave {f['units']:,} × {f['sku']} back: nobody answered the offer in time",
    "offer.overtaken": lambda f: f"gave {f['units']:,} × {f['sku']} back: the offer was overtaken",
    "offer.unsent": lambda f: (
        f"gave {f['units']:,} × {f['sku']} back: no message told the customer of the offer"
    ),
    "offer.withdrawn": lambda f: f"took the offer of {f['units']:,} × {f['sku']} back",
    "hold.taken": lambda _: "handed what was kept to the line that was ordered instead",
    "outside.noted": lambda f: f"noted what somebody else sells instead: {f['url']}",
    "outside.removed": lambda f: f"shows no more what somebody else sells instead: {f['url']}",
    "outside.listed": lambda f: (
        f"noted from a file what others sell instead: {say_count(f['noted'], 'offer')}, "
        f"{f['removed']:,} no more shown"
    ),
    "offers.stopped": lambda _: "stopped all offers that nobody makes",
    "offers.resumed": lambda _: "let offers be made again that nobody makes",
}
