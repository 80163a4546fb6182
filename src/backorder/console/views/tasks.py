"""What only a person can do, all in one list; and calls: noted when they were made, or nobody answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backorder.accounts.roles import ORDERS
from backorder.accounts.selectors import list_rights
from backorder.care.callbacks import find_callback, fulfil_callback
from backorder.care.calls import NOBODY, UNREACHED, note_missed_call
from backorder.care.models import Callback
from backorder.care.tasks import CALLS, KINDS, Task, count_tasks, list_tasks
from backorder.console.access import may_change, signed_in
from backorder.console.changes import Kind, Topic
from backorder.console.chosen import let_orders_go
from backorder.console.forms.law import CalledForm
from backorder.console.parts import Cell, Column, Empty, Row, Table, cut_short
from backorder.console.templatetags.words import say_count, say_day, say_time
from backorder.orders.models import Order
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause

SHOWN = 100
COLUMNS = (
    *(Column("What"), Column("Order", whole=True), Column("Customer")),
    *(Column("By", whole=True), Column("Since", whole=True), Column("About")),
)
NOTHING = Empty("Nothing to do", "What only a person can do appears here, and goes when it is done.")


@require_GET
@signed_in
def show_tasks(request: HttpRequest) -> HttpResponse:
    """Show what is to be done, what is due first at the top."""
    kind = request.GET.get("what", "")
    kind = kind if kind in KINDS else ""
    tasks, counts = list_tasks(kind, SHOWN), count_tasks()
    may_call = ORDERS in list_rights(request.user) and any(task.kind in CALLS for task in tasks[:SHOWN])
    count = counts[kind] if kind else sum(counts.values())
    today = timezone.localdate()
    context = {
        "kind": kind,
        "kinds": [(name, said, counts[name]) for name, said in KINDS.items()],
        "count": count,
        "late": sum(task.by is not None and task.by < today for task in tasks),
        "may_call": may_call,
        "table": describe_tasks(tasks[:SHOWN], count, today, may_call=may_call),
    }
    return render(request, "console/tasks.html", context)


def describe_tasks(tasks: Sequence[Task], count: int, today: date, *, may_call: bool) -> Table:
    """Lay out what is to be done."""
    columns = (Column("Called"), *COLUMNS) if may_call else COLUMNS
    rows = [describe_task(task, today, may_call=may_call) for task in tasks]
    return Table("What is to be done", columns, rows, NOTHING, cut_short(len(rows), count))


def describe_task(task: Task, today: date, *, may_call: bool) -> Row:
    """Lay out one thing to do, with where it is done."""
    page = find_page(task)
    tick = Cell(f"Called {task.order.number}", tick=f"{task.order.pk}:") if task.kind in CALLS else Cell("")
    cells = [
        Cell(KINDS[task.kind], link=page),
        Cell(task.order.number, link=reverse("order", args=[task.order.number])),
        Cell(task.order.buyer),
        Cell(say_day(task.by), tone="bad" if task.by < today else "warn" if task.by == today else "")
        if task.by
        else Cell("any day"),
        Cell(say_time(task.since) if task.since else ""),
        Cell(task.about, note=say_missed(task)),
    ]
    return Row([tick, *cells] if may_call else cells, page)


def say_missed(task: Task) -> str:
    """Say how often nobody was reached, and how the last call ended."""
    if task.missed_at is None:
        return ""
    ended = "" if task.missed_how == NOBODY else f": {UNREACHED[task.missed_how]}"
    return f"called {say_count(task.missed, 'time')}, the last {say_time(task.missed_at)}{ended}"


def find_page(task: Task) -> str:
    """Find the page on which something is done."""
    number = task.order.number
    pages = {
        "phone": reverse("phone", args=[number]),
        "callback": reverse("phone", args=[number]),
        "repair": reverse("letter", args=[number]),
        "cancel": reverse("consent"),
        "decide": reverse("order", args=[number]),
        "send_money": reverse("money", args=[number]),
        "stuck_money": reverse("money", args=[number]),
        "silent_money": reverse("money", args=[number]),
        "charge": reverse("money", args=[number]),
    }
    return reverse("message", args=[task.number]) if task.kind == "reply" else pages[task.kind]


@require_POST
@may_change(ORDERS)
def note_missed(request: HttpRequest) -> HttpResponse:
    """Note that those who were ticked were called, and did not answer."""
    let_orders_go(
        request, miss_one, "call", "Nobody was chosen. Tick whom you called and who did not answer."
    )
    kind = request.POST.get("what", "")
    more = f"?{urlencode({'what': kind})}" if kind in KINDS else ""
    return redirect(f"{reverse('tasks')}{more}")


def miss_one(order: Order, _mark: str, cause: Cause) -> None:
    """Note one call that nobody answered."""
    note_missed_call(order, cause)


def end(callback: Callback, typed: dict[str, Any], cause: Cause) -> Entry | None:
    """Note that a customer was called."""
    return fulfil_callback(callback, typed["said"], cause)


CALLED: Kind[Callback] = Kind(
    "Call about", "I called, and it is done", CalledForm, lambda _callback: {}, end, moves_lines=False
)


@require_http_methods(["GET", "POST"])
@may_change(ORDERS)
def end_callback(request: HttpRequest, number: int) -> HttpResponse:
    """Show whom to call and why, and note what was said."""
    callback = find_callback(number)
    if callback is None:
        message = f"There is no call {number}."
        raise Http404(message)
    order = callback.order
    when = say_day(callback.wanted_on) if callback.wanted_on else "any day"
    part = f", in the {callback.part}" if callback.part else ""
    wants = f" About: {callback.text}" if callback.text else ""
    over = "" if callback.state == "open" else " It is over already."
    about = f"{order.buyer or 'The customer'}, {callback.phone}, on {when}{part}.{wants}{over}"
    topic = Topic(f"order {order.number}", about, reverse("tasks"), ("order", order.number))
    return CALLED.take(request, callback, topic)
