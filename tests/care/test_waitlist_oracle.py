"""The waitlist against a naive one: whatever comes, in whatever order, the same customers are invited to the same units."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from backorder.allocation import events
from backorder.care.models import Message, Wish
from backorder.care.post.messages import end_sent
from backorder.care.waitlist.answering import accept
from backorder.care.waitlist.inviting import invite_waiting
from backorder.care.waitlist.wishes import leave
from backorder.orders.services import ShipTo, Wanted
from backorder.outbox.services import Cause
from tests.allocation.shop import stock
from tests.care.waiting import free, invited, open_small_house, waiting, wish
from tests.supply.shop import NOON, item

TO = ShipTo("Zed", "1 Long Lane", "Ulm", "DE")
HOURS = 48
Step = tuple[str, int]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("stock"), st.integers(1, 4)),
        st.tuples(st.just("wish"), st.integers(1, 4)),
        st.tuples(st.just("buy"), st.integers(1, 3)),
        st.tuples(st.sampled_from(["accept", "leave"]), st.integers(0, 5)),
        st.tuples(st.just("wait"), st.sampled_from([1, 47, 48])),
    ),
    min_size=3,
    max_size=9,
)


@dataclass
class Naive:
    """A list as a child would keep it: each minute the first who waits gets what is there."""

    part: bool
    hour: int = 0
    there: int = 0  # free to sell; below 0: owed to buyers who wait
    listed: dict[str, int] = field(default_factory=dict)  # who waits for how many units
    kept: dict[str, tuple[int, int]] = field(default_factory=dict)  # for whom how many, until when

    def invite(self) -> None:
        """Give back what is over, then invite."""
        for code, (units, until) in list(self.kept.items()):
            if until <= self.hour:
                del self.kept[code], self.listed[code]
                self.there += units
        for code, wished in self.listed.items():
            if code in self.kept:
                continue
            if self.there <= 0 or (self.there < wished and not self.part):
                break
            units = min(wished, self.there)
            self.kept[code] = (units, self.hour + HOURS)
            self.there -= units

    def accept(self, code: str) -> None:
        """Order what is kept."""
        units, _ = self.kept.pop(code)
        self.listed[code] -= units
        if not self.listed[code]:
            del self.listed[code]

    def leave(self, code: str) -> None:
        """Leave the list."""
        del self.listed[code]
        self.there += self.kept.pop(code, (0, 0))[0]


class Shop:
    """The real one, step by step beside the naive one."""

    def __init__(self, *, part: bool) -> None:
        """Open it."""
        open_small_house(f"part = {str(part).lower()}\n")
        self.naive, self.made, self.orders = Naive(part), 0, 0

    @property
    def cause(self) -> Cause:
        """Somebody, now."""
        return Cause("anna", NOON + timedelta(hours=self.naive.hour))

    def take(self, step: Step) -> None:
        """Take one step in both, then invite in both."""
        what, number = step
        getattr(self, what)(number)
        self.naive.invite()
        invite_waiting(lambda: self.cause.at)
        left = list(Message.objects.filter(outcome="").select_related("order", "entry"))
        for message in left:
            message.left_at = self.cause.at
        end_sent(left)
        kept = [(code, self.naive.kept[code][0]) for code in self.naive.listed if code in self.naive.kept]
        assert sorted(invited()) == sorted(kept)
        assert (waiting(), free()) == (list(self.naive.listed), max(self.naive.there, 0))

    def stock(self, units: int) -> None:
        """Let units come in."""
        stock("LAMP", units)
        self.naive.there += units

    def wish(self, units: int) -> None:
        """Put somebody on the list."""
        self.made += 1
        wish(f"C-{self.made}", units)
        self.naive.listed[f"C-{self.made}"] = units

    def buy(self, units: int) -> None:
        """Let somebody order, who waits if nothing is free."""
        self.orders += 1
        events.place_order(f"A-{self.orders}", [Wanted("1", item("LAMP"), units, self.cause.day)], self.cause)
        self.naive.there -= units

    def accept(self, number: int) -> None:
        """Let somebody order what is kept."""
        kept = [code for code in self.naive.listed if code in self.naive.kept]
        if kept:
            code = kept[number % len(kept)]
            accept(Wish.objects.get(customer__code=code, outcome=""), TO, self.cause)
            self.naive.accept(code)

    def leave(self, number: int) -> None:
        """Let somebody leave the list."""
        listed = list(self.naive.listed)
        if listed:
            code = listed[number % len(listed)]
            leave(Wish.objects.get(customer__code=code, outcome=""), self.cause)
            self.naive.leave(code)

    def wait(self, hours: int) -> None:
        """Let time pass."""
        self.naive.hour += hours


class TestAgainstTheNaiveList(TestCase):
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(steps=STEPS, part=st.booleans())
    def test_the_same_customers_are_invited_to_the_same_units(self, steps: list[Step], part: bool) -> None:  # noqa: FBT001 - as hypothesis calls it
        with override_settings(MAIL="smtp://mail.lamps.example", URL="https://lamps.example"):
            shop = Shop(part=part)
            for step in steps:
                shop.take(step)
