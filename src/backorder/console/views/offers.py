"""What is said to an offer that stands, and what others sell in the place of an item."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backorder.accounts.roles import ORDERS
from backorder.care.house import look_at_house
from backorder.care.models import Offer, OutsideOffer
from backorder.care.offers.alone import is_stopped, stop
from backorder.care.offers.answering import find_offer
from backorder.care.offers.outside import Outside, note_outside, remove_outside
from backorder.care.offers.selectors import count_offers, list_shadows, read_to_show
from backorder.catalog.models import Item
from backorder.catalog.selectors import find_item
from backorder.console.access import may_change, name_cause, signed_in
from backorder.console.changes import Kind, Topic
from backorder.console.chosen import press_switch
from backorder.console.effects import Found
from backorder.console.forms.offers import OutsideForm
from backorder.console.offering import ANSWERS, say_extra
from backorder.console.parts import Cell, Column, Empty, Row, Table, cut_short
from backorder.console.templatetags.words import say_time
from backorder.money import say_finer, to_minor
from backorder.orders.services import OrderError
from backorder.outbox.services import Cause

SHOWN = 100
COLUMNS = (
    *(Column("Offered", whole=True), Column("Line"), Column("Waits"), Column("Instead")),
    *(Column("Price"), Column("Where it is")),
)
NOTHING = Empty(
    "Nothing was offered",
    "A line that waits can be offered something else that is free: on the page of its order, or by a rule of the house.",
)
ENDS = {
    "": "",
    "taken": "taken",
    "declined": "not wanted",
    "lapsed": "nobody answered",
    "overtaken": "overtaken",
    "unsent": "no message told of it",
    "withdrawn": "taken back",
}


@require_http_methods(["GET", "POST"])
@may_change(ORDERS)
def answer_offer(request: HttpRequest, offer: int, what: str) -> HttpResponse:
    """Note what the customer says to an offer, or take it back."""
    found, kind = find_offer(offer), ANSWERS.get(what)
    if found is None or kind is None:
        message = "There is no such offer."
        raise Http404(message)
    number = found.line.order.number
    about = (
        f"Instead of {found.quantity:,} × {found.line.item.sku}; {say_extra(found.extra, found.line)}. "
        f"Kept until {say_time(found.until)}."
    )
    back = f"{reverse('order', args=[number])}#line-{found.line.number}"
    topic = Topic(f"{found.units:,} × {found.item.sku}", about, back, ("order", number))
    return kind.take(request, found, topic)


def note_typed(item: Item, typed: dict[str, Any], cause: Cause) -> Found:
    """Note what somebody else sells, as it was typed in. Raises OrderError."""
    currency = typed["currency"] or item.currency
    noted = Outside(
        item,
        typed["kind"],
        typed["url"],
        typed["title"],
        typed["seen_on"],
        read_price(typed["price"], currency),
        currency,
        typed["until"],
    )
    made = note_outside(noted, cause)
    return made.entry if made is not None else None


def read_price(amount: Decimal | None, currency: str) -> int | None:
    """Read a price in smallest units; none: nobody said. Raises OrderError."""
    if amount is None:
        return None
    minor = to_minor(amount, currency)
    if minor is None:
        raise OrderError(say_finer(amount, currency))
    return minor


OUTSIDE: Kind[Item] = Kind(
    "What others sell instead of",
    "Note it",
    OutsideForm,
    lambda item: {"currency": item.currency, "seen_on": timezone.localdate()},
    note_typed,
    moves_lines=False,
)


@require_http_methods(["GET", "POST"])
@may_change(ORDERS)
def add_outside(request: HttpRequest, sku: str) -> HttpResponse:
    """Note what somebody else sells in the place of an item."""
    item = find_item(sku)
    if item is None:
        message = f"There is no item {sku}."
        raise Http404(message)
    about = "Customers who wait see it on their page as information: not sold by us, and never an order."
    return OUTSIDE.take(request, item, Topic(item.sku, about, reverse("item", args=[sku]), ("item", sku)))


@require_POST
@may_change(ORDERS)
def drop_outside(request: HttpRequest, number: int) -> HttpResponse:
    """Show no more what somebody else sells."""
    offer = OutsideOffer.objects.select_related("item").filter(pk=number).first()
    if offer is None:
        message = "There is no such thing that others sell."
        raise Http404(message)
    if remove_outside(offer, name_cause(request)) is not None:
        messages.success(request, "It is not shown any more.")
    return redirect("item", offer.item.sku)


@require_GET
@signed_in
def show_offers(request: HttpRequest) -> HttpResponse:
    """Show what was offered, the last first, and why nothing is offered without a person."""
    house, faults = look_at_house()
    counts = count_offers()
    context = {
        "counts": counts,
        "house_faults": faults,
        "mode": house.offers.mode,
        "stopped": is_stopped(),
        "table": describe_made(list(read_to_show()[:SHOWN]), counts["all"]),
        "shadows": describe_shadows() if house.offers.mode == "shadow" else None,
    }
    return render(request, "console/offers.html", context)


def describe_made(offers: list[Offer], count: int) -> Table:
    """Lay out offers."""
    rows = [
        Row(
            [
                Cell(say_time(offer.entry.at)),
                Cell(
                    f"{offer.line.order.number} line {offer.line.number}",
                    link=f"{reverse('order', args=[offer.line.order.number])}#line-{offer.line.number}",
                ),
                Cell(f"{offer.quantity:,} × {offer.line.item.sku}"),
                Cell(f"{offer.units:,} × {offer.item.sku}"),
                Cell(say_extra(offer.extra, offer.line)),
                Cell(ENDS[offer.outcome] or f"until {say_time(offer.until)}"),
            ]
        )
        for offer in offers
    ]
    return Table("Offers", COLUMNS, rows, NOTHING, cut_short(len(rows), count))


def describe_shadows() -> Table:
    """Lay out what would have been offered, the last first."""
    rows = [
        Row(
            [
                Cell(say_time(entry.at)),
                Cell(f"{entry.facts['units']:,} × {entry.facts['sku']}"),
                Cell(f"{entry.facts['instead_of']:,}"),
            ]
        )
        for entry in list_shadows(SHOWN)
    ]
    columns = (Column("When", whole=True), Column("What"), Column("Instead of", numeric=True))
    return Table("What would have been offered", columns, rows)


@require_POST
@may_change(ORDERS)
def stop_all(request: HttpRequest) -> HttpResponse:
    """Stop the offers that nobody makes, or let them be made again."""
    press_switch(request, stop, "Nothing is offered without a person now.", "Rules offer again.")
    return redirect("offers")
