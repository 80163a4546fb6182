"""Hypothesis strategies for small and nasty facts. Each feature is there or not, so that failures stay small."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from hypothesis import strategies as st

from backorder.engine.allocation.policy import (
    FAIR_SHARE,
    FILL,
    GAIN,
    IMPROVE,
    LOSE,
    PERIODS,
    SKIP,
    WIN,
    Condition,
    Guarantee,
    Policy,
    Segment,
)
from backorder.engine.allocation.snapshot import (
    ANYWHERE,
    AS_READY,
    COMPLETE,
    FIRM,
    LINE_COMPLETE,
    LOCKED,
    MILLION,
    ON_HAND_ONLY,
    RESERVED,
    SOFT,
)
from tests.engine.cases_current import (
    draw_current,
    draw_promises,
)
from tests.engine.drawing import Draw, days, pick
from tests.engine.facts import Facts, OrderLine, Units

Keep = Literal["always", "by_rank", "never"]
KEEP: tuple[Keep, ...] = ("always", "by_rank", "never")

FEATURES = (
    "places",
    "place_rank",
    "inbound",
    "closed",
    "handling",
    "due",
    "needed_by",
    "priority",
    "current",
    "promises",
    "keep",
    "on_hand_only",
    "firm",
    "locked",
    "reserved",
    "freeze",
    "win",
    "gain",
    "improve",
    "fair_share",
    "fill",
    "lose",
    "skip",
    "complete",
    "line_complete",
    "minimum",
    "kits",
    "nested_kits",
    "items",
    "floor",
    "ceiling",
    "tree",
    "period",
    "earliest",
    "rank_keys",
    "score",
    "ageing",
    "substitutes",
    "caps",
)
BY_STRATEGY = {
    "win": WIN,
    "gain": GAIN,
    "improve": IMPROVE,
    "fair_share": FAIR_SHARE,
    "fill": FILL,
    "lose": LOSE,
    "skip": SKIP,
}
BY_COMMITMENT = {"on_hand_only": ON_HAND_ONLY, "firm": FIRM, "locked": LOCKED, "reserved": RESERVED}
BY_SHIPPING = {"complete": COMPLETE, "line_complete": LINE_COMPLETE}


@st.composite
def facts(draw: Draw, *always: str, most: int = 4, lines: int = 8) -> Facts:
    """Facts in which the named features are in play and some others may be."""
    has = {*always, *draw(st.lists(st.sampled_from(FEATURES), max_size=most))}
    kits = draw_kits(draw, has)
    items = (
        (4 if kits else draw(st.integers(1, 3)))
        if has & {"kits", "nested_kits", "items", "substitutes"}
        else 1
    )
    places = draw_places(draw, has)
    orders = draw_orders(draw, has, items, len(places), lines)
    given = Facts(
        orders=tuple(orders),
        units=tuple(draw_units(draw, has, items, len(places))),
        places=places,
        kits=kits,
        substitutes=draw_substitutes(draw, has, items),
        closed=tuple(
            draw(st.lists(st.tuples(days(-1, 9), st.integers(-1, len(places) - 1)), max_size=6, unique=True))
            if "closed" in has
            else ()
        ),
        items=items,
        policy=draw_policy(draw, has),
    )
    if has & {"current", "firm", "locked", "gain", "improve", "fill", "skip", "freeze", "reserved", "caps"}:
        given = draw_current(draw, given)
    return draw_promises(draw, given) if has & {"promises", "keep"} else given


def draw_places(draw: Draw, has: set[str]) -> tuple[tuple[int, int | None], ...]:
    """A forest of up to four places; a parent may come before or after its child."""
    if not has & {"places", "place_rank"}:
        return ((ANYWHERE, None),)
    count = draw(st.integers(1, 4))
    order = draw(st.permutations(range(count)))
    parents = {order[0]: ANYWHERE}
    for number in range(1, count):
        parents[order[number]] = pick(draw, ANYWHERE, *order[:number])
    ranks = st.sampled_from([None, 1, 2]) if "place_rank" in has else st.none()
    return tuple((parents[place], draw(ranks)) for place in range(count))


def draw_orders(draw: Draw, has: set[str], items: int, places: int, most: int) -> list[OrderLine]:
    count = draw(st.sampled_from(range(1, most + 1)))
    orders: list[OrderLine] = []
    for number in range(count):
        same_order = number > 0 and "complete" in has and draw(st.booleans())
        order = orders[-1].order if same_order else number + 1
        line = orders[-1].line + 1 if same_order else 1
        orders.append(draw_order(draw, has, (order, line), (items, places)))
    return orders


def draw_order(draw: Draw, has: set[str], key: tuple[int, int], counts: tuple[int, int]) -> OrderLine:
    def maybe(feature: str, strategy: st.SearchStrategy[Any], usual: Any) -> Any:
        return draw(strategy) if feature in has else usual

    items, places = counts
    commitments = [SOFT, *(value for name, value in BY_COMMITMENT.items() if name in has)]
    shipping = [AS_READY, *(value for name, value in BY_SHIPPING.items() if name in has)]
    channels = ["", *(name for name in BY_STRATEGY if name in has)]
    if has & {"floor", "ceiling", "tree"}:
        channels += ["shop", "web"]
    return OrderLine(
        *key,
        quantity=draw(st.integers(1, 12)),
        item=draw(st.integers(0, items - 1)),
        place=maybe("places", st.integers(ANYWHERE, places - 1), ANYWHERE),
        ordered=draw(days(-9, 0)) if has & {"rank_keys", "score", "ageing"} else 0,
        requested=draw(days(-3, 10)) if has & {"due", "period", "ageing"} else 0,
        needed_by=maybe("needed_by", st.none() | days(0, 10), None),
        priority=maybe("priority", st.integers(1, 3), 100),
        klass=draw(st.sampled_from(["", "a", "b"])) if has & {"rank_keys", "score", "tree"} else "",
        channel=draw(st.sampled_from(channels)),
        price=draw(st.integers(0, 3)) if has & {"score", "rank_keys", "caps", "kits"} else 0,
        ships=draw(st.sampled_from(shipping)),
        minimum=maybe("minimum", st.integers(1, 6), 1),
        commitment=draw(st.sampled_from(commitments)),
    )


def draw_units(draw: Draw, has: set[str], items: int, places: int) -> list[Units]:
    arrives = st.none() | days(-2, 9) if len(has) > 1 or "inbound" in has else st.none() | days(0, 6)
    count = draw(st.sampled_from(range(1, 8)))
    rows = draw(
        st.lists(
            st.tuples(st.integers(0, 12), st.integers(0, items - 1), st.integers(0, places - 1), arrives),
            min_size=count,
            max_size=count,
        )
    )
    units: list[Units] = []
    on_hand = set()
    for number, (quantity, item, place, day) in enumerate(rows, 1):
        if day is None:
            if (item, place) in on_hand:
                continue
            on_hand.add((item, place))
        units.append(Units(number, quantity if day is None else max(quantity, 1), item, place, day))
    return units


def draw_kits(draw: Draw, has: set[str]) -> tuple[tuple[int, int, int], ...]:
    """Item 0 is a kit of others; nested, item 1 is one too."""
    if not has & {"kits", "nested_kits"}:
        return ()
    each = st.integers(1, 3)
    kits = [
        (0, component, draw(each)) for component in draw(st.sampled_from([(1,), (1, 2), (2, 3), (1, 2, 3)]))
    ]
    if "nested_kits" in has:
        kits += [(1, component, draw(each)) for component in (2, 3)]
    return tuple(kits)


def draw_substitutes(draw: Draw, has: set[str], items: int) -> tuple[tuple[int, int, int, int], ...]:
    if "substitutes" not in has:
        return ()
    item = st.integers(0, items - 1)
    ratio = st.sampled_from([MILLION, 2 * MILLION, MILLION // 2, 3 * MILLION // 2])
    return tuple(
        draw(
            st.lists(
                st.tuples(item, item, st.integers(0, 1), ratio), max_size=4, unique_by=lambda row: row[:3]
            )
        )
    )


def draw_policy(draw: Draw, has: set[str]) -> Policy:
    policy = Policy(
        handling_days=draw(st.integers(0, 2)) if "handling" in has else 0,
        overdue_arrives_in_days=pick(draw, 7, 0, 1, 3) if "inbound" in has else 7,
        peg="earliest" if "earliest" in has else "latest_in_time",
        freeze_days=draw(st.integers(0, 6)) if "freeze" in has else 0,
        keep=pick(draw, *KEEP) if "keep" in has else "always",
        segments=tuple(
            Segment(name, (Condition("channel", one_of=(name,)),), strategy)
            for name, strategy in BY_STRATEGY.items()
            if name in has
        ),
        guarantees=draw_guarantees(draw, has),
    )
    if "fair_share" in has and draw(st.booleans()):
        urgent = Segment("urgent", (Condition("priority", operator="<=", value="2"),), FAIR_SHARE)
        policy = replace(policy, segments=tuple(draw(st.permutations([*policy.segments, urgent]))))
    if "caps" in has:
        policy = replace(
            policy, max_lines_worsened=draw(st.integers(-1, 2)), max_notices=draw(st.integers(-1, 2))
        )
    return draw_ranking(draw, has, policy)


def draw_ranking(draw: Draw, has: set[str], policy: Policy) -> Policy:
    if "rank_keys" in has:
        names = (
            "priority",
            "requested_on",
            "ordered_at",
            "needed_by",
            "customer_class",
            "unit_price",
            "quantity",
        )
        keys = st.sampled_from([sign + name for name in names for sign in ("", "-")])
        policy = replace(policy, rank_keys=tuple(draw(st.lists(keys, max_size=3, unique=True))))
        if draw(st.booleans()):
            values = draw(st.permutations(["a", "b", ""]))[: draw(st.integers(1, 3))]
            policy = replace(policy, rank_values={"customer_class": tuple(values)})
    if "score" in has:
        terms = (
            "age_days",
            "late_days",
            "value",
            "quantity",
            "priority",
            "class.a",
            "channel.web",
            "sku.item 0",
        )
        weights = st.sampled_from([MILLION, -MILLION, 50 * MILLION, 10_000, 1, -3, 500_000])
        policy = replace(
            policy,
            rank_mode="score",
            rank_score=draw(st.dictionaries(st.sampled_from(terms), weights, max_size=3)),
        )
    return replace(policy, guaranteed_after_days=draw(st.integers(0, 6))) if "ageing" in has else policy


def draw_guarantees(draw: Draw, has: set[str]) -> tuple[Guarantee, ...]:
    """One or two groups by channel, in a tree with children by class."""
    if not has & {"floor", "ceiling", "tree"}:
        return ()

    def limits(*names: str) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for name in names:
            if name in has or "tree" in has:
                kind = pick(draw, "units", "share", "none")
                if kind == "units":
                    given[name] = draw(st.integers(0, 9))
                elif kind == "share":
                    given[f"{name}_share"] = pick(draw, 200_000, 500_000, 333_333, MILLION)
        return given

    def period() -> str:
        return pick(draw, *PERIODS) if "period" in has else "total"

    groups = []
    for channel in draw(st.sampled_from([("shop",), ("shop", "web")])):
        root = Guarantee(
            channel, (Condition("channel", one_of=(channel,)),), period=period(), **limits("floor", "ceiling")
        )
        groups.append(root)
        if "tree" in has:
            inner = root.period if root.period != "total" else period()
            for klass in draw(st.sampled_from([("a",), ("a", "b")])):
                name = f"{channel} {klass}"
                where = (Condition("customer_class", one_of=(klass,)),)
                groups.append(
                    Guarantee(name, where, period=inner, parent=channel, **limits("floor", "ceiling"))
                )
    return tuple(groups)
