"""Histories of demand for tests: every kind of item, drawn from a seed."""

from __future__ import annotations

import numpy as np

from backorder.engine.demand import History

KINDS = (
    "none",
    "constant",
    "huge",
    "seasonal",
    "smooth",
    "sparse",
    "lumpy",
    "dying",
    "late",
    "hidden",
    "one",
    "wild",
)


def draw_history(seed: int, items: int, periods: int) -> History:
    """Draw items of all KINDS in turn; some begin later than others, some were not always to be had."""
    chance = np.random.default_rng(seed)
    asked, seen = [], []
    for item in range(items):
        kind = KINDS[item % len(KINDS)]
        length = periods if item < len(KINDS) else int(chance.integers(1, periods + 1))
        asked.append(draw_item(kind, length, chance))
        hidden = chance.choice([0.0, 0.25, 1.0], length) if kind == "hidden" else np.ones(length)
        seen.append(hidden)
    start = np.append(0, np.cumsum([len(item) for item in asked]))
    return History(start, np.concatenate(asked), np.concatenate(seen))


def draw_item(kind: str, length: int, chance: np.random.Generator) -> np.ndarray:
    """Draw what is asked of one item."""
    age = np.arange(length)
    if kind == "none":
        return np.zeros(length)
    if kind == "constant":
        return np.full(length, 7.0)
    if kind == "huge":
        return np.round(chance.normal(3e6, 1e3, length))
    if kind == "seasonal":
        return chance.poisson(np.array([40, 10, 10, 20])[age % 4]).astype(float)
    if kind in {"smooth", "hidden"}:
        return chance.poisson(9.0, length).astype(float)
    sizes = 1.0 + chance.poisson(2.0, length)
    if kind == "lumpy":
        sizes = np.round(np.exp(chance.normal(2.0, 1.5, length))) + 1
    if kind == "wild":
        return np.round(np.exp(chance.normal(5.0, 3.0, length)))
    came = chance.random(length) < (0.4 if kind in {"sparse", "lumpy"} else 0.9)
    if kind == "dying":
        came &= age < length // 2
    elif kind == "late":
        came &= age >= length - 3
    elif kind == "one":
        came = age == length // 2
    return sizes * came
