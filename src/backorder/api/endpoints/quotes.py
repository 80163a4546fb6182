"""Quotes: what somebody would get who ordered now."""

from __future__ import annotations

from pydantic import Field

from backorder.allocation.acceptance.quoting import LineQuote, quote
from backorder.api.endpoints.show_answer import Instead, show_alternatives
from backorder.api.endpoints.wanted import Question, read_buyer, read_lines
from backorder.api.nouns import Act, Noun
from backorder.api.values import Day, Shown

quotes = Noun("quotes", "orders")


class LaterUnits(Shown):
    """Units that could ship on a day."""

    on: Day
    quantity: int


class Dependence(Shown):
    """An inbound line that a quote stands on."""

    inbound: str
    line: str
    sku: str
    location: str
    expected_on: Day


class QuotedLine(Shown):
    """What a line would get behind everybody else. Asked = now + later + shortage."""

    number: str
    sku: str
    quantity_asked: int
    quantity_now: int = Field(description="Free on hand.")
    later: list[LaterUnits]
    shortage: int = Field(description="Units that no known supply covers.")
    promised_on: Day | None = Field(description="When the last unit could ship; null if one has no supply.")
    depends_on: list[Dependence]
    quantity_accepted: int = Field(description="Of what is asked, if it were ordered now.")
    reason: str = Field(description="Why the others would be refused; blank if none would.")
    alternatives: list[Instead]


class Quote(Shown):
    """What each line would get. It holds for the moment: nothing is kept."""

    lines: list[QuotedLine]


@quotes.asks("/quotes", Quote)
def quote_lines(act: Act, question: Question) -> Quote:
    """Say what lines would get if they were ordered now, each behind those before it and all behind everybody else.

    Nothing is changed or kept; ask for a hold to keep units.
    """
    today = act.cause().day
    lines, buyer = read_lines(question.lines, today), read_buyer(question)
    return Quote(lines=[show_quote(line) for line in quote(lines, buyer, on=today)])


def show_quote(line: LineQuote) -> QuotedLine:
    """Show what a line would get."""
    return QuotedLine(
        number=line.number,
        sku=line.sku,
        quantity_asked=line.quantity_asked,
        quantity_now=line.quantity_now,
        later=[LaterUnits(on=on, quantity=units) for on, units in line.later],
        shortage=line.shortage,
        promised_on=line.promised_on,
        depends_on=[
            Dependence(
                inbound=one.inbound,
                line=one.line,
                sku=one.sku,
                location=one.location,
                expected_on=one.expected_on,
            )
            for one in line.depends_on
        ],
        quantity_accepted=line.quantity_accepted,
        reason=line.reason,
        alternatives=show_alternatives(line.alternatives),
    )
