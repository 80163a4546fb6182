"""Simulations and the history of rules, laid out as tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.urls import reverse

from backorder.allocation.models import Publication, Run, SimulatedLine, Simulation
from backorder.allocation.reasons import say_reason
from backorder.allocation.selectors.simulations import Score
from backorder.console.parts import Cell, Column, Empty, Row, Table
from backorder.console.templatetags.words import say_count, say_day, say_time


def say_assumed(simulation: Simulation) -> list[str]:
    """Say what was taken to be otherwise."""
    said = [say_rules(simulation)] if simulation.text is not None else []
    for change in simulation.changes:
        name = f"{change['inbound']} line {change['line']}"
        if change["expected_on"]:
            said.append(f"{name} comes on {say_day(date.fromisoformat(change['expected_on']))}")
        if change["remaining"] is not None:
            said.append(f"{change['remaining']:,} units are still to come of {name}")
    return said or ["the rules and facts of that moment"]


def say_rules(simulation: Simulation) -> str:
    """Say by which rules a simulation decided: those of a version, if they were in force before."""
    version = simulation.run.version
    return f"the rules of version {version.number}" if version else "other rules"


def describe_simulations(simulations: Iterable[Simulation]) -> Table:
    """List simulations."""
    rows = []
    for simulation in simulations:
        link, end = reverse("simulation", args=[simulation.pk]), getattr(simulation, "end", None)
        tone = {"published": "good", "discarded": "plain"}.get(end.what if end else "", "info")
        rows.append(
            Row(
                [
                    Cell(f"{simulation.pk}", link),
                    Cell("; ".join(say_assumed(simulation))),
                    Cell(simulation.run.entry.who, note=say_time(simulation.run.entry.at)),
                    Cell(f"{simulation.run.lines_worsened:,}"),
                    Cell(f"{simulation.run.notices:,}"),
                    Cell(end.what if end else "open", tone=tone, note=f"by {end.entry.who}" if end else ""),
                ],
                link,
            )
        )
    columns = [
        *(Column(title) for title in ("Simulation", "What if", "Asked by")),
        *(Column(title, numeric=True) for title in ("Lines worse", "Notices")),
        Column("Came of it"),
    ]
    nothing = Empty(
        "Nothing was tried yet",
        "Try other rules: you see who would ship earlier or later, and nothing changes before you publish.",
        reverse("try-policy"),
        "Try another policy",
    )
    return Table("Simulations", columns, rows, nothing)


def describe_publications(publications: Iterable[Publication]) -> Table:
    """List which rules were in force from when; all but the first can be tried, and put in force again."""
    rows = []
    for at, publication in enumerate(publications):
        back = Cell("in force", tone="good")
        if at:
            back = Cell("Roll back", f"{reverse('try-policy')}?again={publication.pk}")
        rows.append(
            Row(
                [
                    Cell(f"Version {publication.version.number}"),
                    Cell(say_time(publication.entry.at)),
                    Cell(publication.entry.who, note=publication.entry.why),
                    back,
                ]
            )
        )
    columns = [Column(title) for title in ("Rules", "In force from", "By", "Now")]
    nothing = Empty(
        "The defaults are in force",
        "Lines are served by priority, then by the day they are wanted, then by when they were ordered. "
        "Whatever you publish is listed here, and can be taken back.",
    )
    return Table("Rules that were in force", columns, rows, nothing)


def describe_score(score: Score, run: Run) -> Table:
    """List what a simulation serves beside what the plan in force serves."""
    rows = [
        compare("Lines in time", score.lines_in_time, score.lines),
        compare("Units served", score.units_covered, score.units),
        Row([Cell("Lines worse"), Cell(""), Cell(f"{run.lines_worsened:,}"), Cell("")]),
        Row([Cell("Customers' lines to notify"), Cell(""), Cell(f"{run.notices:,}"), Cell("")]),
        Row([Cell("Exceptions"), Cell(""), Cell(f"{run.exceptions:,}"), Cell("")]),
    ]
    columns = [Column("Figure"), *(Column(title, numeric=True) for title in ("Now", "Then", "Difference"))]
    return Table("Score", columns, rows)


def compare(title: str, numbers: tuple[int, int], of: int) -> Row:
    """Compare a number with what it was, each with its share."""
    now, then = numbers
    cells = (Cell(f"{number:,}", note=f"{number / of:.1%}" if of else "") for number in (now, then))
    tone = "good" if then > now else "bad" if then < now else ""
    return Row(
        [Cell(title, note=f"of {of:,}"), *cells, Cell(f"{then - now:+,}" if then != now else "0", tone=tone)]
    )


def describe_lines(lines: Iterable[SimulatedLine]) -> Table:
    """List the lines that would change."""
    rows = []
    for each in lines:
        line, customer = each.line, each.line.order.customer
        better = (each.allocated_after, -order_of(each.planned_after)) > (
            each.allocated_before,
            -order_of(each.planned_before),
        )
        later = order_of(each.planned_after) > order_of(each.planned_before)
        effect = Cell("later", tone="warn") if later else Cell("changed", tone="plain")
        if each.worsened or better:
            effect = Cell("worse", tone="bad") if each.worsened else Cell("better", tone="good")
        link = f"{reverse('order', args=[line.order.number])}#line-{line.number}"
        rows.append(
            Row(
                [
                    Cell(line.order.number, link, note=f"line {line.number}"),
                    Cell(line.item.sku, note=customer.code if customer else ""),
                    Cell(
                        say_day(each.planned_before) or "no day",
                        note=say_count(each.allocated_before, "unit"),
                    ),
                    Cell(
                        say_day(each.planned_after) or "no day", note=say_count(each.allocated_after, "unit")
                    ),
                    effect,
                    Cell(say_reason(each.reason), note="the customer would be told" if each.told else ""),
                ],
                link,
            )
        )
    columns = [
        Column(title, whole=title in {"Order", "Now", "Then"})
        for title in ("Order", "Item", "Now", "Then", "Effect", "Why")
    ]
    nothing = Empty("No line would change", "Everybody keeps what they have.")
    return Table("Lines that would change", columns, rows, nothing)


def order_of(day: date | None) -> int:
    """Order days; none comes last."""
    return day.toordinal() if day else date.max.toordinal()
