"""What is owed to whom, what a person is to pay, and what became of what goes back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from backorder.accounts.roles import MONEY
from backorder.accounts.selectors import list_rights
from backorder.care.house import House, look_at_house
from backorder.care.refunds.alone import goes_alone
from backorder.care.refunds.letting import let_batch_back, list_batches
from backorder.care.refunds.owed import Owed
from backorder.care.refunds.pages import Page, read_page
from backorder.console.access import may_change, name_cause, signed_in
from backorder.console.chosen import NOT_THERE, list_ticked, press_switch, read_chosen, tell_gone
from backorder.console.parts import Cell, Column, Empty, Pages, Row, Table, cut_short
from backorder.console.templatetags.words import say_count, say_day, say_money, say_time
from backorder.faults import FaultyInputError
from backorder.orders.models import Order
from backorder.orders.services import OrderError
from backorder.outbox.services import Cause
from backorder.payments.models import BY_HAND, Payment, Refund, Transfer
from backorder.payments.selectors import count_late, list_ended, list_going, list_stuck, list_to_pay
from backorder.payments.services import is_stopped, stop

SHOWN = 100
OWED = (
    *(Column("Order", whole=True), Column("Customer"), Column("Cancelled", numeric=True)),
    *(
        Column("Since", whole=True),
        Column("Leaves by", whole=True),
        Column("Amount", numeric=True, whole=True),
    ),
    Column("How"),
)
MOVING = (
    *(Column("Order", whole=True), Column("Customer"), Column("Amount", numeric=True, whole=True)),
    *(Column("Leaves by", whole=True), Column("How"), Column("Where it is")),
)
STUCK = (
    *(Column("Order", whole=True), Column("Customer"), Column("Still to go", numeric=True, whole=True)),
    *(Column("Leaves by", whole=True), Column("Decided by")),
)
STATES = {
    "waiting": ("not sent yet", "warn"),
    "handed": ("asked for", "info"),
    "pending": ("on its way to the bank", "info"),
    "sent": ("sent", "good"),
    "failed": ("did not arrive", "bad"),
}
WAYS = {BY_HAND: "by a person", "stripe": "by Stripe"}
NOTHING_OWED = Empty("Nothing is owed", "What is cancelled of a paid order appears here at once.")
NONE_ENDED = Empty("Nothing was sent yet", "What was sent, or did not arrive, appears here.")
SILENT = {
    "off": "Nothing is looked at here: the rules of the house do not say [refunds] mode. You can pay back from the page of an order.",
    "shadow": "In the shadow: what a rule would let go is marked, and goes only if somebody lets it go.",
}


@require_GET
@signed_in
def show_refunds(request: HttpRequest) -> HttpResponse:
    """Show what is owed, what is to be paid, and what became of it."""
    now, (house, faults) = timezone.now(), look_at_house()
    after, today = read_chosen(request.GET.get("after", ""))[0], timezone.localdate(now)
    page = Page([], 0, 0) if faults else read_page(now, SHOWN, after)
    may_let = "money" in list_rights(request.user)
    stuck, to_pay, going = list_stuck(), list_to_pay(), list_going()
    counts = {"owed": page.count, "to_pay": to_pay.count(), "stuck": stuck.count()}
    context = {
        "stopped": is_stopped(),
        "house_faults": faults,
        "silent": "" if faults else SILENT.get(house.refunds.mode, ""),
        "may_let": may_let and any(each.amount for each in page.owed),
        "counts": {**counts, "late": page.late + count_late(today)},
        "owed": None if faults else describe_owed(page.owed, house, today, may_let=may_let),
        "pages": Pages(
            f"{say_count(len(page.owed), 'refund')} of {page.count:,}",
            reverse("refunds") if after else "",
            f"?{urlencode({'after': page.next})}" if page.next else "",
        ),
        "stuck": Table(
            "Stuck",
            STUCK,
            [describe_stuck(each, today) for each in stuck[:SHOWN]],
            cut=cut_short(min(counts["stuck"], SHOWN), counts["stuck"]),
        ),
        "to_pay": describe_moving("To be paid by hand", to_pay[:SHOWN], today, counts["to_pay"]),
        "going": describe_moving("On its way", going[:SHOWN], today, going.count()),
        "ended": describe_moving("Sent and failed", list_ended(SHOWN), None),
    }
    return render(request, "console/refunds.html", context)


def cut(rows: Sequence[Any]) -> Any:  # noqa: ANN401 - whatever a table takes
    """Say that a list is cut; None if all of it is shown."""
    return cut_short(min(len(rows), SHOWN), len(rows))


def describe_owed(owed: Sequence[Owed], house: House, today: date, *, may_let: bool) -> Table:
    """Lay out what is owed."""
    columns = (Column("Pay back"), *OWED) if may_let else OWED
    rows = [describe_one_owed(each, house, today, may_let=may_let) for each in owed]
    return Table("What is owed", columns, rows, NOTHING_OWED)


def describe_one_owed(owed: Owed, house: House, today: date, *, may_let: bool) -> Row:
    """Lay out what is owed of one order."""
    order, page = owed.order, reverse("money", args=[owed.order.number])
    ready = bool(owed.amount) and not owed.fault
    alone = " · a rule lets it go" if goes_alone(owed, house.refunds) else ""
    amount = Cell("a person must say") if owed.amount is None else Cell(say_money(owed.amount, owed.currency))
    cells = [
        Cell(order.number, link=page),
        Cell(order.buyer),
        Cell(say_count(owed.units, "unit")),
        Cell(say_time(owed.since)),
        describe_day(owed.due_by, today, owed.by_law or owed.fault),
        amount,
        Cell(say_how(list(order.payments.all())), note=alone.removeprefix(" · ")),
    ]
    tick = Cell(f"Pay back {order.number}", tick=f"{order.pk}:{owed.mark}") if ready else Cell("")
    return Row([tick, *cells] if may_let else cells, page)


def describe_day(day: date | None, today: date, note: str = "") -> Cell:
    """Lay out the last day on which money may leave."""
    if day is None:
        return Cell("any day", note=note)
    tone = "bad" if day < today else "warn" if day == today else ""
    return Cell(say_day(day), tone=tone, note=note)


def say_how(payments: Sequence[Payment]) -> str:
    """Say how money goes back: as it came in."""
    if not payments:
        return WAYS[BY_HAND]
    return ", ".join(dict.fromkeys(WAYS[each.way] for each in payments))


def describe_moving(
    caption: str, transfers: Iterable[Transfer], today: date | None, count: int | None = None
) -> Table:
    """Lay out transfers; `today`: those that have not left may be late; `count`: so many there are."""
    rows = [describe_transfer(each, today) for each in transfers]
    return Table(
        caption, MOVING, rows, NONE_ENDED, cut_short(len(rows), len(rows) if count is None else count)
    )


def describe_transfer(transfer: Transfer, today: date | None) -> Row:
    """Lay out a transfer."""
    refund = transfer.refund
    page = reverse("money", args=[refund.order.number])
    return Row(
        [
            Cell(refund.order.number, link=page),
            Cell(refund.order.buyer),
            Cell(say_money(transfer.amount, refund.currency)),
            describe_day(refund.due_by, today)
            if today
            else Cell(say_day(refund.due_by) if refund.due_by else ""),
            Cell(WAYS[transfer.way], note=say_to(transfer)),
            describe_state(transfer),
        ],
        page,
    )


def say_to(transfer: Transfer) -> str:
    """Say where money goes, or by what it came in, so that a person knows where to look."""
    came = transfer.payment.label if transfer.payment else ""
    return transfer.to or (f"came in by {came}" if came else "")


def describe_state(transfer: Transfer) -> Cell:
    """Say where money is."""
    said, tone = STATES[transfer.state]
    at = find_instant(transfer)
    return Cell(
        said, tone=tone, note=" · ".join(part for part in (say_time(at) if at else "", transfer.said) if part)
    )


def find_instant(transfer: Transfer) -> datetime | None:
    """Find when a transfer ended; None: it did not."""
    return transfer.failed_at or transfer.sent_at


def describe_stuck(refund: Refund, today: date) -> Row:
    """Lay out a refund of which something failed."""
    page = reverse("money", args=[refund.order.number])
    return Row(
        [
            Cell(refund.order.number, link=page),
            Cell(refund.order.buyer),
            Cell(say_money(refund.amount - refund.moved, refund.currency)),
            describe_day(refund.due_by, today),
            Cell(refund.entry.who),
        ],
        page,
    )


@require_POST
@may_change(MONEY)
def let_chosen(request: HttpRequest) -> HttpResponse:
    """Let go what was chosen, as far as it is what was read."""
    nothing = "Nothing was chosen. Tick the orders whose customers get their money back."
    tell_gone(request, let_ticked_back(list_ticked(request), name_cause(request)), "refund", nothing)
    return redirect("refunds")


def let_ticked_back(ticked: Sequence[str], cause: Cause) -> list[str]:
    """Let go what was ticked, many orders at once; gives of each why it does not go, blank for those that go."""
    read = [read_chosen(each) for each in ticked]
    orders = Order.objects.in_bulk({key for key, _ in read})
    faults = [NOT_THERE for key, _ in read if key not in orders]
    for batch in list_batches([(orders[key], mark) for key, mark in read if key in orders]):
        try:
            made = let_batch_back(batch, cause)
        except FaultyInputError as error:
            return [*faults, *(f"{error}." for _ in batch)]
        faults += [f"{each}." if isinstance(each, OrderError) else "" for each in made]
    return faults


@require_POST
@may_change(MONEY)
def stop_all(request: HttpRequest) -> HttpResponse:
    """Stop all money that goes back by a provider or a rule, or let it go on."""
    press_switch(request, stop, "All refunds are stopped.", "Refunds go on.")
    return redirect("refunds")
