"""The rules of the house by which customers are asked what they think."""

from __future__ import annotations

from dataclasses import dataclass

from backorder.care.models import MOMENTS
from backorder.faults import not_one_of
from backorder.policy_text.section import Section


@dataclass(frozen=True)
class Asking:
    """When customers are asked; nobody is by default, for a question takes their time."""

    ask: tuple[str, ...] = ()  # of MOMENTS


def read_asking(section: Section) -> Asking:
    """Take when customers are asked."""
    found = section.texts("ask") or ()
    for name in found:
        if name not in MOMENTS:
            section.fault("ask", not_one_of(name, MOMENTS))
    section.finish()
    return Asking(tuple(dict.fromkeys(found)))
