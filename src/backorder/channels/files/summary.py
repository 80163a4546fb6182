"""What a run was: its figures, its laws, and what decided it. Written as summary.json."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from datetime import date
from importlib.metadata import version
from typing import Any

import backorder
from backorder.channels.files.snapshot import Facts
from backorder.engine.allocation.figures import measure
from backorder.engine.allocation.plan import Plan
from backorder.engine.allocation.policy import Policy

CHECKED = ("L1", "L2", "L5", "L6")
"""The laws that every plan is held to before it is written."""
LIBRARIES = ("numba", "numpy", "polars")


def summarise(facts: Facts, policy: Policy, plan: Plan, *, verified: bool) -> dict[str, Any]:
    """Sum a plan up."""
    figures = measure(facts.snapshot, policy, plan)
    laws = dict.fromkeys(CHECKED, "held")
    laws["L7"] = "held" if verified else "not checked"
    return {
        "plan_hash": plan.hash(),
        "as_of": date.fromordinal(facts.snapshot.as_of + date(1970, 1, 1).toordinal()).isoformat(),
        "counts": {**figures.counts, "current_rows_ignored": facts.closed_rows},
        "units": dict(figures.units),
        "fill_rate": dict(figures.fill_rate),
        "lines_by_reason": dict(figures.lines_by_reason),
        "lines_worsened": figures.lines_worsened,
        "notices": figures.notices,
        "laws": laws,
        "versions": list_versions(),
    }


def list_versions() -> dict[str, str]:
    """Name what decided: this program, Python, and the libraries that count."""
    return {
        "backorder": backorder.__version__,
        "python": platform.python_version(),
        **{library: version(library) for library in LIBRARIES},
    }


def to_json(values: Mapping[str, Any]) -> str:
    """Write values for machines, the same text for the same values."""
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"
