"""Rules that people ask for, as they are written in a policy or in the rules of the house: shown beside the form that takes them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """What is wanted, and how it is written."""

    said: str
    text: str


EXAMPLES = (
    Example("Packing takes two days.", "handling_days = 2"),
    Example(
        "Who ordered first is served first, whatever day they want.",
        '[rank]\nkeys = ["priority", "ordered_at"]',
    ),
    Example(
        "Contract customers lose nothing they have, and gain before others.",
        '[[segment]]\nname = "contracts"\nwhere = { customer_class = ["contract"] }\nstrategy = "gain"',
    ),
    Example(
        "What was promised stays promised, and at most 50 lines may get worse at once.",
        '[promises]\nkeep = "always"\nmax_lines_worsened = 50',
    ),
)
HOUSE_EXAMPLES = (
    Example("Where you sell from: a country, or a part of one.", '[seller]\nplace = "US-OR"'),
    Example("Customer classes that buy as businesses.", '[buyers]\nbusiness_classes = ["wholesale"]'),
    Example("Days that a parcel is on its way.", "[delivery]\ndays = 4\ndays_to = { DE = 6, GB = 7 }"),
    Example(
        "Who answers customers, and in which language letters go to some countries.",
        '[letters]\nname = "The lamp shop"\nmail = "help@shop.example"\nlanguages_to = { DE = "de", FR = "fr" }',
    ),
    Example(
        "Messages to customers are sent; first ones without a person, 100 a day, and none in the night.",
        '[sending]\nmode = "on"\nquiet_from = 20:00:00\nquiet_until = 08:00:00\nalone = { opening = 100 }',
    ),
    Example(
        "What a law wants cancelled is cancelled without a person, of 20 orders a day at most.",
        '[cancelling]\nmode = "on"\nsince = 2026-11-24\nalone_each_day = 20',
    ),
    Example(
        "An order keeps its place for ten days after a charge failed; what a card holds may be charged before it leaves.",
        "[charges]\ngrace_days = 10\nbefore_shipment = true",
    ),
    Example("Where legal days of a place are counted.", '[zones]\nUS-CA = "America/Los_Angeles"'),
)
