"""Drawing one of a few values, or a day."""

from __future__ import annotations

from typing import TypeVar

from hypothesis import strategies as st

Draw = st.DrawFn
T = TypeVar("T")


def pick(draw: Draw, *values: T) -> T:
    return draw(st.sampled_from(values))


def days(low: int, high: int) -> st.SearchStrategy[int]:
    return st.integers(low, high)
