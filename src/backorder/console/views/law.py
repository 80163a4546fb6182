"""What the law would ask of a sale that was not made, and the rules of the house."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from backorder.accounts.roles import POLICIES
from backorder.care.house import NOWHERE, find_version, look_at_house, write_house
from backorder.care.trying import FactsError, Parties, Tale, try_out
from backorder.console.access import may_change, name_cause, signed_in
from backorder.console.forms.law import HouseForm, TaleForm
from backorder.console.laws import describe_asked
from backorder.console.rule_examples import HOUSE_EXAMPLES
from backorder.faults import FaultyInputError


@require_GET
@signed_in
def try_law(request: HttpRequest) -> HttpResponse:
    """Show what the law would ask of a sale told by its days."""
    (house, unread), today = look_at_house(), timezone.localdate()
    seller = house.seller
    place = "US" if seller == NOWHERE else seller
    first = {"ship_to": place, "seller": place, "ordered_on": today, "seen_on": today}
    form = TaleForm(request.GET or None, initial=first)
    context: dict[str, object] = {"form": form, "house_faults": unread}
    if form.is_valid() and not unread:
        told = dict(form.cleaned_data)
        places = {name: told.pop(name) for name in ("ship_to", "seller", "buyer")}
        try:
            asked = try_out(Tale(Parties(**places), **told))
        except FactsError as error:
            context["fault"] = str(error)
        else:
            context |= {"law": {**describe_asked(asked), "open": True}, "packs": asked.packs}
    return render(request, "console/law.html", context)


@require_http_methods(["GET", "POST"])
@may_change(POLICIES)
def write_rules(request: HttpRequest) -> HttpResponse:
    """Show the rules of the house, and put others in force."""
    last = find_version()
    form = HouseForm(request.POST or None, initial={"text": last.text if last else ""})
    faults: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            version = write_house(form.cleaned_data["text"], name_cause(request, form.cleaned_data["why"]))
        except FaultyInputError as error:
            faults = error.lines
        else:
            messages.success(
                request,
                f"Version {version.number} is in force." if version else "These rules are in force already.",
            )
            return redirect("house")
    context = {
        "form": form,
        "faults": faults,
        "version": last.number if last else None,
        "examples": HOUSE_EXAMPLES,
    }
    return render(request, "console/house.html", context)
