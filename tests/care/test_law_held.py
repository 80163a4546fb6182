"""Law L9 in the database: whatever comes, no legal day passes without shipment, consent or money on its way back (T13 too).

Under every pack, with slips, answers on the page, by phone and by mail, silence, mail that comes back, shipments, a waitlist, jumps of
the clock and a worker that does not run for weeks. Silence cancels and consents only where a pack says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial
from random import Random

import pytest
from django.db import connection, transaction
from django.test import override_settings
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from backorder.care.clock.alone import find_end_of_limit
from backorder.care.clock.cancelling import list_overdue
from backorder.care.house import read_house, write_house
from backorder.care.judging import Judged, judge_orders
from backorder.care.models import INVITED, LAPSED, RECEIPTS, Message
from backorder.care.post.alone import list_unsent
from backorder.care.refunds.alone import goes_alone, is_pressing
from backorder.care.refunds.owed import list_owed
from backorder.catalog.models import Item
from backorder.engine.consent.pack import Pack
from backorder.fulfilment.selectors import find_differences
from backorder.orders.models import Cancellation, Order
from backorder.outbox.models import Entry, Subject
from tests.care.law_shop import PLACES, LawShop
from tests.searching import count_sequences

pytestmark = pytest.mark.django_db
STEPS, SEQUENCES, LONG = 15, count_sequences(1, share=20), 24
BEGIN = dt.datetime(2026, 10, 20, 12, tzinfo=dt.UTC)
BEGINS = (BEGIN, BEGIN + dt.timedelta(days=35, hours=11), BEGIN + dt.timedelta(days=140))
"""Clocks go back within the first days here, and forward within those of the last."""
HOUSE = """
[seller]
place = "US-OR"

[letters]
mail = "help@lamps.example"

[delivery]
days_to = {{ DE = 6 }}

[sending]
mode = "on"
wait_minutes = 0
alone = {{ lost = 999, later = 999, opening = 999, required = 999, found = 999, earlier = 999, on_track = 999 }}

[cancelling]
mode = "{cancelling}"
since = 2026-10-01
alone_each_day = {limit}

[refunds]
mode = "on"
since = 2026-10-01
alone_each_day = {limit}
alone_up_to = {{ EUR = "9000.00" }}

[waitlist]
mode = "on"
"""
HELD = dt.timedelta(days=2)
"""So long a limit of the house holds back what a law wants cancelled, by the packs that there are."""
AMERICA = ("us-federal", "us-ca")
NUMBER, UNITS, PLACE = st.integers(0, 3), st.integers(1, 3), st.sampled_from(PLACES)
DAYS = st.sampled_from([0, 1, 10, 20, 29, 30, 31, 45, 80])
SUPPLIES = st.sampled_from(["bought", "other day", "other day", "came in", "left"])
CAME = st.sampled_from(
    [
        *(("reply", "wait"), ("reply", "cancel"), ("reply", "Where is it?")),
        *(("automatic", "wait"), ("bounced", "550 no such user")),
    ]
)
OFTEN = st.sampled_from([True, True, True, False])


class Laws(RuleBasedStateMachine):
    """A shop under every law; everything is undone at its end."""

    def __init__(self) -> None:
        """Open the shop in a transaction of its own."""
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()

    @initialize(
        begin=st.sampled_from(BEGINS),
        by_hand=st.booleans(),
        limit=st.sampled_from([999, 0]),
        first=st.lists(PLACE, min_size=3, max_size=5),
    )
    def open(self, begin: dt.datetime, first: list[tuple[str, str]], limit: int, *, by_hand: bool) -> None:
        """Begin with some who wait; rules do so much each day."""
        self.shop = LawShop(begin, by_hand)
        write_house(HOUSE.format(cancelling="off" if by_hand else "on", limit=limit), self.shop.by())
        for sku in ("LAMP", "SHADE"):
            Item.objects.create(sku=sku, price=1_000)
        self.shop.attempt(lambda: self.shop.order_in(2, 20))
        for at in first:
            self.shop.attempt(partial(self.shop.buy, at, 2, pays=True, has_mail=True))
        self.settle()

    def teardown(self) -> None:
        """Hold what the database holds at the end, and undo everything."""
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            assert find_differences() == []
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    @rule(at=PLACE, units=UNITS, pays=OFTEN, has_mail=OFTEN)
    def buy(self, at: tuple[str, str], units: int, *, pays: bool, has_mail: bool) -> None:
        self.shop.attempt(lambda: self.shop.buy(at, units, pays=pays, has_mail=has_mail))

    @rule(what=SUPPLIES, which=NUMBER, units=UNITS, days=DAYS)
    def supply(self, what: str, which: int, units: int, days: int) -> None:
        """Lamps are bought, come on another day, come in, or leave."""
        acts = {
            "bought": lambda: self.shop.order_in(units, days),
            "other day": lambda: self.shop.slip(which, days),
            "came in": lambda: self.shop.take_in(which, units),
            "left": lambda: self.shop.ship(which),
        }
        self.shop.attempt(acts[what])

    @rule(which=NUMBER, kind=st.sampled_from(["accepts", "accepts", "cancels"]), on_page=st.booleans())
    def answer(self, which: int, kind: str, *, on_page: bool) -> None:
        self.shop.attempt(lambda: self.shop.answer(which, kind, on_page=on_page))

    @rule(which=NUMBER, came=CAME, is_read=st.booleans())
    def write_back(self, which: int, came: tuple[str, str], *, is_read: bool) -> None:
        """Something comes back, and perhaps a person reads all that came."""
        self.shop.attempt(lambda: self.shop.write_back(which, *came))
        if is_read:
            self.shop.attempt(self.shop.read_replies)

    @rule(joins=st.booleans(), which=NUMBER, units=UNITS, at=PLACE, pays=OFTEN)
    def wait_for_units(self, which: int, units: int, at: tuple[str, str], *, joins: bool, pays: bool) -> None:
        """Somebody joins the waitlist, or orders what was kept."""
        join, take_up = self.shop.wish, self.shop.take_up
        self.shop.attempt((lambda: join(units)) if joins else lambda: take_up(which, at, pays=pays))

    @rule(days=st.sampled_from([1, 1, 2]))
    def live(self, days: int) -> None:
        """Days go by, and the worker runs."""
        for _ in range(days):
            self.shop.now += dt.timedelta(days=1)
            self.settle()

    @rule(hours=st.sampled_from([1, 7, 24, 3 * 24, 3 * 24, 20 * 24, 31 * 24, 45 * 24 + 5]))
    def sleep(self, hours: int) -> None:
        """Nothing runs for a while; then the worker does."""
        self.shop.now += dt.timedelta(hours=hours)
        self.settle()

    def settle(self) -> None:
        """Let the worker run, and hold the law."""
        since = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.shop.settle()
        check_once(since)
        check_lines(self.shop)
        check_money(self.shop)
        check_told(self.shop)


def check_once(since: int) -> None:
    """However long nothing ran, an order gets one message of a kind, and lapses once. What a cancellation frees is news of its own."""
    news = Message.objects.exclude(kind__in=(*RECEIPTS, INVITED)).filter(entry__gt=since)
    told = list(news.values_list("order", "kind"))
    assert len(told) == len(set(told))
    lapsed = Subject.objects.filter(entry__gt=since, entry__what=LAPSED, kind="order")
    numbers = list(lapsed.values_list("key", flat=True))
    assert len(numbers) == len(set(numbers))


def check_lines(shop: LawShop) -> None:
    """No day passes without shipment, consent, or a person or rule that has cancelled."""
    orders = list(Order.objects.filter(held_until=None).order_by("pk"))
    judged = judge_orders(orders, shop.now, every=True)
    overdue = {each.order.pk: each for each in list_overdue()}
    left = {order for order, each in overdue.items() if each.unread or not each.at_hand}
    limited = {
        order
        for order, each in overdue.items()
        if not read_house().cancelling.alone_each_day and find_end_of_limit(each) > shop.by().day
    }
    for each in judged:
        check_silence(each, shop.now)
        for verdict in each.asked.verdicts:
            for standing in verdict.standings:
                kinds = {action.kind for action in standing.actions}
                if "cancel" in kinds:
                    order = each.line.order_id
                    assert order in left | limited, "neither cancelled nor a person's"
                    assert standing.refund_by is not None
                    assert order in left or find_end_of_limit(overdue[order]) < standing.refund_by
                elif standing.state in ("missed", "may_end"):
                    assert standing.pack not in AMERICA
                elif standing.state not in ("settled", "shipped", "not_running", "open_wait", "refund_due"):
                    today = each.rules.place.calendar(find_pack(each, standing.pack)).day(shop.now)
                    assert standing.last_day is not None
                    assert standing.last_day >= today
    for lapsed in Cancellation.objects.filter(entry__what=LAPSED).select_related("line__order__address"):
        assert lapsed.line.order.address.country == "US"


def find_pack(each: Judged, name: str) -> Pack:
    """Find a pack by which a line was judged."""
    return next(pack for pack in each.rules.packs if pack.name == name)


def check_silence(each: Judged, now: dt.datetime) -> None:
    """Who said nothing agreed only where silence is a yes; of whom nothing was heard and who heard nothing it is cancelled there."""
    standings = [standing for verdict in each.asked.verdicts for standing in verdict.standings]
    if each.facts.answers:
        return
    for standing in standings:
        assert standing.state != "open_wait"
        if standing.state == "agreed":
            assert (standing.pack in AMERICA, standing.moment) == (True, "near")
    sale, zone = each.facts.sale, each.rules.place.zone
    untold = not each.facts.notices and sale.stated_on is None and sale.payable_at is not None
    if untold and any(standing.pack == "us-federal" for standing in standings):
        assert sale.payable_at is not None
        last = sale.payable_at.astimezone(zone).date() + dt.timedelta(days=30)
        if not read_house().cancelling.alone_each_day:
            last += HELD
        assert now.astimezone(zone).date() <= last or not each.line.quantity_unreleased


def check_money(shop: LawShop) -> None:
    """What was cancelled of a paid order is on its way back, or stands on the list of what is owed; nothing of it waits for a rule."""
    owed, refunds = list_owed(shop.now), read_house().refunds
    waits_for_rule = [each for each in owed if goes_alone(each, refunds)]
    assert not [each for each in waits_for_rule if refunds.alone_each_day or is_pressing(each, shop.by().day)]
    undecided = Cancellation.objects.filter(refund_part=None, line__order__payments__isnull=False)
    waits = {one.pk for each in owed for one in each.cancellations}
    assert set(undecided.filter(line__order__held_until=None).values_list("pk", flat=True)) <= waits


def check_told(shop: LawShop) -> None:
    """What a law wants told by today was told, to whom mail reaches."""
    late = list_unsent().filter(tell_by__lte=shop.by().day, fault="").exclude(to="")
    assert list(late.values_list("order__number", "kind")) == []


@pytest.fixture(autouse=True)
def _mail() -> Iterator[None]:
    """Let mail go nowhere."""
    nowhere = "django.core.mail.backends.locmem.EmailBackend"
    with override_settings(MAIL="smtp://127.0.0.1:1", EMAIL_BACKEND=nowhere, URL="https://lamps.example"):
        yield


def test_no_legal_day_passes_whatever_comes() -> None:
    searched = settings(max_examples=SEQUENCES, stateful_step_count=STEPS)
    run_state_machine_as_test(Laws, settings=searched)


@pytest.mark.parametrize("seed", range(1, 4))
def test_no_legal_day_passes_in_months_that_chance_makes(seed: int) -> None:
    """What a search begins with is small; here much happens from the first."""
    chance = Random(seed)  # noqa: S311 - the same months each time
    laws = Laws()
    try:
        laws.open(
            BEGINS[seed % 3],
            [chance.choice(PLACES) for _ in range(5)],
            999 * (seed % 3),
            by_hand=seed % 2 == 0,
        )
        for _ in range(LONG):
            play(laws, chance)
        laws.buy(("US", "TX"), 3, pays=True, has_mail=True)
        for _ in range(2):
            laws.sleep(31 * 24)  # nobody says or does anything
        done = set(Entry.objects.values_list("what", flat=True))
        assert done >= {LAPSED, "refund.let_go", "answer.noted", "notice.noted"}
    finally:
        laws.teardown()


def play(laws: Laws, chance: Random) -> None:
    """Let something happen."""
    which, units, at = chance.randrange(4), chance.randint(1, 3), chance.choice(PLACES)
    often, either = chance.random() < 3 / 4, chance.random() < 1 / 2
    came = chance.choice(
        (("reply", "wait"), ("reply", "cancel"), ("reply", "Where is it?"), ("bounced", "550"))
    )
    chance.choice(
        (
            lambda: laws.buy(at, units, pays=often, has_mail=True),
            lambda: laws.supply(
                chance.choice(("bought", "other day", "came in", "left")), which, units, 10 * which
            ),
            lambda: laws.answer(which, chance.choice(("accepts", "cancels")), on_page=either),
            lambda: laws.write_back(which, came, is_read=often),
            lambda: laws.wait_for_units(which, units, at, joins=either, pays=often),
            lambda: laws.live(units),
            lambda: laws.sleep(chance.choice((7, 3 * 24, 31 * 24))),
        )
    )()
