"""Charges: what is held for orders, what is to be charged, and what waits for a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from backorder.accounts.roles import MONEY
from backorder.console.access import may_change, signed_in
from backorder.console.chosen import press_switch
from backorder.console.parts import Cell, Column, Cut, Empty, Row, Table
from backorder.console.templatetags.words import say_day, say_money, say_time
from backorder.console.views.refunds import SHOWN, cut
from backorder.orders.models import Order
from backorder.payments.charging import is_stopped, stop
from backorder.payments.models import AUTHORISATION, CARD, LINK, Attempt, Charge, Means
from backorder.payments.selectors import (
    list_ending,
    list_links,
    list_not_taken,
    list_paid_twice,
    read_charges,
    read_means,
)

MEANS = (
    *(Column("By"), Column("Amount", numeric=True, whole=True), Column("Until", whole=True)),
    *(Column("Where it is"), Column("What you can do")),
)
CHARGES = (
    *(Column("Since", whole=True), Column("For"), Column("Amount", numeric=True, whole=True)),
    *(Column("How"), Column("Where it is"), Column("What you can do")),
)
WAITING = (
    *(Column("Order", whole=True), Column("Customer"), Column("Amount", numeric=True, whole=True)),
    Column("Until", whole=True),
    Column("What happened"),
)
TOO_MUCH = (*WAITING[:3], Column("What happened"))
KINDS = {AUTHORISATION: "of what a card holds", CARD: "by the card that is kept", LINK: "by a link"}
STANDING = {
    "open": ("can be charged", "good"),
    "ending": ("is let go", "info"),
    "used": ("taken", "plain"),
    "over": ("over", "plain"),
}
STATES = {
    "waiting": ("not asked for yet", "warn"),
    "handed": ("asked for", "info"),
    "pending": ("on its way", "info"),
    "ending": ("the link is ended", "info"),
    "taken": ("taken", "good"),
    "failed": ("not taken", "bad"),
}
FOR = {
    "order.shipped": "what left",
    "charge.begun": "before it left",
    "charge.lowered": "what it costs by now",
    "charge.failed": "what failed after a part was called off",
    "authorisation.ending": "what was held",
}
MORE = Cut(f"The first {SHOWN}; there are more.")
NO_MEANS = Empty(
    "Nothing to charge it by",
    "A card that is kept, or what a card holds, appears here; what leaves is charged by it.",
)
NO_CHARGES = Empty("Nothing was charged here", "What leaves appears here as soon as it does.")


@require_GET
@signed_in
def show_charges(request: HttpRequest) -> HttpResponse:
    """Show what waits for a person or a customer: what failed, links, and what ends."""
    failed, links, ending = list(list_not_taken()), list(list_links()), list(list_ending())
    twice = list_paid_twice(SHOWN + 1)
    context = {
        "stopped": is_stopped(),
        "counts": {"failed": len(failed), "links": len(links), "ending": len(ending)},
        "failed": Table(
            "Not taken",
            WAITING,
            [describe_failed(each, timezone.now()) for each in failed[:SHOWN]],
            Empty(
                "Nothing failed", "A charge that failed appears here, the one whose grace ends first on top."
            ),
            cut(failed),
        ),
        "twice": Table(
            "Paid twice",
            TOO_MUCH,
            [describe_twice(*each) for each in twice[:SHOWN]],
            cut=MORE if len(twice) > SHOWN else None,
        ),
        "links": Table("By a link", WAITING, [describe_link(each) for each in links[:SHOWN]], cut=cut(links)),
        "ending": Table("Ends", WAITING, [describe_end(each) for each in ending[:SHOWN]], cut=cut(ending)),
    }
    return render(request, "console/charges.html", context)


@require_POST
@may_change(MONEY)
def stop_all(request: HttpRequest) -> HttpResponse:
    """Stop all money that is taken by a provider, or let it go on."""
    press_switch(request, stop, "All charges are stopped.", "Charges go on.")
    return redirect("charges")


def begin_row(order: Order, amount: int, currency: str) -> tuple[list[Cell], str]:
    """Begin a row about an order; with its page."""
    page = reverse("money", args=[order.number])
    cells = [Cell(order.number, link=page), Cell(order.buyer), Cell(say_money(amount, currency))]
    return cells, page


def describe_failed(charge: Charge, now: datetime) -> Row:
    """Lay out a charge of which something was not taken."""
    cells, page = begin_row(charge.order, charge.rest, charge.currency)
    until = charge.keeps_until
    grace = Cell(
        "a person decides" if until is None or until <= now else say_day(timezone.localdate(until)),
        tone="bad" if until is None or until <= now else "",
    )
    last = [each for each in charge.attempts.all() if each.state == "failed"]
    return Row([*cells, grace, Cell(last[-1].said if last else "there was nothing to charge it by")], page)


def describe_twice(order: Order, amount: int, currency: str) -> Row:
    """Lay out an order for which more came in than it costs."""
    cells, page = begin_row(order, amount, currency)
    return Row([*cells, Cell("it was charged, and paid otherwise too: pay that back", tone="bad")], page)


def describe_link(attempt: Attempt) -> Row:
    """Lay out a link at which a customer is to pay."""
    cells, page = begin_row(attempt.charge.order, attempt.amount, attempt.charge.currency)
    until = attempt.charge.keeps_until
    return Row(
        [
            *cells,
            Cell(say_day(timezone.localdate(until)) if until else ""),
            Cell("the customer is asked to pay", note=attempt.said),
        ],
        page,
    )


def describe_end(means: Means) -> Row:
    """Lay out what is held and ends."""
    cells, page = begin_row(means.order, means.amount or 0, means.currency)
    until = means.capture_before
    return Row(
        [*cells, Cell(say_time(until) if until else ""), Cell("it ends, and no card is kept", tone="bad")],
        page,
    )


def describe_means(order: Order) -> Table:
    """Lay out by what an order may be charged."""
    rows = [describe_one_means(each) for each in read_means().filter(order=order).order_by("id")]
    return Table("Charged by", MEANS, rows, NO_MEANS)


def describe_one_means(means: Means) -> Row:
    """Lay out what a card holds, or a card that is kept."""
    said, tone = STANDING[means.state]
    ends = means.told_at is not None and means.state == "open" and not means.used
    if ends:
        said, tone = "it ends: charge it, or note a card", "bad"
    free = means.state == "open" and not (means.used and means.kind == AUTHORISATION)
    let_go = "Let it go" if means.kind == AUTHORISATION else "Keep it no longer"
    actions = [(let_go, reverse("means-void", args=[means.pk]))] if free else []
    kind = "held" if means.kind == AUTHORISATION else "a card that is kept"
    return Row(
        [
            Cell(means.label or kind, note=f"{kind} · {means.reference}" if means.label else means.reference),
            Cell("" if means.amount is None else say_money(means.amount, means.currency)),
            Cell(say_time(means.capture_before) if means.capture_before else ""),
            Cell(said, tone=tone, note=means.said),
            Cell("", actions=actions),
        ]
    )


def describe_charges(order: Order) -> Table:
    """Lay out what was charged, or is to be: a row for each attempt, the last of which holds what can be done about the rest."""
    charges = read_charges().filter(order=order).order_by("id")
    rows = [row for each in charges for row in describe_charge(each)]
    return Table("Charges", CHARGES, rows, NO_CHARGES)


def describe_charge(charge: Charge) -> list[Row]:
    """Lay out a charge."""
    attempts = list(charge.attempts.all())
    again = []
    if charge.rest:
        for text, what in (
            ("Charge again", "again"),
            ("Let the customer pay", "link"),
            ("Call it off", "off"),
        ):
            again.append((text, reverse("charge-change", args=[charge.pk, what])))
    begin = [Cell(say_time(charge.entry.at)), Cell(FOR.get(charge.entry.what, ""), note=charge.entry.why)]
    if not attempts:
        standing = say_rest(charge, "there is nothing to charge it by")
        cells = [Cell(say_money(charge.amount, charge.currency)), Cell(""), standing, Cell("", actions=again)]
        return [Row([*begin, *cells])]
    rows = []
    for attempt in attempts:
        last = attempt is attempts[-1]
        said, tone = STATES[attempt.state]
        note = " · ".join(part for part in (say_at(attempt), attempt.said) if part)
        standing = Cell(said, tone=tone, note=note)
        if last and charge.called_off is not None:
            standing = say_rest(charge, note)
        cells = [
            Cell(say_money(attempt.amount, charge.currency)),
            Cell(KINDS[attempt.kind], note=attempt.link if attempt.state == "pending" else ""),
            standing,
            Cell("", actions=[*list_ends(attempt), *(again if last else [])]),
        ]
        rows.append(Row([*begin, *cells]))
    return rows


def say_rest(charge: Charge, note: str) -> Cell:
    """Say what becomes of what was not taken."""
    if charge.called_off is not None:
        return Cell("called off", tone="plain", note=charge.called_off.why)
    return Cell("not taken", tone="bad", note=note)


def say_at(attempt: Attempt) -> str:
    """Say when an attempt ended; blank: it did not."""
    at = attempt.failed_at or (attempt.payment.paid_at if attempt.payment else None)
    return say_time(at) if at else ""


def list_ends(attempt: Attempt) -> Sequence[tuple[str, str]]:
    """List how a person can end an attempt: what nobody was asked for yet, and a link."""
    ends = attempt.state == "waiting" or (attempt.kind == LINK and attempt.state == "pending")
    text = "End the link" if attempt.kind == LINK else "Call it off"
    return [(text, reverse("attempt-end", args=[attempt.pk]))] if ends else []
