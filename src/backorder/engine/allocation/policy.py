"""The rules of a decision that a business chooses. The same schema as policy.toml, see files.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

STRATEGIES = ("skip", "win", "gain", "improve", "redistribute", "fair_share", "fill", "lose")
SKIP, WIN, GAIN, IMPROVE, REDISTRIBUTE, FAIR_SHARE, FILL, LOSE = range(8)
"""In tier order; `skip` is not ranked."""

PERIODS = ("total", "month", "week", "day")
OPERATORS = ("<=", ">=", "<", ">")  # longest first: they are matched as prefixes
NUMERIC_TERMS = ("age_days", "late_days", "value", "quantity", "priority")
TEXT_TERMS = {
    "class": "customer_class",
    "channel": "channel",
    "customer": "customer",
    "location": "location",
    "sku": "sku",
}


class PolicyError(ValueError):
    """A policy that contradicts itself. `key` says where, as a path in policy.toml."""

    def __init__(self, key: str, message: str) -> None:
        """Keep the key beside the message."""
        super().__init__(f"{key}: {message}")
        self.key = key
        self.message = message


MOST_SEGMENTS = 100


@dataclass(frozen=True)
class Condition:
    """One test of a column: one of some values, a comparison, or requested within so many days.

    Exactly one of `one_of`, `operator` (with `value`) and `within_days` is given. Values are texts as in policy.toml and are
    read as the column's kind.
    """

    column: str
    one_of: tuple[str, ...] | None = None
    operator: Literal["<", "<=", ">", ">="] | None = None
    value: str = ""
    within_days: int | None = None


@dataclass(frozen=True)
class Segment:
    """Lines that meet all conditions get the strategy; the first segment that matches counts."""

    name: str
    where: tuple[Condition, ...]
    strategy: int  # position in STRATEGIES


@dataclass(frozen=True)
class Guarantee:
    """A floor and a ceiling for a group of lines, per item and period."""

    name: str
    where: tuple[Condition, ...]
    floor: int | None = None  # units
    floor_share: int | None = None  # instead: millionths of the item's sellable on hand plus inbound
    ceiling: int | None = None
    ceiling_share: int | None = None
    period: str = "total"
    parent: str = ""


@dataclass(frozen=True)
class Policy:
    """All choices with their defaults. Raises PolicyError."""

    handling_days: int = 0
    overdue_arrives_in_days: int = 7
    peg: Literal["latest_in_time", "earliest"] = "latest_in_time"
    freeze_days: int = 0
    signal_exceptions: bool = False
    keep: Literal["always", "by_rank", "never"] = "always"
    max_lines_worsened: int = -1
    max_notices: int = -1
    rank_mode: Literal["attributes", "score"] = "attributes"
    rank_keys: tuple[str, ...] = ("priority", "requested_on", "ordered_at")  # "-name" reverses
    rank_values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rank_score: Mapping[str, int] = field(
        default_factory=dict
    )  # weights in millionths, by term: "age_days", "class.contract"
    guaranteed_after_days: int | None = None
    segments: tuple[Segment, ...] = ()
    guarantees: tuple[Guarantee, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no decision could follow."""
        for name in ("handling_days", "overdue_arrives_in_days", "freeze_days"):
            if getattr(self, name) < 0:
                raise PolicyError(name, f"{getattr(self, name)} is below 0")
        if len(self.segments) > MOST_SEGMENTS:
            raise PolicyError(
                "segment", f"there are {len(self.segments)}; at most {MOST_SEGMENTS} are possible"
            )
        for term in self.rank_score:
            head, _, tail = term.partition(".")
            if not (term in NUMERIC_TERMS or (head in TEXT_TERMS and tail)):
                known = ", ".join((*NUMERIC_TERMS, *(f"{name}.…" for name in TEXT_TERMS)))
                raise PolicyError(f"rank.score.{term}", f"is no term; there are {known}")
        refuse_guarantees(self.guarantees)

    def columns(self) -> Iterator[str]:
        """Name each column of orders or items that the policy mentions, once; the Snapshot needs its Attribute."""
        seen: dict[str, None] = {}
        if self.rank_mode == "attributes":
            seen.update(dict.fromkeys(key.removeprefix("-") for key in self.rank_keys))
        else:
            seen.update((TEXT_TERMS[term.partition(".")[0]], None) for term in self.rank_score if "." in term)
        groups: tuple[Segment | Guarantee, ...] = (*self.segments, *self.guarantees)
        for group in groups:
            seen.update((condition.column, None) for condition in group.where)
        yield from seen


def refuse_guarantees(guarantees: tuple[Guarantee, ...]) -> None:
    """Raise PolicyError for a name used twice, an unknown parent, a circle, or a period longer than its parent's."""
    by_name: dict[str, Guarantee] = {}
    for number, guarantee in enumerate(guarantees, 1):
        if guarantee.name in by_name:
            raise PolicyError(f"guarantee[{number}].name", f"{guarantee.name!r} is used twice")
        by_name[guarantee.name] = guarantee
    for number, guarantee in enumerate(guarantees, 1):
        if not guarantee.parent:
            continue
        key = f"guarantee[{number}].parent"
        if guarantee.parent not in by_name:
            raise PolicyError(key, f"{guarantee.parent!r} is not the name of a guarantee")
        above, steps = guarantee, 0
        while above.parent and above.parent in by_name:
            above, steps = by_name[above.parent], steps + 1
            if steps > len(guarantees):
                raise PolicyError(key, f"{guarantee.name!r} is its own ancestor")
        parent = by_name[guarantee.parent]
        if guarantee.period != parent.period and parent.period != "total" and guarantee.period != "day":
            raise PolicyError(
                f"guarantee[{number}].period",
                f"{guarantee.period!r} does not fit inside its parent's {parent.period!r}; give the parent 'total'",
            )


__all__ = [
    "FAIR_SHARE",
    "FILL",
    "GAIN",
    "IMPROVE",
    "LOSE",
    "NUMERIC_TERMS",
    "OPERATORS",
    "PERIODS",
    "REDISTRIBUTE",
    "SKIP",
    "STRATEGIES",
    "TEXT_TERMS",
    "WIN",
    "Condition",
    "Guarantee",
    "Policy",
    "PolicyError",
    "Segment",
]
