"""What is in force beside the facts: the rules of a decision, and when a change of a day is told."""

from __future__ import annotations

from dataclasses import dataclass

from backorder.engine.allocation import Policy


@dataclass(frozen=True)
class Terms:
    """A policy, the version that it is, and when a changed day is told to the customer."""

    policy: Policy
    version: int | None = None  # id of the PolicyVersion; none: the defaults
    hysteresis_days: int = 0  # a day later by so many or fewer is not told
    gain_days: int | None = None  # a day earlier by so many or more is told too; none: never
