"""What the law asks of the lines of an order: where they stand, what is to be done by when, and what is to come."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone
from pydantic import Field

from backorder.api.nouns import Noun
from backorder.api.problems import require
from backorder.api.values import Day, Key, Shown
from backorder.care.judging import Judged, Judgement, judge_orders
from backorder.care.post.due import read_heard
from backorder.engine.consent import Pack
from backorder.orders.selectors import find_order

law = Noun("law", "care")


class LegalAction(Shown):
    """What is to be done by a day."""

    kind: str = Field(description="ship, ship_or_tell, tell, cancel, refund or ask_a_person.")
    by: Day
    should_by: Day = Field(description="When it should be done, so that there is time left.")
    must_say: list[str] = Field(description="What a notice must say, as right_to_cancel.")
    needs_day: bool = Field(description="A notice must name a day.")
    citations: list[str] = Field(description="Where the law says so.")


class LegalStand(Shown):
    """Where units of a line stand that share one history, under all packs together."""

    quantity: int
    state: str = Field(description="As on_time or late; the reference page on consent explains it.")
    ships_on: Day | None = Field(description="The day that is planned; null if none is known.")
    deadline: Day | None = Field(
        description="The earliest day by which something is owed or an answer counts."
    )
    actions: list[LegalAction] = Field(description="What is to be done, soonest first.")


class ToCome(Shown):
    """What is to come on a day if nobody does anything."""

    on: Day
    what: str = Field(
        description="An action, `should_` before it while there is time left; last_day, lapses, missed or may_end."
    )
    quantity: int
    pack: str
    citations: list[str]


class LineUnderLaw(Shown):
    """What the law asks of a line."""

    line: str
    sku: str
    verdicts: list[LegalStand] = Field(description="Its units by history, those at the front first.")
    coming: list[ToCome] = Field(description="The calendar from now on, if nothing happens.")
    crossed: int = Field(
        description="Answers that came too late, or to nothing: a person must look at so many."
    )


class LegalPack(Shown):
    """The rules of one law."""

    name: str = Field(description="As us-federal.")
    title: str
    law: str = Field(description="Where it stands.")
    version: int


class Law(Shown):
    """What the law asks of an order. It is no legal advice."""

    order: str
    packs: list[LegalPack] = Field(description="By which its lines were judged.")
    assumed: str | None = Field(
        description="The place that was taken for that of an order without an address; null: it has one."
    )
    next_on: Day | None = Field(
        description="By which the customer was told to hear again; null: nothing was said of that."
    )
    lines: list[LineUnderLaw] = Field(
        description="Those with open units; none of a hold, or if nobody said where the order goes."
    )


@law.reads("/law/{path:number}", Law, refuses=True)
def get_law(number: Key) -> Law:
    """Show what the law asks of each open line of an order now. What was told and said counts as far as it was noted."""
    order = require(find_order(number))
    judged = judge_orders([order], timezone.now())
    heard = read_heard([order]).get(order.pk)
    return Law(
        order=order.number,
        packs=show_packs(judged[0].asked.packs) if judged else [],
        assumed=(judged[0].assumed or None) if judged else None,
        next_on=heard.said_next if heard else None,
        lines=[show_line(each) for each in judged],
    )


def show_packs(packs: Iterable[Pack]) -> list[LegalPack]:
    """Show packs."""
    return [LegalPack(name=each.name, title=each.title, law=each.law, version=each.version) for each in packs]


def show_line(judged: Judged) -> LineUnderLaw:
    """Show what is asked of a line."""
    return LineUnderLaw(
        line=judged.line.number,
        sku=judged.line.item.sku,
        verdicts=show_verdicts(judged.asked),
        coming=[
            ToCome(
                on=each.day,
                what=each.what,
                quantity=each.quantity,
                pack=each.pack,
                citations=list(each.citations),
            )
            for each in judged.asked.coming
        ],
        crossed=len(judged.asked.crossed),
    )


def show_verdicts(asked: Judgement) -> list[LegalStand]:
    """Show where the units of a line stand."""
    return [
        LegalStand(
            quantity=verdict.quantity,
            state=verdict.state,
            ships_on=verdict.ships_on,
            deadline=verdict.deadline,
            actions=[
                LegalAction(
                    kind=action.kind,
                    by=action.by,
                    should_by=action.should_by,
                    must_say=sorted(action.must_say),
                    needs_day=action.needs_day,
                    citations=list(action.citations),
                )
                for action in verdict.actions
            ],
        )
        for verdict in asked.verdicts
    ]
