"""What the database holds, in the words that files have: plans as a short table, explanations in three voices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Literal

import numpy as np
import polars as pl

from backorder.allocation.explaining import explain_line
from backorder.allocation.facts.snapshot import Facts as Recorded
from backorder.allocation.services import Decision
from backorder.catalog.models import Item, Location
from backorder.channels.files.customer import for_customer, say_to_customer
from backorder.channels.files.overview import look_over
from backorder.channels.files.services import PlanReport, find_signals
from backorder.channels.files.snapshot import Facts, Names
from backorder.channels.files.summary import summarise
from backorder.channels.files.voices import describe, say_to_planner
from backorder.orders.models import Line
from backorder.orders.selectors import list_companions
from backorder.orders.together import ships_whole
from backorder.supply.models import InboundLine

Voice = Literal["planner", "customer", "machine"]


def report_decision(decision: Decision) -> PlanReport:
    """Sum a decision up as a plan of files is."""
    worked = decision.worked
    facts, policy, plan = name_facts(worked.facts), worked.terms.policy, worked.plan
    return PlanReport(
        summarise(join_orders(facts), policy, plan, verified=False),
        look_over(facts, policy, plan),
        (),
        find_signals(policy, plan),
    )


def tell_line(line: Line, today: date, voice: Voice) -> list[str]:
    """Say why a line gets what it gets, to a planner or a customer; nothing if it is not open."""
    known = list_known(line, today)
    if known is None:
        return []
    return say_to_customer(known) if voice == "customer" else [*say_to_planner(known), *say_together(line)]


def say_together(line: Line) -> list[str]:
    """Say with which lines of its order a line ships, where that is neither the order's ship policy nor said by a reason."""
    order = line.order
    if order.ship_policy == "complete":
        return []
    others = [other.number for other in list_companions(line)]
    last = ships_whole(order)
    why = f"one shipment is left of {order.most_shipments}" if last else f"set {line.ship_set}"
    if not others:
        return [f"Line {line.number} ships whole ({why})."] if last or line.ship_set else []
    named = f"lines {', '.join(others[:-1])} and {others[-1]}" if others[1:] else f"line {others[0]}"
    return [f"Line {line.number} ships together with {named} ({why})."]


def list_line(line: Line, today: date, voice: Voice) -> dict[str, Any] | None:
    """List why a line gets what it gets by names; for a customer only what a customer may know."""
    known = list_known(line, today)
    return for_customer(known) if known is not None and voice == "customer" else known


def list_known(line: Line, today: date) -> dict[str, Any] | None:
    """List all that is known of a line; None if it is not open."""
    explained = explain_line(line, today)
    if explained is None:
        return None
    return describe(name_facts(explained.facts), explained.plan, explained.policy, explained.found)


def name_facts(recorded: Recorded) -> Facts:
    """Give facts of the database the names of their rows."""
    lines = name_rows(Line, recorded.lines, "order__number", "number")
    inbound = name_rows(InboundLine, recorded.inbound, "order__number", "number")
    here = [("", "")] * len(recorded.levels)
    known = np.unique(np.concatenate([recorded.items, recorded.line_items]))
    names = Names(
        order=texts(order for order, _ in lines),
        line=texts(number for _, number in lines),
        inbound=texts(order for order, _ in [*here, *inbound]),
        inbound_line=texts(number for _, number in [*here, *inbound]),
        sku=texts(sku for (sku,) in name_rows(Item, known, "sku")),
        location=texts(code for (code,) in name_rows(Location, recorded.places, "code")),
        kind=texts([]),
    )
    return Facts(recorded.snapshot, names, 0)


def join_orders(facts: Facts) -> Facts:
    """Give lines the number of their order again: to a decision a set is an order of its own, to a figure it is a part of one."""
    number = facts.names.order.rle_id().to_numpy()
    lines = replace(facts.snapshot.lines, order=number)
    return replace(facts, snapshot=replace(facts.snapshot, lines=lines))


def name_rows(model: Any, ids: np.ndarray[Any, np.dtype[np.int64]], *paths: str) -> list[tuple[str, ...]]:  # noqa: ANN401 - a model
    """Name rows by their ids, in this order."""
    found = {row[0]: row[1:] for row in model.objects.filter(pk__in=ids.tolist()).values_list("pk", *paths)}
    return [found[number] for number in ids.tolist()]


def texts(values: Any) -> pl.Series:  # noqa: ANN401 - whatever gives texts
    """Keep texts as a column."""
    return pl.Series(list(values), dtype=pl.String)
