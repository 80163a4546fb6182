"""What ties items: what kits are made of, and what can be offered in the place of what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from ninja import Query
from pydantic import BeforeValidator, Field

from backorder.allocation import events
from backorder.api.endpoints.outcome import Outcome, tell
from backorder.api.nouns import Act, Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import find_unknown, refuse_faults, require
from backorder.api.values import PRINTABLE, Key, Quantity, Reason, Sent, Shown, drop_point
from backorder.catalog.models import Item, Substitute
from backorder.catalog.selectors import get_items, read_substitutes
from backorder.catalog.services import (
    ComponentFacts,
    SubstituteFacts,
    remove_components,
    remove_substitutes,
    save_components,
    save_substitutes,
)
from backorder.keys import MOST_CHARACTERS

kits = Noun("items", "catalog")
substitutes = Noun("substitutes", "catalog")
MILLION, MOST_RATIO = 1_000_000, 10**9
Sort = Annotated[
    str, Field(max_length=MOST_CHARACTERS, pattern=PRINTABLE, description="A word of yours, as colour.")
]


class PartAsItIs(Sent):
    """So many units in one kit."""

    quantity: Quantity
    why: Reason = ""


class ShownSubstitute(Shown):
    """What can be offered in the place of an item."""

    sku: str
    substitute: str
    kind: str
    ratio: int = Field(description="Units of the substitute for one of the item, in millionths.")


class Pair(Sent):
    """What can be offered in the place of an item."""

    sku: Key
    substitute: Key
    kind: Sort = ""
    why: Reason = ""


class SubstituteAsItIs(Pair):
    """What can be offered in the place of an item, and how much of it."""

    ratio: Annotated[
        int,
        Field(
            strict=True,
            ge=1,
            le=MOST_RATIO,
            description="Units of the substitute for one of the item, in millionths.",
        ),
        BeforeValidator(drop_point),
    ] = MILLION


@kits.changes("/items/{path:sku}/components/{path:component}", Outcome, method="PUT")
def put_component(act: Act, sku: Key, component: Key, part: PartAsItIs) -> Outcome:
    """Put so many units of an item into a kit, and decide again; its other components stay."""
    items = read_pair(sku, component)
    facts, cause = ComponentFacts(sku, component, part.quantity), act.cause(part.why)
    return tell(act, events.change_kits(items, lambda: save_components([facts], cause)))


@kits.changes("/items/{path:sku}/components/{path:component}", Outcome, method="DELETE")
def remove_component(act: Act, sku: Key, component: Key) -> Outcome:
    """Take an item out of a kit, and decide again."""
    items, cause = read_pair(sku, component), act.cause()
    return tell(act, events.change_kits(items, lambda: remove_components([(sku, component)], cause)))


def read_pair(sku: str, other: str) -> list[int]:
    """Find two items, by id. Raises ProblemError."""
    found = get_items([sku, other])
    return [require(found.get(name)).pk for name in (sku, other)]


@substitutes.reads("/substitutes", Page[ShownSubstitute])
def list_substitutes(asked: Query[Asked]) -> Page[ShownSubstitute]:
    """List what can be offered in the place of what. Nothing is substituted without a yes."""
    return take_page(read_substitutes(), "id", asked, show_substitutes)


@substitutes.changes("/substitutes", Outcome)
def save_substitute(act: Act, pair: SubstituteAsItIs) -> Outcome:
    """Let an item stand in for another, and decide again."""
    items, cause = read_named(pair), act.cause(pair.why)
    facts = SubstituteFacts(pair.sku, pair.substitute, pair.kind, pair.ratio)
    return tell(act, events.change_kits([one.pk for one in items], lambda: save_substitutes([facts], cause)))


@substitutes.changes("/substitutes/removals", Outcome)
def remove_substitute(act: Act, pair: Pair) -> Outcome:
    """Let an item no longer stand in for another, and decide again."""
    items, cause = read_named(pair), act.cause(pair.why)
    name = (pair.sku, pair.substitute, pair.kind)
    return tell(act, events.change_kits([one.pk for one in items], lambda: remove_substitutes([name], cause)))


def read_named(pair: Pair) -> list[Item]:
    """Find the items of a pair. Raises ProblemError for what nobody knows."""
    named = {"/sku": pair.sku, "/substitute": pair.substitute}
    items = get_items(named.values())
    refuse_faults(find_unknown("item", named, items))
    return list(items.values())


def show_substitutes(rows: Sequence[Substitute]) -> list[ShownSubstitute]:
    """Show what can be offered in the place of what."""
    return [
        ShownSubstitute(sku=row.item.sku, substitute=row.substitute.sku, kind=row.kind, ratio=row.ratio)
        for row in rows
    ]
