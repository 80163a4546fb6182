"""Choosing by the past: what would have been best, had it been asked then.

The past is cut some periods before its end, everything is forecast from what was known by then, and compared with what came.
Cuts are taken one period apart, the latest first. Each class of demand takes the point method with the least error, and then the
shape with the least pinball loss, both in units of what the item asks in such a span, so that no item counts more because it
sells in hundreds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from backorder.engine.demand.candidates import (
    ALIKE,
    ANALOGUES,
    COVER,
    POINTS,
    SHAPES,
    View,
    distribute,
    expect,
    look,
    resample,
)
from backorder.engine.demand.classify import CLASSES, ERRATIC, NONE, SEASONAL, SMOOTH
from backorder.engine.demand.history import Counts, Floats, History
from backorder.engine.demand.levels import TSB

FREQUENT = (SMOOTH, ERRATIC, SEASONAL)
"""Classes whose point method is judged by absolute errors: a few periods out of all proportion would decide by their squares.
Where most periods are empty, absolute errors would choose whoever forecasts nothing."""
JUDGED = 2000
"""So many spans are judged, if there are as many: the calibration of a share near 99 % is then known within 0.6 points."""
FEWEST, MOST = 4, 24
"""Cuts: at least four, so that no single month decides; at most two years of months."""
UNJUDGED_POINT, UNJUDGED_SHAPE = TSB, COVER
"""What a class takes that was never judged: a mean that dies with the demand, and the shape that is never bad."""


class Cut(NamedTuple):
    """One look back: what was known, of which items (their numbers), what came over the span, and the scale of each item."""

    view: View
    items: Counts
    begins: Counts
    ends: Counts
    came: Floats
    scale: Floats


@dataclass(frozen=True, eq=False)
class Choice:
    """What each class takes: a point method (number of POINTS) and a shape (number of SHAPES); and how many spans were judged."""

    point: NDArray[np.int8]
    shape: NDArray[np.int8]
    judged: int


def list_cuts(history: History, season: int, begins: Counts, ends: Counts) -> Iterator[Cut]:
    """Cut the past again and again, the latest whole span first. An item takes part while it has a past before the cut."""
    lengths = history.lengths()
    cuts = min(MOST, max(FEWEST, -(-JUDGED // history.items)))
    longest = int(ends.max())
    for cut in range(cuts):
        back = longest + cut
        if (lengths > back).any():
            known, items = history.until(back)
            first, last = begins[items], ends[items]
            came, seen = sum_spans(history, items, back, first, last)
            past = np.add.reduceat(known.asked, known.start[:-1]) / known.lengths()
            judged = (seen > 0) & (past > 0)
            if judged.any():
                scale = past * (last - first + 1)
                yield Cut(look(known, season), items, first, last, came, np.where(judged, scale, np.inf))


def sum_spans(
    history: History, items: Counts, back: int, first: Counts, last: Counts
) -> tuple[Floats, Floats]:
    """Sum what was asked over the span after the cut, and how much of it was seen; what was not seen counts as the rest does."""
    cut = history.start[items + 1] - back
    asked = np.append(0.0, np.cumsum(history.asked))
    seen = np.append(0.0, np.cumsum(history.seen))
    came = asked[cut + last] - asked[cut + first - 1]
    shown = seen[cut + last] - seen[cut + first - 1]
    whole = np.divide(came * (last - first + 1), shown, out=np.zeros_like(came), where=shown > 0)
    return whole, shown


def choose(history: History, season: int, begins: Counts, ends: Counts, levels: Floats) -> Choice:
    """Choose point method and shape of each class for spans begins … ends (by item), judged at these levels.

    Who was never asked for has no scale to be judged by, and takes what came of others who had not been asked for yet.
    """
    cuts = list(list_cuts(history, season, begins, ends))
    errors = np.zeros((len(CLASSES), len(POINTS)))
    for cut in cuts:
        index = cut.view.seasons.of_span(cut.begins, cut.ends)
        for number, expected in enumerate(expect(cut.view, cut.begins, cut.ends)):
            off = np.abs(cut.came - expected * index) / cut.scale
            often = np.isin(cut.view.demand_class, FREQUENT)
            add_up(errors[:, number], cut.view.demand_class, np.where(often, off, off**2))
    point = np.where(errors.any(axis=1), errors.argmin(axis=1), UNJUDGED_POINT).astype(np.int8)
    point[NONE] = ALIKE
    losses = np.zeros((len(CLASSES), len(SHAPES)))
    for cut in cuts:
        index = cut.view.seasons.of_span(cut.begins, cut.ends)[:, None]
        span = cut.begins, cut.ends
        resampled = resample(cut.view, cut.ends - cut.begins + 1, levels)
        _, shapes = distribute(cut.view, point[cut.view.demand_class], span, levels, resampled)
        for number, shape in enumerate(shapes):
            loss = pinball(shape * index, cut.came, levels).sum(axis=1) / cut.scale
            add_up(losses[:, number], cut.view.demand_class, loss)
    best = np.where(losses.any(axis=1), losses.argmin(axis=1), UNJUDGED_SHAPE).astype(np.int8)
    best[NONE] = ANALOGUES
    return Choice(point, best, sum(int(np.isfinite(cut.scale).sum()) for cut in cuts))


def add_up(total: Floats, demand_class: NDArray[np.int8], amount: Floats) -> None:
    """Add amounts to the total of their class."""
    total += np.bincount(demand_class, amount, len(total))


def pinball(quantiles: Floats, came: Floats, levels: Floats) -> Floats:
    """Give the pinball loss at each level: level * what was missing, (1 - level) * what was too much (Koenker & Bassett 1978)."""
    missing = came[:, None] - quantiles
    return np.maximum(levels * missing, (levels - 1) * missing)
