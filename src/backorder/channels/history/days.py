"""Six months of days: what was asked, bought, delivered late and shipped, item by item, first come, first served."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from backorder.channels.history.catalogue import Good

DAYS = 182
COVER_DAYS = 32  # of demand that a purchase brings
LATE_BY_DAYS = 3  # the shop orders later than it should
CANCELS_A_DAY = 0.01  # of waiting lines
COUNTS_A_DAY = 2  # items, one after another; not on Sundays
MISSING = 0.06  # of counts find one unit less than the record says


@dataclass
class Ask:
    """A line of an order."""

    good: Good
    quantity: int
    ships: list[tuple[date, int]] = field(default_factory=list)
    promises: list[tuple[date, date | None]] = field(default_factory=list)  # when, for when
    cancelled: tuple[date, int] | None = None

    @property
    def owed(self) -> int:
        """Units still to be shipped."""
        return (
            self.quantity
            - sum(units for _, units in self.ships)
            - (self.cancelled[1] if self.cancelled else 0)
        )


@dataclass
class Sale:
    """An order of the past."""

    number: str
    on: date
    customer: int
    channel: int
    asks: list[Ask]


@dataclass
class Purchase:
    """Units of one item on order: what was quoted, what was said later, what came."""

    number: str
    good: Good
    quantity: int
    on: date
    quoted_on: date
    expected_on: date
    arrivals: list[tuple[date, int]]  # as they will be
    news: list[tuple[date, date, date]] = field(default_factory=list)  # said on, from, to

    def count_left(self, day: date) -> int:
        """Units still to come after a day."""
        return self.quantity - sum(units for arrives, units in self.arrivals if arrives <= day)


@dataclass(frozen=True)
class Counted:
    """What somebody found on a shelf, and what the record said."""

    on: date
    good: Good
    was: int
    found: int


@dataclass
class Past:
    """All that happened until the evening before `today`."""

    today: date
    opening: dict[str, int]
    sales: list[Sale] = field(default_factory=list)
    purchases: list[Purchase] = field(default_factory=list)
    counts: list[Counted] = field(default_factory=list)
    on_hand: dict[str, int] = field(default_factory=dict)

    @property
    def first_day(self) -> date:
        """The day of the opening count."""
        return self.today - timedelta(days=DAYS)


class Shop:
    """The shop as it goes through its days."""

    def __init__(self, goods: list[Good], customers: int, today: date, chance: Random) -> None:
        """Open with three weeks of stock and a little."""
        self.goods, self.customers, self.chance = goods, customers, chance
        opening = {good.sku: 1 + round(good.weekly * chance.uniform(2, 6)) for good in goods}
        self.past = Past(today, opening, on_hand=dict(opening))
        self.waiting: dict[str, list[Ask]] = {good.sku: [] for good in goods}
        self.coming: dict[str, list[Purchase]] = {good.sku: [] for good in goods}

    def live(self) -> Past:
        """Live through all days."""
        day = self.past.first_day
        while day < self.past.today:
            self.hear_news(day)
            self.receive(day)
            self.sell(day)
            self.let_go(day)
            self.order(day)
            self.count(day)
            day += timedelta(days=1)
        return self.past

    def hear_news(self, day: date) -> None:
        """Suppliers say so three days before they are late; from the worst nothing is heard until the day has passed."""
        for purchase in (one for many in self.coming.values() for one in many):
            arrives = purchase.arrivals[0][0]
            silent = purchase.good.source.late_share > 1 / 2
            notice = purchase.expected_on + timedelta(days=1 if silent else -3)
            if arrives > purchase.expected_on and day >= notice:
                purchase.news.append((day, purchase.expected_on, arrives))
                purchase.expected_on = arrives
                self.promise(purchase.good, day)

    def receive(self, day: date) -> None:
        """Take in what arrives, and ship it to who waits."""
        for sku, coming in self.coming.items():
            for purchase in list(coming):
                for arrives, units in purchase.arrivals:
                    if arrives == day:
                        self.past.on_hand[sku] += units
                if purchase.count_left(day) == 0:
                    coming.remove(purchase)
            self.ship(sku, day)

    def ship(self, sku: str, day: date) -> None:
        """Ship what is there, the longest waiting first."""
        for ask in list(self.waiting[sku]):
            units = min(ask.owed, self.past.on_hand[sku])
            if units:
                ask.ships.append((day, units))
                self.past.on_hand[sku] -= units
            if ask.owed == 0:
                self.waiting[sku].remove(ask)

    def sell(self, day: date) -> None:
        """Take the orders of a day; one in thirty days is a busy one."""
        busy = 3 if self.chance.random() < 1 / 30 else 1
        weights = [good.weekly for good in self.goods]
        for _ in range(round(self.chance.uniform(7, 15)) * busy):
            many = self.chance.choices((1, 2, 3, 4), (60, 25, 10, 5))[0]
            goods = dict.fromkeys(self.chance.choices(self.goods, weights, k=many))
            asks = [Ask(good, self.chance.choices((1, 2, 3, 6), (70, 18, 8, 4))[0]) for good in goods]
            number = f"S-{len(self.past.sales) + 1:05}"
            customer = min(int(self.chance.paretovariate(0.9)) - 1, self.customers * 4) % self.customers
            channel = self.chance.choices((0, 1, 2), (70, 20, 10))[0]
            self.past.sales.append(Sale(number, day, customer, channel, asks))
            for ask in asks:
                self.waiting[ask.good.sku].append(ask)
                self.ship(ask.good.sku, day)
                if ask.owed:
                    self.promise(ask.good, day)
                else:
                    ask.promises.append((day, day))

    def promise(self, good: Good, day: date) -> None:
        """Promise who waits the day of the delivery that reaches them; a later day than told is told."""
        coming = sorted(self.coming[good.sku], key=lambda purchase: purchase.expected_on)
        supply = [(purchase.count_left(day), max(purchase.expected_on, day)) for purchase in coming]
        for ask in self.waiting[good.sku]:
            owed, told = ask.owed, None
            while owed and supply:
                left, told = supply.pop(0)
                if left > owed:
                    supply.insert(0, (left - owed, told))
                owed = max(owed - left, 0)
            on = None if owed else told
            last = ask.promises[-1][1] if ask.promises else None
            if not ask.promises or (on != last and (on is None or last is None or on > last)):
                ask.promises.append((day, on))

    def let_go(self, day: date) -> None:
        """Let some who wait give up."""
        for sku, waiting in self.waiting.items():
            for ask in list(waiting):
                if self.chance.random() < CANCELS_A_DAY:
                    ask.cancelled = (day, ask.owed)
                    self.waiting[sku].remove(ask)

    def order(self, day: date) -> None:
        """Order what runs low: demand of the quoted lead time and a little is the mark."""
        for good in self.goods:
            owed = sum(ask.owed for ask in self.waiting[good.sku])
            coming = sum(purchase.count_left(day) for purchase in self.coming[good.sku])
            daily = good.weekly / 7
            mark = daily * (good.source.quoted_days - LATE_BY_DAYS)
            if self.past.on_hand[good.sku] - owed + coming <= mark:
                self.buy(good, day, owed)

    def count(self, day: date) -> None:
        """Count some items, one after another through the year; now and then a unit is missing."""
        if day.isoweekday() == 7:  # noqa: PLR2004 - Sunday
            return
        first = day.toordinal() * COUNTS_A_DAY
        for number in range(first, first + COUNTS_A_DAY):
            good = self.goods[number % len(self.goods)]
            was = self.past.on_hand[good.sku]
            missing = was > 0 and Random(number).random() < MISSING  # noqa: S311 - the same each time
            self.past.on_hand[good.sku] -= missing
            self.past.counts.append(Counted(day, good, was, was - missing))

    def buy(self, good: Good, day: date, owed: int) -> None:
        """Buy for a month and what is owed; the supplier quotes a day, and comes when it comes."""
        units = max(3, round(good.weekly / 7 * COVER_DAYS * self.chance.uniform(0.8, 1.2))) + owed // 2
        units = -(-units // good.pack_size) * good.pack_size
        source, quoted = good.source, day + timedelta(days=good.source.quoted_days)
        late = self.chance.random() < source.late_share
        delay = round(self.chance.expovariate(1 / source.late_days)) + 1 if late else 0
        first = quoted + timedelta(days=delay)
        arrivals = [(first, units)]
        if units > 1 and self.chance.random() < source.short_share:
            part = max(1, units * 2 // 3)
            arrivals = [(first, part), (first + timedelta(days=9), units - part)]
        number = f"P-{len(self.past.purchases) + 1:05}"
        purchase = Purchase(number, good, units, day, quoted, quoted, arrivals)
        self.past.purchases.append(purchase)
        self.coming[good.sku].append(purchase)
