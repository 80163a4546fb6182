"""What laws ask by which day, of all who wait; and what they want cancelled, which goes when it is let go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from backorder.accounts.roles import ORDERS
from backorder.accounts.selectors import list_rights
from backorder.care.clock.alone import find_end_of_limit, goes_alone, is_over_limit, is_stopped, stop
from backorder.care.clock.cancelling import Overdue, cancel_overdue, list_overdue
from backorder.care.clock.rules import Cancelling
from backorder.care.house import look_at_house
from backorder.care.models import DEADLINES, Deadline
from backorder.care.words import DEADLINE_WORDS
from backorder.console.access import may_change, signed_in
from backorder.console.chosen import let_orders_go, press_switch
from backorder.console.parts import Cell, Column, Empty, Row, Table, cut_short
from backorder.console.templatetags.words import say_count, say_day

SHOWN, DAYS = 100, 28
ASKED = (
    *(Column("Order", whole=True), Column("Customer"), Column("Item"), Column("Units", numeric=True)),
    *(Column("What"), Column("By", whole=True), Column("Law")),
)
OVERDUE = (
    *(Column("Order", whole=True), Column("Customer"), Column("Units", numeric=True)),
    *(Column("Since", whole=True), Column("Why")),
)
SHORT = {
    "tell": "Tell",
    "ship_or_tell": "Ship or tell",
    "cancel": "Cancel",
    "ask_a_person": "Decide",
    "crossed": "Decide about an answer",
    "answer": "Hear an answer",
}
NOTHING = Empty(
    "Nothing is asked",
    "What a law asks for somebody who waits appears here, within a minute, with its last day.",
)
NOTHING_CHOSEN = "Nothing was chosen. Tick the orders of which you cancel what a law wants cancelled."


@require_GET
@signed_in
def show_consent(request: HttpRequest) -> HttpResponse:
    """Show what is asked by day, and what is to be cancelled."""
    today, (house, faults) = timezone.localdate(), look_at_house()
    rules = house.cancelling
    kind = request.GET.get("what", "")
    kind = kind if kind in DEADLINES else ""
    on = read_day(request.GET.get("on", ""))
    overdue = list_overdue()
    alone = [each for each in overdue if rules.mode != "off" and goes_alone(each, rules)]
    held_back = is_over_limit(alone, rules, timezone.now())
    notes = {each.order.pk: say_alone(each, rules, held_back=held_back) for each in alone[:SHOWN]}
    may_cancel = "orders" in list_rights(request.user)
    asked = choose(kind, on, today)
    count = asked.count()
    context: dict[str, Any] = {
        "stopped": is_stopped(),
        "house_faults": faults,
        "mode": rules.mode,
        "held_back": rules.alone_each_day if held_back else None,
        "counts": count_asked(today),
        "may_cancel": may_cancel and any(each.at_hand for each in overdue[:SHOWN]),
        "overdue": describe_overdue(overdue, notes, may_cancel=may_cancel),
        "calendar": describe_calendar(today),
        "asked": describe_asked(asked[:SHOWN], count, today),
        "kinds": [(name, DEADLINE_WORDS[name]) for name in DEADLINES],
        "kind": kind,
        "on": on,
        "today": today,
    }
    return render(request, "console/consent.html", context)


def read_day(typed: str) -> date | None:
    """Read the day of a link; None if it is none."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def choose(kind: str, on: date | None, today: date) -> Any:  # noqa: ANN401 - a query, which is cut and counted
    """Choose what is asked: of a kind, on a day; the first day stands for all that have passed too."""
    found = Deadline.objects.select_related("line__order__customer", "line__item")
    if kind:
        found = found.filter(kind=kind)
    if on is not None:
        found = found.filter(by__lt=today) if on < today else found.filter(by=on)
    return found.order_by("by", "kind", "line__order", "line")


def count_asked(today: date) -> Mapping[str, int]:
    """Count what is asked."""
    return Deadline.objects.aggregate(
        missed=Count("pk", filter=Q(by__lt=today)),
        today=Count("pk", filter=Q(by=today)),
        week=Count("pk", filter=Q(by__gt=today, by__lte=today + timedelta(days=7))),
        answers=Count("pk", filter=Q(kind="answer")),
    )


def describe_calendar(today: date) -> Table:
    """Lay out how much is asked on each of the next days on which there is something; what is past in the first row."""
    counted = Deadline.objects.values_list("by", "kind").order_by("by", "kind").annotate(Count("pk"))
    found: dict[date, dict[str, int]] = {}
    rows = [*counted.filter(by__lt=today), *counted.filter(by__gte=today)[: DAYS * len(DEADLINES)]]
    for by, kind, count in rows:
        day = found.setdefault(max(by, today - timedelta(days=1)), {})
        day[kind] = day.get(kind, 0) + count
    kinds = [kind for kind in DEADLINES if any(kind in counts for counts in found.values())]
    columns = (Column("Day", whole=True), *(Column(SHORT[kind], numeric=True) for kind in kinds))
    return Table(
        "How much is asked on each day",
        columns,
        [describe_day(day, found[day], kinds, today) for day in sorted(found)[: DAYS + 1]],
        NOTHING,
    )


def describe_day(day: date, counts: Mapping[str, int], kinds: Sequence[str], today: date) -> Row:
    """Lay out one day."""
    past = day < today
    name = Cell("past", tone="bad") if past else Cell(say_day(day), tone="warn" if day == today else "")
    cells = [
        Cell(f"{counts[kind]:,}", link=address(what=kind, on=day.isoformat()))
        if kind in counts
        else Cell("0")
        for kind in kinds
    ]
    return Row([name, *cells], address(on=day.isoformat()))


def address(**chosen: str) -> str:
    """Write where a part of it is shown."""
    return f"{reverse('consent')}?{urlencode(chosen)}"


def describe_asked(asked: Sequence[Deadline], count: int, today: date) -> Table:
    """Lay out what is asked."""
    rows = [describe_deadline(each, today) for each in asked]
    return Table("What is asked", ASKED, rows, NOTHING, cut_short(len(rows), count))


def describe_deadline(deadline: Deadline, today: date) -> Row:
    """Lay out one thing that is asked."""
    line, order = deadline.line, deadline.line.order
    page = reverse("order", args=[order.number])
    tone = "bad" if deadline.by < today else "warn" if deadline.by == today else ""
    early = deadline.should_by != deadline.by
    return Row(
        [
            Cell(order.number, link=page),
            Cell(order.buyer),
            Cell(line.item.sku),
            Cell(f"{deadline.quantity:,}"),
            Cell(DEADLINE_WORDS[deadline.kind]),
            Cell(
                say_day(deadline.by),
                tone=tone,
                note=f"better by {say_day(deadline.should_by)}" if early else "",
            ),
            Cell(", ".join(deadline.citations)),
        ],
        page,
    )


def say_alone(overdue: Overdue, rules: Cancelling, *, held_back: bool) -> str:
    """Say what a rule does with it, and when if more is due than rules cancel in a day."""
    said = "a rule cancels it" if rules.mode == "on" else "a rule would cancel it"
    until = find_end_of_limit(overdue)
    return f"{said} on {say_day(until)}" if held_back and until > timezone.localdate() else said


def describe_overdue(overdue: Sequence[Overdue], notes: Mapping[int, str], *, may_cancel: bool) -> Table:
    """Lay out what is to be cancelled; `notes`: what rules do with it, by order."""
    columns = (Column("Cancel"), *OVERDUE) if may_cancel else OVERDUE
    rows = [describe_one(each, notes, may_cancel=may_cancel) for each in overdue[:SHOWN]]
    return Table("What is to be cancelled", columns, rows, cut=cut_short(len(rows), len(overdue)))


def describe_one(overdue: Overdue, notes: Mapping[int, str], *, may_cancel: bool) -> Row:
    """Lay out what is to be cancelled of one order."""
    order, units = overdue.order, sum(overdue.lines.values())
    page = reverse("order", args=[order.number])
    held = units - sum(overdue.at_hand.values())
    reply = "an answer of the customer waits for a person: see Tasks" if overdue.unread else ""
    note = f"{say_count(held, 'unit')} with the warehouse: take back first, or ship" if held else ""
    tick = Cell(f"Cancel {order.number}", tick=f"{order.pk}:{overdue.mark}") if overdue.at_hand else Cell("")
    cells = [
        Cell(order.number, link=page),
        Cell(order.buyer, note=reply),
        Cell(f"{units:,}", note=note),
        Cell(say_day(overdue.since), tone="bad", note=notes.get(order.pk, "")),
        Cell(", ".join(overdue.citations)),
    ]
    return Row([tick, *cells] if may_cancel else cells, page)


@require_POST
@may_change(ORDERS)
def cancel_chosen(request: HttpRequest) -> HttpResponse:
    """Cancel what was chosen, as far as it is what was read."""
    let_orders_go(request, cancel_overdue, "cancellation", NOTHING_CHOSEN)
    return redirect("consent")


@require_POST
@may_change(ORDERS)
def stop_all(request: HttpRequest) -> HttpResponse:
    """Stop all that a rule cancels, or let it go on."""
    press_switch(request, stop, "Rules cancel nothing now.", "Rules cancel again.")
    return redirect("consent")
