"""Reading policies, runs and simulations."""

from __future__ import annotations

from django.db.models import QuerySet

from backorder.allocation.models import PolicyVersion, Publication, Run, SimulatedLine, Simulation


def read_versions() -> QuerySet[PolicyVersion]:
    """List the versions of the rules, with who wrote them."""
    return PolicyVersion.objects.select_related("entry")


def read_publications() -> QuerySet[Publication]:
    """List which version was put in force when; the last one is in force."""
    return Publication.objects.select_related("version", "entry")


def read_runs() -> QuerySet[Run]:
    """List the decisions, with their rules."""
    return Run.objects.select_related("version", "entry", "simulation")


def read_simulations() -> QuerySet[Simulation]:
    """List the what-ifs, with how they did and what came of them."""
    return Simulation.objects.select_related("run__version", "run__entry", "end__entry")


def read_simulated_lines(simulation: int) -> QuerySet[SimulatedLine]:
    """List the lines of a what-if that would stand otherwise."""
    lines = SimulatedLine.objects.filter(simulation=simulation)
    return lines.select_related("line__order__customer", "line__item")
