"""What if: other rules or another day of a delivery, looked at before they are put in force."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backorder.accounts.roles import POLICIES
from backorder.allocation.models import Publication, Simulation
from backorder.allocation.policies.publications import Draft
from backorder.allocation.selectors.simulations import (
    find_publication,
    find_simulation,
    list_publications,
    list_simulated_lines,
    list_simulations,
    score,
)
from backorder.allocation.selectors.supplies import find_inbound_line
from backorder.allocation.what_if import publishing
from backorder.allocation.what_if.publishing import Consent, OutdatedError
from backorder.allocation.what_if.simulations import Otherwise, SimulationError, simulate
from backorder.console.access import may_change, name_cause, signed_in
from backorder.console.effects import say_outcome
from backorder.console.forms.rules import PolicyForm, PublishForm, WhatIfInboundForm
from backorder.console.parts import Pages
from backorder.console.pictures.bars import draw_bars
from backorder.console.rule_examples import EXAMPLES
from backorder.console.simulated import (
    describe_lines,
    describe_publications,
    describe_score,
    describe_simulations,
    say_assumed,
)
from backorder.console.templatetags.words import say_count
from backorder.faults import FaultyInputError
from backorder.supply.services import SupplyError

PAGE, SHOWN = 100, 50


@require_GET
@signed_in
def show_what_if(request: HttpRequest) -> HttpResponse:
    """Show the simulations, and which rules were in force when."""
    context = {
        "simulations": describe_simulations(list_simulations(SHOWN)),
        "publications": describe_publications(list_publications(SHOWN)),
    }
    return render(request, "console/what_if.html", context)


@require_http_methods(["GET", "POST"])
@may_change(POLICIES)
def try_policy(request: HttpRequest) -> HttpResponse:
    """Take the text of a policy and decide everything by it, without effect; `again` opens it with rules that were in force."""
    last: Publication | None = list_publications(1).first()
    again = get_publication(request.GET["again"]) if "again" in request.GET else None
    form = PolicyForm(request.POST or None, initial=read_rules(again or last))
    faults: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        draft = Draft(typed["text"], typed["hysteresis_days"], typed["gain_days"])
        try:
            found = simulate(draft, name_cause(request))
        except FaultyInputError as error:
            faults = error.lines
        except SimulationError as error:
            faults = (str(error),)
        else:
            return redirect("simulation", found.pk)
    version = last.version.number if last else None
    context = {"form": form, "faults": faults, "version": version, "again": again, "examples": EXAMPLES}
    return render(request, "console/what_if_policy.html", context)


def read_rules(publication: Publication | None) -> dict[str, Any]:
    """Read the rules that were published; without a publication the defaults."""
    if publication is None:
        return {"text": "", "hysteresis_days": 0, "gain_days": None}
    return {
        "text": publication.version.text,
        "hysteresis_days": publication.hysteresis_days,
        "gain_days": publication.gain_days,
    }


@require_http_methods(["GET", "POST"])
@may_change(POLICIES)
def try_inbound(request: HttpRequest, line: int) -> HttpResponse:
    """Take an inbound line to come on another day or with fewer units, without effect."""
    found = find_inbound_line(line)
    if found is None:
        message = "There is no such inbound line."
        raise Http404(message)
    initial = {"expected_on": found.expected_on, "remaining": found.remaining}
    form = WhatIfInboundForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        day, left = form.cleaned_data["expected_on"], form.cleaned_data["remaining"]
        other = Otherwise(
            found,
            None if day == found.expected_on else day,
            None if left == found.remaining else left,
        )
        try:
            return redirect("simulation", simulate(None, name_cause(request), [other]).pk)
        except SimulationError as error:
            form.add_error(None, f"{error}. Nothing was changed.")
    return render(request, "console/what_if_inbound.html", {"form": form, "line": found})


@require_GET
@signed_in
def show_simulation(request: HttpRequest, number: int) -> HttpResponse:
    """Show what a simulation would change, and what came of it."""
    return draw_simulation(request, get_simulation(number), PublishForm())


def draw_simulation(
    request: HttpRequest, simulation: Simulation, form: PublishForm, fault: str = ""
) -> HttpResponse:
    """Draw a simulation: its score, its lines page by page, and the form that publishes it."""
    place = request.GET.get("after", "")
    lines = list_simulated_lines(simulation, read_place(place), PAGE + 1)
    last = lines[PAGE - 1] if len(lines) > PAGE else None
    run = simulation.run
    scored = score(simulation)
    context = {
        "simulation": simulation,
        "end": getattr(simulation, "end", None),
        "assumed": say_assumed(simulation),
        "caps": [
            (name.replace("_", " "), each["is"], each["allowed"]) for name, each in simulation.caps.items()
        ],
        "score": describe_score(scored, run),
        "bars": draw_bars(
            "Units served",
            [
                ("Now", scored.units_covered[0]),
                ("In this simulation", scored.units_covered[1]),
                ("Asked for", scored.units),
            ],
            "units",
        ),
        "table": describe_lines(lines[:PAGE]),
        "pages": Pages(
            say_count(min(len(lines), PAGE), "line"),
            "?" if place else "",
            "?" + urlencode({"after": f"{int(last.worsened)}~{last.line_id}"}) if last else "",
        ),
        "form": form,
        "fault": fault,
    }
    return render(request, "console/simulation.html", context)


@require_POST
@may_change(POLICIES)
def publish_simulation(request: HttpRequest, number: int) -> HttpResponse:
    """Make a simulation come true; facts that have changed since, and caps, are agreed to or refused."""
    simulation, form = get_simulation(number), PublishForm(request.POST)
    if not form.is_valid():
        return draw_simulation(request, simulation, form)
    typed = form.cleaned_data
    try:
        decision = publishing.publish(
            simulation, name_cause(request, typed["why"]), Consent(typed["anew"], typed["despite"].strip())
        )
    except OutdatedError as error:
        form = PublishForm(request.POST)
        form.ask_anew()
        return draw_simulation(request, simulation, form, f"{error}.")
    except (SimulationError, SupplyError) as error:
        return draw_simulation(request, simulation, form, f"{error}. Nothing was changed.")
    messages.success(request, say_outcome(decision))
    return redirect("what-if")


@require_POST
@may_change(POLICIES)
def discard_simulation(request: HttpRequest, number: int) -> HttpResponse:
    """Put a simulation aside."""
    try:
        publishing.discard(get_simulation(number), name_cause(request))
    except SimulationError as error:
        messages.error(request, f"{error}. Nothing was changed.")
    else:
        messages.success(request, f"Simulation {number} is discarded.")
    return redirect("what-if")


def get_publication(number: str) -> Publication:
    """Find a publication, or answer that there is none."""
    known = number.isascii() and number.isdigit() and len(number) < len(str(2**63))
    publication = find_publication(int(number)) if known else None
    if publication is None:
        message = "There is no such publication."
        raise Http404(message)
    return publication


def get_simulation(number: int) -> Simulation:
    """Find a simulation, or answer that there is none."""
    simulation = find_simulation(number)
    if simulation is None:
        message = f"There is no simulation {number}."
        raise Http404(message)
    return simulation


def read_place(text: str) -> tuple[bool, int] | None:
    """Read after which line the page begins."""
    worsened, _, line = text.partition("~")
    if worsened not in {"0", "1"} or not line.isascii() or not line.isdigit():
        return None
    return worsened == "1", int(line[:18])
