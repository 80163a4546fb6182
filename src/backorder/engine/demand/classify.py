"""The class of an item: how its demand comes. It says whom the item is compared with, never how it is forecast.

| class | rule, the first that holds |
|---|---|
| none | nothing was asked in any period that was seen |
| new | first asked within the last periods (see `NEW_PERIODS`) |
| dying | silent for longer than chance explains: (1 - habit) ^ silence below 1 %, habit = demands / (periods until the last + 1) |
| seasonal | it is asked in most periods, and the season repeats (see `seasons`) |
| smooth, erratic, intermittent, lumpy | mean interval below or from 1.32, squared variation of sizes below or from 0.49 |

The borders 1.32 and 0.49 are where Croston's method and its correction overtake smoothing (Syntetos, Boylan & Croston 2005).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.compiled import kernel
from backorder.engine.demand.history import History
from backorder.engine.demand.seasons import repeats

CLASSES = ("none", "new", "dying", "seasonal", "smooth", "erratic", "intermittent", "lumpy")
NONE, NEW, DYING, SEASONAL, SMOOTH, ERRATIC, INTERMITTENT, LUMPY = range(len(CLASSES))
INTERVAL, VARIATION = 1.32, 0.49
NEW_PERIODS = 6
"""So many periods since the first demand make no habit: one chance in a hundred of silence needs about as many at interval 2."""
CHANCE = 0.01


def classify(history: History, season: int) -> NDArray[np.int8]:
    """Give the class of each item; `season` is the length of a season in periods, 1 where there is none."""
    found = np.empty(history.items, np.int8)
    classify_all(history.rates, history.seen, history.start, season, found)
    return found


@kernel
def classify_all(rate: Any, seen: Any, start: Any, season: int, found: Any) -> None:
    """Give each item its class."""
    for item in range(len(found)):
        found[item] = classify_one(rate, seen, start[item], start[item + 1], season)


@kernel
def classify_one(rate: Any, seen: Any, first: int, last: int, season: int) -> int:
    """Give one item its class, by its periods first … last - 1."""
    demands = 0
    asked = 0.0  # periods with a demand, as far as they were seen
    begin = last
    silence = 0.0
    for t in range(first, last):
        if rate[t] > 0.0:
            demands += 1
            asked += seen[t]
            if demands == 1:
                begin = t
            silence = 0.0
        elif demands > 0:
            silence += seen[t]
    if demands == 0:
        return NONE
    watched = 0.0
    for t in range(begin, last):
        watched += seen[t]
    if watched < NEW_PERIODS:
        return NEW
    # One demand more than was seen: who was asked for in every period may still be silent by chance.
    habit = asked / (watched - silence + 1.0)
    if silence * math.log(1.0 - habit) < math.log(CHANCE):
        return DYING
    interval = watched / asked
    if interval < INTERVAL and repeats(rate, seen, begin, last, season):
        return SEASONAL
    mean = 0.0
    for t in range(begin, last):
        mean += rate[t]
    mean /= demands
    spread = 0.0
    for t in range(begin, last):
        if rate[t] > 0.0:
            spread += (rate[t] - mean) ** 2
    variation = spread / demands / (mean * mean)
    if interval < INTERVAL:
        return SMOOTH if variation < VARIATION else ERRATIC
    return INTERMITTENT if variation < VARIATION else LUMPY
