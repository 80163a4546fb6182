"""Simulations and the history of rules: for pages on which somebody looks before publishing."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Q, QuerySet, Sum

from backorder.allocation.models import Publication, SimulatedLine, Simulation


@dataclass(frozen=True)
class Score:
    """What of the open lines and units is served, now and then."""

    lines: int
    units: int
    lines_in_time: tuple[int, int]
    units_covered: tuple[int, int]


def list_simulations(size: int) -> QuerySet[Simulation]:
    """List the last simulations, newest first, with what came of them."""
    return with_run().order_by("-id")[:size]


def find_simulation(number: int) -> Simulation | None:
    """Find a simulation with its run and what came of it."""
    return with_run().filter(pk=number).first()


def with_run() -> QuerySet[Simulation]:
    """Read simulations with their runs, by which rules they decided, and what came of them."""
    return Simulation.objects.select_related("run__entry", "run__version", "end__entry")


def list_publications(size: int) -> QuerySet[Publication]:
    """List what was put in force, newest first: the first of them is in force."""
    return Publication.objects.select_related("version", "entry").order_by("-id")[:size]


def find_publication(number: int) -> Publication | None:
    """Find a publication with its version."""
    return Publication.objects.select_related("version", "entry").filter(pk=number).first()


def score(simulation: Simulation) -> Score:
    """Compare what is served in a simulation with the plan that was in force: the lines that differ make the difference."""
    run = simulation.run
    sums = SimulatedLine.objects.filter(simulation=simulation).aggregate(
        gained=Sum(F("allocated_after") - F("allocated_before"), default=0),
    )
    rows = SimulatedLine.objects.filter(simulation=simulation)
    new_in_time = rows.filter(in_time_after=True, in_time_before=False).count()
    lost_in_time = rows.filter(in_time_after=False, in_time_before=True).count()
    return Score(
        run.lines,
        run.units,
        (run.lines_in_time - new_in_time + lost_in_time, run.lines_in_time),
        (run.units_covered - sums["gained"], run.units_covered),
    )


def list_simulated_lines(
    simulation: Simulation, after: tuple[bool, int] | None, size: int
) -> list[SimulatedLine]:
    """List the lines that would stand otherwise, the worsened first; `after` is where the page begins."""
    rows = SimulatedLine.objects.filter(simulation=simulation).select_related(
        "line__order__customer", "line__item"
    )
    if after is not None:
        worsened, line = after
        beyond = Q(worsened=worsened, line__gt=line)
        rows = rows.filter(beyond | Q(worsened=False) if worsened else beyond)
    return list(rows.order_by("-worsened", "line_id")[:size])
