"""The pages on which customers change their order: what is ready ships, where it goes, until when it is of use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from backorder.care import changes
from backorder.orders.models import REGION
from backorder.orders.services import ShipTo
from backorder.portal.asking import Field, ask_last_day, ask_where, fill, find_fault, list_faults
from backorder.portal.dates import read_day
from backorder.portal.sheet import Sheet, write_sheet
from backorder.portal.views import READS_AND_ACTS, act, describe, find, private, show_gone
from backorder.portal.words import say_day_of


@dataclass(frozen=True)
class Asking:
    """A page that asks for something, as an address."""

    name: str  # of its address
    title: str  # by name of WORDS
    hint: str
    fields: Sequence[Field]


@require_http_methods(READS_AND_ACTS)
@private
def send_ready(request: HttpRequest, token: str) -> HttpResponse:
    """Let what is ready ship."""
    return act(request, token, changes.ship_ready)


@require_http_methods(READS_AND_ACTS)
@private
def go_elsewhere(request: HttpRequest, token: str) -> HttpResponse:
    """Ask where an order goes, show it once more, and only then let it go there."""
    opened = find(token)
    if opened is None:
        return show_gone(request)
    sheet = write_sheet(opened.order, timezone.now())
    address = sheet.changes.address
    if address is None or not opened.may_redirect:
        return redirect("portal-order", token)
    asking = Asking("portal-address", "redirect", "redirect_country", ask_where(sheet.words, address.region))
    if request.method != "POST":
        return show_asking(request, sheet, token, asking)
    fields = fill(asking.fields, request.POST)
    typed = {field.name: field.value for field in fields}
    typed["region"] = typed.get("region", "").upper()
    if not re.fullmatch(REGION, typed["region"]):
        fields = find_fault(fields, "region")
    if list_faults(fields):
        return show_asking(request, sheet, token, replace(asking, fields=fields))
    to = ShipTo(country=address.country, **typed)
    if request.POST.get("confirmed") == "yes":
        return act(request, token, lambda order, state, cause: changes.redirect(order, to, state, cause))
    lines = [
        to.name,
        to.street,
        f"{to.postcode} {to.city}".strip(),
        f"{to.region} {to.country}".strip(),
    ]
    return show_check(request, sheet, token, (asking, fields), ("redirect_to", lines))


@require_http_methods(READS_AND_ACTS)
@private
def name_last_day(request: HttpRequest, token: str) -> HttpResponse:
    """Ask until when an order is of use, say what that means, and only then note it."""
    opened = find(token)
    if opened is None:
        return show_gone(request)
    sheet = write_sheet(opened.order, timezone.now())
    if not sheet.changes.lines or not opened.may_choose:
        return redirect("portal-order", token)
    asking = Asking("portal-last-day", "last_day", "last_day_means", ask_last_day(sheet.words))
    if request.method != "POST":
        return show_asking(request, sheet, token, asking)
    fields = fill(asking.fields, request.POST)
    day = read_day(fields[0].value, timezone.localdate())
    if fields[0].value and day is None:
        return show_asking(request, sheet, token, replace(asking, fields=find_fault(fields, "day")))
    if request.POST.get("confirmed") == "yes":
        return act(request, token, lambda order, state, cause: changes.set_last_day(order, day, state, cause))
    return show_check(request, sheet, token, (asking, fields), ("last_day_to", list_effects(sheet, day)))


def list_effects(sheet: Sheet, day: date | None) -> list[str]:
    """List what a last day of use means for each line as it is planned now."""
    speech, found = sheet.speech, []
    for line in sheet.changes.lines:
        standing = getattr(line, "standing", None)
        planned, item = (standing.planned_on if standing else None), line.item.name or line.item.sku
        if day is None or (planned is not None and planned <= day):
            found.append(say_day_of(item, planned, speech))
        else:
            found.append(
                speech.say("{item}: none of it is planned to ship by {day}.", item=item, day=speech.day(day))
            )
    return found


def show_asking(request: HttpRequest, sheet: Sheet, token: str, asking: Asking) -> HttpResponse:
    """Ask; what is wrong is named above, and marked where it is."""
    faults = list_faults(asking.fields)
    said = f"{sheet.words['fill_in']} {', '.join(faults)}" if faults else ""
    more = {"asking": asking, "title": sheet.words[asking.title], "hint": sheet.words.get(asking.hint, "")}
    status = 422 if faults else 200
    return render(request, "portal/ask.html", describe(sheet, token, said) | more, status=status)


def show_check(
    request: HttpRequest,
    sheet: Sheet,
    token: str,
    asked: tuple[Asking, Sequence[Field]],
    shown: tuple[str, Sequence[str]],
) -> HttpResponse:
    """Show what was typed once more, with what it means."""
    (asking, fields), (about, lines) = asked, shown
    more = {"asking": asking, "fields": fields, "about": sheet.words[about], "lines": lines}
    return render(request, "portal/check.html", describe(sheet, token) | more)
